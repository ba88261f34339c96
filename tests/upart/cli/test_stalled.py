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
LARGE = BODY.replace(b"1000", b"9000000")


@pytest.fixture
def server(portal):
    with serving(portal.state.config.instance) as made:
        yield made


def ends(connections, begin: float, limit: float) -> list[tuple[float, bytes]]:
    """When each was answered or closed, counted from `begin`, and its first line."""
    left, seen = set(connections), []
    while left and time.monotonic() < begin + limit:
        for one in select.select(list(left), [], [], 0.2)[0]:
            seen.append((time.monotonic() - begin, one.recv(4096).partition(b"\r\n")[0]))
            left.remove(one)
            one.close()
    return seen


def test_nobody_waits_for_400_slow_headers_40_and_400_stalled_bodies(server):
    kinds = pages(server.sign_in("lena"))
    idle = waits(server, kinds)
    waiting, memory, begin = [server.open(HEAD) for _ in range(400)], server.megabytes, time.monotonic()

    def held_up() -> dict[str, float]:
        return {kind: wait for kind, wait in waits(server, kinds).items() if wait > 0.1 + 2 * idle[kind]}

    assert held_up() == {}
    bodies, begun = [server.open(BODY) for _ in range(40)], time.monotonic()
    assert held_up() == {}
    bodies += [server.open(BODY) for _ in range(360)]
    assert held_up() == {}
    assert server.megabytes - memory < 128

    answers = ends(bodies, begun, 30)
    assert {line for _, line in answers} == {b"HTTP/1.1 408 Request Timeout"}
    assert len(answers) == 400
    assert [round(at) for at, _ in ends(waiting, begin, 25)] == [20] * 400
    assert held_up() == {}


def test_a_late_body_is_told_so_in_words_however_it_was_announced(server):
    chunked = BODY.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked").replace(b"email=", b"6\r\nemail=\r\n")
    begin, late = time.monotonic(), [server.open(BODY), server.open(chunked)]
    [(at, line)] = ends([server.open(LARGE)], begin, 10)
    assert line == b"HTTP/1.1 413 Payload Too Large"
    assert server.ask("GET", "/courses/").status == 200
    answers = ends(late, begin, 20)
    assert {line for _, line in answers} == {b"HTTP/1.1 408 Request Timeout"}
    assert [round(at) for at, _ in answers] == [15, 15]
    assert server.ask("GET", "/courses/").status == 200


def test_a_form_that_broke_off_is_not_used(server):
    cookie = server.sign_in("lena")
    head = f"POST /account/profile HTTP/1.1\r\nHost: athena.localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nzone=UTC&name=Somebody"
    server.open(head.encode()).close()
    time.sleep(0.5)
    assert 'value="Lena"' in server.ask("GET", "/account/profile", Cookie=cookie).text
