# SPDX-License-Identifier: MIT
"""Hundreds who open a connection and say no more: nobody else waits for them, and in the end they are sent away."""

from __future__ import annotations

import select
import time

import pytest
from served import pages, serving, waits

HEAD = b"GET / HTTP/1.1\r\nHost: athena.localhost\r\nX-Slow: "
BODY = (
    b"POST /sign-in HTTP/1.1\r\nHost: athena.localhost\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail="
)
LATE = 5
"""Seconds by which a machine that is busy otherwise may answer late."""

LARGE = BODY.replace(b"1000", b"9000000")


@pytest.fixture
def server(portal):
    with serving(portal.state.config.instance) as made:
        yield made


def ends(*groups, seconds: float = 60) -> list[list[tuple[float, bytes]]]:
    """Of each group of connections: when each was answered or closed, and its first line. Those that are not within `seconds` are left out."""
    of, end = {one: number for number, group in enumerate(groups) for one in group}, time.monotonic() + seconds
    seen = [[] for _ in groups]
    while of and time.monotonic() < end:
        for one in select.select(list(of), [], [], 0.2)[0]:
            seen[of.pop(one)].append((time.monotonic(), one.recv(4096).partition(b"\r\n")[0]))
            one.close()
    return seen


def after(seconds: float, answers, begin: float, end: float) -> bool:
    """Did each answer come so many seconds after a connection that was opened between `begin` and `end`? Not sooner, and not much later."""
    return all(begin + seconds - 0.5 < at < end + seconds + LATE for at, _ in answers)


def test_nobody_waits_for_400_slow_headers_40_and_400_stalled_bodies(server):
    kinds = pages(server.sign_in("lena"))
    idle = waits(server, kinds)
    begin, waiting, opened, memory = time.monotonic(), [server.open(HEAD) for _ in range(400)], time.monotonic(), server.megabytes

    def look() -> dict[str, float]:
        return {kind: wait for kind, wait in waits(server, kinds).items() if wait > 0.1 + 2 * idle[kind]}

    def held_up() -> dict[str, float]:
        return look() and look()  # what something else on this machine has delayed passes, what stalls stays

    assert held_up() == {}
    bodies = [server.open(BODY) for _ in range(40)]
    assert held_up() == {}
    bodies += [server.open(BODY) for _ in range(360)]
    assert held_up() == {}
    assert server.megabytes - memory < 128

    answers, closed = ends(bodies, waiting)
    assert {line for _, line in answers} == {b"HTTP/1.1 408 Request Timeout"}
    assert len(answers) == len(closed) == 400
    assert after(20, closed, begin, opened)
    assert held_up() == {}


def test_a_late_body_is_told_so_in_words_however_it_was_announced(server):
    chunked = BODY.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked").replace(b"email=", b"6\r\nemail=\r\n")
    begin, late, opened = time.monotonic(), [server.open(BODY), server.open(chunked)], time.monotonic()
    [[(_, line)]] = ends([server.open(LARGE)], seconds=10)
    assert line == b"HTTP/1.1 413 Payload Too Large"
    assert server.ask("GET", "/courses/").status == 200
    [answers] = ends(late)
    assert [line for _, line in answers] == [b"HTTP/1.1 408 Request Timeout"] * 2
    assert after(15, answers, begin, opened)
    assert server.ask("GET", "/courses/").status == 200


def test_a_form_that_broke_off_is_not_used(server):
    cookie = server.sign_in("lena")
    head = f"POST /account/profile HTTP/1.1\r\nHost: athena.localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nzone=UTC&name=Somebody"
    server.open(head.encode()).close()
    time.sleep(0.5)
    assert 'value="Lena"' in server.ask("GET", "/account/profile", Cookie=cookie).text
