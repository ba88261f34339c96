# SPDX-License-Identifier: MIT
"""Commands of UPART in processes of their own, forked from one that has imported UPART and its courses: that takes longer than most commands.

`run("db", "status", "--json", env=…)` is what `subprocess.run` would be, `start(…)` what `subprocess.Popen` would be. Only SystemExit, output and signals
come out of such a process, as from any other.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

MUCH = 1 << 20
"""Bytes of a request: the environment and the words."""


@dataclass
class Process:
    """A command that runs, or has ended with `returncode`; negative: by this signal."""

    pid: int
    said: socket.socket
    stdout: IO[str] | None = None
    returncode: int | None = field(default=None, init=False)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *error: object) -> None:
        if self.stdout is not None:
            self.stdout.close()
        self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self.said.settimeout(timeout)
            try:
                self.returncode = int(self.said.recv(20) or -signal.SIGKILL)
            except TimeoutError:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from None
            self.said.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it has not ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def start(*words: str, env: Mapping[str, str] | None = None, stdout: int | IO[str] | None = None, stderr: int | IO[str] | None = None) -> Process:
    """`upart` with these words. `stdout` and `stderr` as in subprocess; PYTHONPATH of `env` comes before what is there."""
    reading = writing = None
    if stdout == subprocess.PIPE:
        reading, writing = os.pipe()
    out = writing if writing is not None else _number(stdout, 1)
    said = socket.socket(socket.AF_UNIX)
    said.connect(str(_nursery()))
    asked = {"words": words, "env": dict(os.environ if env is None else env), "cwd": str(Path.cwd())}
    with Path(os.devnull).open() as nothing:
        socket.send_fds(said, [json.dumps(asked).encode()], [nothing.fileno(), out, out if stderr == subprocess.STDOUT else _number(stderr, 2)])
    pid = int(said.recv(20))
    if writing is not None:
        os.close(writing)
    return Process(pid, said, os.fdopen(reading) if reading is not None else None)


def run(*words: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """`upart` with these words, to its end."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        code = start(*words, env=env, stdout=out, stderr=err).wait(timeout)
        return subprocess.CompletedProcess(list(words), code, *((stream.seek(0), stream.read())[1] for stream in (out, err)))


def _number(stream: int | IO[str] | None, usual: int) -> int:
    return usual if stream is None else stream if isinstance(stream, int) else stream.fileno()


@cache
def _nursery() -> Path:
    """Where the process listens that has imported UPART."""
    folder = tempfile.TemporaryDirectory(prefix="upart-nursery-")
    path = Path(folder.name) / "socket"
    process = subprocess.Popen([sys.executable, __file__, str(path)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        folder.cleanup()

    atexit.register(end)
    return path


def _listen(path: str) -> None:
    """Fork for each command; the fork says the number of the command's process, waits, and says how it has ended."""
    import compiling

    sys.path.remove(str(Path(__file__).parent))  # its folder `upart` would be taken for UPART
    import upart_courses.hooks
    import upart_courses.models  # noqa: F401
    from sqlalchemy.orm import configure_mappers

    import upart.cli.main

    compiling.once()
    configure_mappers()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        said, _ = listener.accept()
        if os.fork() == 0:
            break
        said.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listener.close()
    request, streams, _flags, _address = socket.recv_fds(said, MUCH, 3)
    if pid := os.fork():
        for stream in streams:
            os.close(stream)
        said.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        said.send(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    said.close()
    _become(json.loads(request), streams)
    upart.cli.main.main()


def _become(asked: Mapping[str, object], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    environment = asked["env"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(asked["cwd"]))
    added = [place for place in environment.get("PYTHONPATH", "").split(os.pathsep) if place and place not in sys.path]
    sys.path[:0] = added
    importlib.invalidate_caches()
    sys.argv = ["upart", *asked["words"]]  # type: ignore[misc]


if __name__ == "__main__":
    _listen(sys.argv[1])
