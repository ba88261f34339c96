# SPDX-License-Identifier: MIT
"""The server and HTTP itself: requests as no browser sends them get an answer of their own, and never 5xx by accident."""

from __future__ import annotations

import re

import pytest
from served import serving

HOST = b"Host: athena.localhost\r\n"
CLOSE = b"Connection: close\r\n\r\n"
FORM = b"POST /sign-in HTTP/1.1\r\nHost: athena.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"

ODD = {  # what is sent, and the statuses of all that comes back
    "three in one go": (b"GET / HTTP/1.1\r\n" + HOST + b"\r\nGET /nothing HTTP/1.1\r\n" + HOST + b"\r\nGET / HTTP/1.1\r\n" + HOST + CLOSE, [200, 404, 200]),
    "a body that nobody asked for": (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhelloGET /courses/ HTTP/1.1\r\n" + HOST + CLOSE, [200, 200]),
    "no host": (b"GET / HTTP/1.1\r\n" + CLOSE, [400]),
    "no host, and none needed": (b"GET / HTTP/1.0\r\n\r\n", [404]),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: orion.localhost\r\n" + HOST + CLOSE, [400]),
    "a form in chunks": (FORM + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"9\r\nemail=x@y\r\n0\r\n\r\n", [411]),
    "chunks that are none": (FORM + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"zz\r\nemail=x@y\r\n0\r\n\r\n", [411]),
    "chunks without end": (FORM.replace(b"application/x-www-form-urlencoded", b"text/x") + b"Transfer-Encoding: chunked\r\n" + CLOSE + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 20, [413]),
    "a length and chunks": (FORM + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n" + HOST + CLOSE, [411]),
    "two lengths": (FORM + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", [400]),
    "a length below zero": (FORM + b"Content-Length: -3\r\n\r\nabcd", [400]),
    "a length beyond numbers": (FORM + b"Content-Length: 99999999999999999999999\r\n\r\nabcd", [400]),
    "who asks before sending": (FORM + b"Expect: 100-continue\r\nContent-Length: 9\r\n" + CLOSE + b"email=x@y", [100, 422]),
    "who asks before sending too much": (FORM + b"Expect: 100-continue\r\nContent-Length: 9000000\r\n" + CLOSE, [413]),
    "more than a page accepts": (FORM + b"Content-Length: 5000000\r\n" + CLOSE + b"a" * 5_000_000, [413]),
    "all that a page accepts": (FORM + b"Content-Length: 1048576\r\n" + CLOSE + b"email=" + b"a" * 1_048_570, [422]),
    "a head of a megabyte": (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 1_000_000 + b"\r\n" + CLOSE, [431]),
    "a thousand headers": (b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(1000)) + CLOSE, [431]),
    "a long address": (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n" + HOST + CLOSE, [414]),
    "a cookie that is no text": (b"GET /account/ HTTP/1.1\r\n" + HOST + b"Cookie: upart_session=\xff\xfe\r\n" + CLOSE, [303]),
    "a header folded": (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: a\r\n b\r\n" + CLOSE, [400]),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", [400]),
    "an upgrade": (b"GET / HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", [200]),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(_original_portal, tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("http")
    shutil.copytree(_original_portal.folder, folder, dirs_exist_ok=True)
    with serving(folder) as made:
        yield made


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_request_gets_its_answer(server, odd):
    sent, wanted = ODD[odd]
    assert [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", server.raw(sent))] == wanted


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW", "get"])
def test_a_method_that_nobody_knows(server, method):
    answer = server.ask(method, "/")
    assert (answer.status, answer.headers["connection"]) == (501, "close")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_this_page_does_not_know(server, method):
    answer = server.ask(method, "/sign-in")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert server.ask(method, "/nothing").status == 404


def test_head_is_a_get_without_its_body(server):
    for path in ("/", "/sign-in", "/nothing"):
        head, whole = server.ask("HEAD", path), server.ask("GET", path)
        assert (head.status, head.text, head.headers["content-type"]) == (whole.status, "", whole.headers["content-type"])
    assert "GET" in server.ask("OPTIONS", "/").headers["allow"]
