# SPDX-License-Identifier: MIT
"""A real server over a copy of the demo: its own process, sockets, and how long its visitors wait."""

from __future__ import annotations

import http.client
import os
import random
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import forking

from upart.cli.demo import PASSWORD

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Server:
    """A server that runs: its port and process, and who asks it."""

    port: int
    process: forking.Process

    def ask(self, method: str, path: str, data: Mapping[str, str] | None = None, *, host: str = "athena.localhost", wait: float = 30, **headers: str) -> Answer:
        """One request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=wait)
        try:
            more = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, urlencode(data) if data is not None else None, {"Host": host, **(FORM if data is not None else {}), **more})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode())
        finally:
            connection.close()

    def sign_in(self, name: str) -> str:
        """The session cookie of somebody of the cast."""
        answer = self.ask("POST", "/sign-in", {"email": f"{name}@example.org", "password": PASSWORD})
        assert answer.status == 303, answer.text
        return answer.headers["set-cookie"].split(";")[0]

    def open(self, sent: bytes) -> socket.socket:
        """A connection on which this was sent, and nothing more."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(sent)
        return connection

    def raw(self, sent: bytes, wait: float = 10) -> bytes:
        """All that comes back until the server closes the connection or says no more."""
        got = b""
        with self.open(sent) as connection:
            connection.settimeout(wait)
            try:
                while more := connection.recv(65536):
                    got += more
                    connection.settimeout(1)
            except (TimeoutError, ConnectionResetError):
                return got
        return got

    @property
    def megabytes(self) -> int:
        """Memory of the largest process of the server, without what the file system could take back."""
        return max(_memory(pid) for pid in _family(self.process.pid))


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grand for child in children for grand in _family(int(child)))]


def _memory(pid: int) -> int:
    found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def free_port() -> int:
    """A port that is free, and below those which the system gives to others meanwhile, as it does to every connection."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def serving(instance: Path, *words: str, **settings: str) -> Iterator[Server]:
    """`upart serve` over this instance on a free port; `settings` are environment names without UPART_, in lower case."""
    (instance / "upart.toml").touch()
    port = free_port()
    environment = {**os.environ, **{f"UPART_{name.upper()}": value for name, value in settings.items()}}
    command = ("--instance", str(instance), "serve", "--bind", f"127.0.0.1:{port}", *words)
    with forking.start(*command, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline().startswith("Ready"), "the server did not start"
            yield Server(port, process)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


Request = Callable[[int], tuple[str, str, dict[str, str], dict[str, str] | None]]


def pages(cookie: str) -> dict[str, Request]:
    """Requests of each kind, to be asked again and again: from the cache, drawn anew, signed in, a form."""
    return {
        "cached": lambda n: ("GET", "/", {}, None),
        "drawn": lambda n: ("GET", f"/courses/?q={n}x", {}, None),
        "signed in": lambda n: ("GET", "/account/", {"Cookie": cookie}, None),
        "form": lambda n: ("POST", "/account/profile", {"Cookie": cookie}, {"name": "Lena", "zone": "Europe/Vienna"}),
    }


def waits(server: Server, kinds: Mapping[str, Request], seconds: float = 2.0) -> dict[str, float]:
    """Ask one request of each kind after the other for a while; how long 19 of 20 wait at most, in seconds."""
    measured: dict[str, list[float]] = {kind: [] for kind in kinds}

    def ask(kind: str, request: Request) -> None:
        end = time.monotonic() + seconds
        for n in range(100_000):
            method, path, headers, data = request(n)
            begin = time.perf_counter()
            answer = server.ask(method, path, data, **headers)
            measured[kind].append(time.perf_counter() - begin)
            assert answer.status in (200, 303), (kind, answer.status)
            if time.monotonic() > end:
                return
            time.sleep(0.01)

    threads = [threading.Thread(target=ask, args=pair) for pair in kinds.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {kind: sorted(times)[int(len(times) * 0.95)] for kind, times in measured.items()}
