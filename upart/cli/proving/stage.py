# SPDX-License-Identifier: MIT
"""The installation on which the claims are shown: a folder of its own, its real processes, and those who ask it over HTTP."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from upart.errors import UpartError

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PLUGIN, COLUMN = Path(__file__).parent / "example" / "plugins", "mood"
"""The example plugin, and the column of it that says nothing at first."""

LONGEST = 120
"""Seconds that a command or a start may take."""

LEASE = 3
"""Seconds after which another worker takes over from one that was killed; less than usual, so that nobody waits here."""

MAKE = "import sys; from pathlib import Path; from upart.cli.demo import prepare; prepare(Path(sys.argv[1]))"


class Unproven(UpartError):
    """A claim that does not hold, or could not be shown; the message is what was found."""


class Answer(NamedTuple):
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Stage:
    """A demo in `folder`, served at `port`. Nothing of another installation reaches it: its processes get no setting from the environment."""

    folder: Path
    port: int
    password: str
    server: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    notes: dict[str, str] = field(default_factory=dict)
    """What a later step has to know of an earlier one."""

    @property
    def instance(self) -> Path:
        """The installation's own folder."""
        return self.folder / "instance"

    @property
    def backup(self) -> Path:
        """A backup lies beside the installation, not in it."""
        return self.folder / "backup"

    def make(self) -> None:
        """The demo with its academies; mail goes to files only."""
        self._run([sys.executable, "-c", MAKE, str(self.instance)])
        toml = self.instance / "upart.toml"
        lines = ('mail_url = "file:"', f'job_lease = "{LEASE}"', f'public_origin = "http:{self.port}"')
        toml.write_text(toml.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
        (self.instance / "logs").mkdir(exist_ok=True)

    def put_plugin(self, *, mute: bool = False) -> int:
        """Put the example plugin there; `mute`: one of its lines says nothing of what the column holds. Returns the number of that line."""
        shutil.copytree(PLUGIN, self.instance / "plugins", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        file = self.instance / "plugins" / "journal.py"
        lines = file.read_text(encoding="utf-8").splitlines()
        number = next(n for n, line in enumerate(lines, 1) if line.startswith(f"    {COLUMN}: Mapped"))
        if mute:
            lines[number - 1] = lines[number - 1].partition(" = ")[0]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return number

    def upart(self, *words: str, fails: bool = False) -> str:
        """Run a command as an operator would; its words. Raises Unproven when it ends otherwise than it should."""
        done = self._run([sys.executable, "-m", "upart.cli.main", "--instance", str(self.instance), *words], check=False)
        if (done.returncode == 0) is fails:
            raise Unproven(f"`upart {' '.join(words)}` ended with {done.returncode}: {(done.stdout + done.stderr).strip()}")
        return (done.stdout + done.stderr).strip()

    def serve(self) -> None:
        """Start the web server; returns when it answers."""
        self.server, end = self._start("serve", "--bind", f"127.0.0.1:{self.port}"), time.monotonic() + LONGEST
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > end:
                raise Unproven(f"The server did not start: {self._said()}")
            time.sleep(0.05)

    def work(self) -> None:
        """Start a worker, as a process of its own that ends with this one."""
        self.worker = self._start("worker", "--beside", str(os.getpid()))

    def rest(self) -> None:
        """Let the worker end, and the server go on."""
        if self.worker is not None:
            self.worker.terminate()
            self.worker.wait(30)
            self.worker = None

    def stop(self) -> None:
        """Let both end as they should; whoever does not is killed."""
        for process in filter(None, (self.worker, self.server)):
            process.terminate()
        for process in filter(None, (self.worker, self.server)):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                self._kill(process)
        self._forget()

    def kill(self) -> None:
        """kill -9, both, with all that they have started."""
        for process in filter(None, (self.worker, self.server)):
            self._kill(process)
        self._forget()

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def _forget(self) -> None:
        self.server = self.worker = None
        end = time.monotonic() + LONGEST
        while not _is_free(self.port) and time.monotonic() < end:  # what was killed lets go of it a moment later
            time.sleep(0.05)

    def ask(self, path: str, data: Mapping[str, str] | None = None, *, at: str = "athena", cookie: str = "") -> Answer:
        """GET a page, or with `data` POST a form, as whoever has this cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Host": f"{at}.localhost", **(FORM if data is not None else {}), **({"Cookie": cookie} if cookie else {})}
        try:
            connection.request("GET" if data is None else "POST", path, None if data is None else urlencode(data), headers)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode())
        except OSError as error:
            raise Unproven(f"The server does not answer: {error}. {self._said()}") from error
        finally:
            connection.close()

    def sign_in(self, name: str) -> str:
        """The session cookie of somebody of the cast; empty when they are not let in."""
        answer = self.ask("/sign-in", {"email": f"{name}@example.org", "password": self.password})
        return answer.headers.get("set-cookie", "").partition(";")[0] if answer.status == 303 else ""

    def _answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException), closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        return False

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "upart.cli.main", "--instance", str(self.instance), *words]
        with (self.instance / "logs" / "server.log").open("ab") as log:
            return subprocess.Popen(command, env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603

    def _run(self, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        try:
            done = subprocess.run(command, env=_environment(), cwd=self.folder, capture_output=True, text=True, timeout=LONGEST, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise Unproven(f"`{' '.join(command)}` was not done after {LONGEST} seconds.") from None
        if check and done.returncode:
            raise Unproven(f"The installation could not be made: {done.stderr.strip()[-500:]}")
        return done

    def _said(self) -> str:
        return (self.instance / "logs" / "server.log").read_text(encoding="utf-8", errors="replace").strip()[-500:]


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("UPART_")}
