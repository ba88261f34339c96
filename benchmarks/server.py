# SPDX-License-Identifier: MIT
"""On a real server: CPU of the worker per request and requests per second, from its own process and sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVE = """
import multiprocessing, sys
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn", force=True)
    Granian(sys.argv[1], address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.WSGI, factory=True,
            log_level=LogLevels.error, websockets=False, blocking_threads=64, backpressure=64).serve()
"""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Speed:
    """CPU seconds of the server for one request, and requests in one second of the wall clock."""

    cpu: float
    rate: float


@contextmanager
def serving(target: str, folder: Path, environment: dict[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """Serve an application factory; gives its port and the process id of its parent."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    script = folder / "serve.py"
    script.write_text(SERVE)
    process = subprocess.Popen([sys.executable, str(script), target, str(port)], env={**os.environ, **(environment or {})})
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def speed(port: int, pid: int, host: str, path: str, seconds: float = 2.0) -> Speed:
    """Ask for one page over four kept connections, in batches, for a while."""
    ask = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    size = _size(connections[0], ask)
    for connection in connections:
        _batch(connection, ask, size)
    before, begin, count = _cpu(pid), time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        for connection in connections:
            connection.sendall(ask)
        for connection in connections:
            _read(connection, size)
        count += len(connections)
    spent, took = _cpu(pid) - before, time.perf_counter() - begin
    for connection in connections:
        connection.close()
    return Speed(spent / count, count / took)


def _batch(connection: socket.socket, ask: bytes, size: int) -> None:
    for _ in range(50):
        connection.sendall(ask)
        _read(connection, size)


def _size(connection: socket.socket, ask: bytes) -> int:
    """Bytes of one whole answer; the same for each, since the pages are."""
    connection.sendall(ask)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    _read(connection, length - len(body))
    return len(head) + 4 + length


def _read(connection: socket.socket, size: int) -> None:
    while size > 0:
        size -= len(connection.recv(size))


def _cpu(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    total = 0.0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    direct = [int(child) for child in found.read_text().split()] if found.exists() else []
    return [*direct, *(grand for child in direct for grand in _children(child))]
