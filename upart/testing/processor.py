# SPDX-License-Identifier: MIT
"""A processor as others run it: a real HTTP server on loopback that keeps people, and can be told to fail in each of the usual ways.

    with Processor() as league:
        os.environ["QUIZBANK_LEAGUE"] = league.url
        league.fails("garbage")            # 200 with what is no JSON; league.fails("") ends it
        assert league.people == {}

It speaks JSON: PUT, GET, PATCH and DELETE of /people/ID, POST of /people/ID/restrict and /people/ID/lift. Each answer names
the ID and says what was done ({"id": "…", "done": "erase"}); erasing somebody unknown is done as well.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAYS = ("", "refuse", "hang up", "slow", "500", "garbage", "wrong")
"""How it fails: not at all; nobody listens; it listens and hangs up; it answers after `slow` seconds; 500; 200 with what is no JSON;
200 with JSON that does not say that it was done. In the last three nothing was done."""


class Processor:
    """The server; `people` are those it keeps by their id, `calls` what it was asked, as "DELETE /people/…"."""

    def __init__(self, slow: float = 5.0) -> None:
        self.slow, self.way = slow, ""
        self.people: dict[str, dict[str, Any]] = {}
        self.restricted: set[str] = set()
        self.calls: list[str] = []
        self._ended = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._listen(0)

    @property
    def url(self) -> str:
        """Where it listens, or would if somebody did."""
        return f"http://127.0.0.1:{self.port}"

    def fails(self, way: str) -> None:
        """From now on fail in this way; "" ends it."""
        if way not in WAYS:
            raise ValueError(f"There is no way {way!r} to fail. Ways are: {', '.join(WAYS[1:])}.")
        if way == "refuse":
            self._close()
        elif self._server is None:
            self._listen(self.port)
        self.way = way

    def __enter__(self) -> Processor:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._close()

    def _listen(self, port: int) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wait(self) -> None:
        """Let the caller wait as it waits for a slow server, but not beyond the end of this one."""
        self._ended.wait(self.slow)

    def do(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Carry out one call; None when there is no such thing."""
        _, _, rest = path.partition("/people/")
        id, _, verb = rest.partition("/")
        act = DOES.get((method, verb))
        return None if act is None or not id else {"id": id, **act(self, id, body)}


def _put(one: Processor, id: str, body: dict[str, Any]) -> dict[str, Any]:
    one.people[id] = body
    return {"done": "put"}


def _get(one: Processor, id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"done": "get", "person": one.people.get(id)}


def _patch(one: Processor, id: str, body: dict[str, Any]) -> dict[str, Any]:
    one.people.setdefault(id, {}).update(body)
    return {"done": "rectify"}


def _delete(one: Processor, id: str, body: dict[str, Any]) -> dict[str, Any]:
    one.people.pop(id, None)
    return {"done": "erase"}


def _restrict(one: Processor, id: str, body: dict[str, Any]) -> dict[str, Any]:
    one.restricted.add(id)
    return {"done": "restrict"}


def _lift(one: Processor, id: str, body: dict[str, Any]) -> dict[str, Any]:
    one.restricted.discard(id)
    return {"done": "lift"}


DOES: dict[tuple[str, str], Callable[[Processor, str, dict[str, Any]], dict[str, Any]]] = {
    ("PUT", ""): _put, ("GET", ""): _get, ("PATCH", ""): _patch, ("DELETE", ""): _delete, ("POST", "restrict"): _restrict, ("POST", "lift"): _lift,
}  # fmt: skip


def _handler(one: Processor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            one.calls.append(f"{self.command} {self.path}")
            if one.way == "hang up":
                self.close_connection = True
                return
            if one.way == "500":
                self.reply(500, b'{"error": "out of order"}')
            elif one.way == "garbage":
                self.reply(200, b"<html>Down for maintenance</html>", "text/html")
            elif one.way == "wrong":
                self.reply(200, b'{"ok": true}')
            else:
                done = one.do(self.command, self.path, json.loads(body or b"{}"))
                if one.way == "slow":
                    one.wait()
                self.reply(200 if done else 404, json.dumps(done or {"error": "not here"}).encode())

        def reply(self, status: int, body: bytes, kind: str = "application/json") -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has given up
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_PUT = do_PATCH = do_DELETE = do_POST = answer  # noqa: N815 - names of the standard library

        def log_message(self, format: str, *values: Any) -> None:
            """Nothing on the terminal."""

    return Handler
