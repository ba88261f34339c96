# SPDX-License-Identifier: MIT
"""The folder in which the ledger lies: lines are added and made safe on the disk, never changed; old months are dropped whole."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from upart import clock
from upart.errors import Problem
from upart.rights.ledger.lines import OPENED, LedgerBroken, LedgerRefused, Line, digest_of, read, written

CHAIN = re.compile(r"(?P<month>\d{4}-\d{2})\.[0-9a-f]{16}")
SUFFIX = ".ledger"
REACHES_BACK = "reaches-back"
"""File that names the first month which has not been dropped, with a digest."""


PATIENCE = 5.0
"""Seconds that a line waits for the one before it to be committed."""


class LedgerNotWritten(Problem):
    """A line cannot be written to the ledger now, so what it is about cannot be done."""

    def __init__(self) -> None:
        super().__init__(
            503, "This cannot be noted safely right now, so nothing was changed.", remedy="Please try again later; whoever runs this portal has been told.",
            code="ledger", retry=60,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands."""

    chain: str
    number: int
    digest: str


class Folder:
    """The ledger as files, one for each chain; this process writes chains of its own."""

    def __init__(self, path: Path, key: bytes, fingerprint: str) -> None:
        self.path, self.key, self.fingerprint = path, key, fingerprint
        self._lock, self._process, self._token = threading.Lock(), 0, ""
        self._last: dict[str, Place] = {}
        self._latest: datetime | None = None
        self._held: dict[str, int] = {}

    def append(self, *, hold: bool = False, **said: Any) -> Place:
        """Add a line and make it safe on the disk. Raises LedgerNotWritten; then nothing was added.

        `hold`: nobody takes the act of this line for undone before `release()`, or before this process ends.
        """
        with self._lock:
            if self._process != os.getpid():
                self._begin_anew()
            now = max(filter(None, (clock.now(), self._latest)))  # a clock that is put back must not change the order
            chain = f"{now:%Y-%m}.{self._token}"
            try:
                if chain not in self._last:
                    self._make()
                    self._add(chain, {"kind": OPENED, "at": now.isoformat(), "key": self.fingerprint})
                if hold and chain not in self._held:
                    self._held[chain] = self._alone(chain)
                place = self._add(chain, {"at": now.isoformat(), **said})
            except OSError as error:
                self._begin_anew()
                raise LedgerNotWritten from error
            self._latest = now
            return place

    def _begin_anew(self) -> None:
        """A chain of its own for this process; also after a line that may be cut off."""
        if self._process != os.getpid():
            self._held = {}  # of the process that this one was forked from
        self._process, self._token, self._last = os.getpid(), secrets.token_hex(8), {}

    def _alone(self, chain: str) -> int:
        file, until, pause = os.open(self.path / f"{chain}{SUFFIX}", os.O_RDONLY), clock.monotonic() + PATIENCE, threading.Event()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            except OSError:
                if clock.monotonic() > until:
                    os.close(file)
                    raise
                pause.wait(0.02)

    def release(self) -> None:
        """The acts of the lines that were held are committed, or taken back."""
        with self._lock:
            while self._held:
                os.close(self._held.popitem()[1])

    @contextmanager
    def alone(self, chain: str) -> Iterator[None]:
        """In this block no process is between a line of this chain and the commit of its act. Raises LedgerRefused when one stays there."""
        try:
            file = self._alone(chain)
        except OSError:
            raise LedgerRefused("Another process is writing to the ledger.", remedy="Start again in a minute.") from None
        try:
            yield
        finally:
            os.close(file)

    def _make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _add(self, chain: str, said: dict[str, Any]) -> Place:
        before = self._last.get(chain)
        raw, digest = written(self.key, before.digest if before else chain, said)
        file = os.open(self.path / f"{chain}{SUFFIX}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(file).st_size
            try:
                if os.write(file, raw) != len(raw):
                    raise OSError("the disk is full")
                os.fsync(file)
            except OSError:
                with suppress(OSError):  # a line that stays cut off counts for nothing
                    os.ftruncate(file, size)
                raise
        finally:
            os.close(file)
        if before is None:
            self._sync_folder()
        place = self._last[chain] = Place(chain, before.number + 1 if before else 1, digest)
        return place

    def _sync_folder(self) -> None:
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def can_be_written(self) -> bool:
        """Could a line be added now? Tried with a file of its own, as large as some lines."""
        trial = self.path / f".trial-{secrets.token_hex(4)}"
        try:
            self._make()
            with trial.open("xb") as file:
                file.write(bytes(8192))
                file.flush()
                os.fsync(file.fileno())
            return True
        except OSError:
            return False
        finally:
            with suppress(OSError):
                trial.unlink()

    def chains(self) -> list[Path]:
        """The files of all chains, oldest month first. Raises LedgerRefused for a file that cannot be read."""
        try:
            return sorted(path for path in self.path.iterdir() if path.name.endswith(SUFFIX) and CHAIN.fullmatch(path.stem))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LedgerRefused(f"The ledger in {self.path} cannot be read: {error.strerror}.", remedy="Give this user the right to read it.") from None

    def lines(self) -> Iterator[Line]:
        """All lines, chain after chain, each checked. Raises LedgerBroken, LedgerRefused."""
        for path in self.chains():
            try:
                content = path.read_bytes()
            except OSError as error:
                raise LedgerRefused(f"{path} cannot be read: {error.strerror}.", remedy="Give this user the right to read it.") from None
            self._require_key(path, content)
            yield from read(self.key, str(path), path.stem, content)

    def _require_key(self, path: Path, content: bytes) -> None:
        """The first line says under which key a chain was written: another key is told from damage. Raises LedgerRefused."""
        first, found, _ = content.partition(b"\n")
        named = re.search(rb'"key":"([0-9a-f]{64})"', first)
        if found and named and named[1].decode() != self.fingerprint and _is_alone(self.chains(), self.key):
            raise LedgerRefused(
                f"The ledger in {self.path} was written with another pseudonym key than the one of this installation.",
                remedy="Put the former key back: UPART_PSEUDONYM_KEY, or the file pseudonym-key in the instance folder.",
            )

    def reaches_back(self) -> str:
        """The first month that has not been dropped ("2026-03"), or "" when none has. Raises LedgerBroken."""
        path = self.path / REACHES_BACK
        if not path.exists():
            return ""
        month, _, digest = path.read_text(encoding="latin-1").partition(" ")
        if digest != digest_of(self.key, REACHES_BACK, month.encode("latin-1")):
            raise LedgerBroken(str(path), 1, "its digest does not fit")
        return month

    def drop_before(self, day: date) -> list[str]:
        """Drop the months that ended before this day; returns the chains that are gone. Safe to repeat."""
        first = f"{day:%Y-%m}"
        old = [path for path in self.chains() if path.stem[:7] < first]
        if old:
            unfinished = self.path / f".{REACHES_BACK}"
            unfinished.write_text(f"{first} {digest_of(self.key, REACHES_BACK, first.encode())}", encoding="ascii")
            unfinished.replace(self.path / REACHES_BACK)
            self._sync_folder()
        for path in old:
            path.unlink(missing_ok=True)
        return [path.stem for path in old]


def _is_alone(paths: list[Path], key: bytes) -> bool:
    """Does no chain at all fit this key? Then the key has changed; else a line is damaged."""
    for path in paths:
        first = path.read_bytes().partition(b"\n")[0]
        if len(first) > 72 and first[7:71].decode("latin-1") == digest_of(key, path.stem, first[72:]):
            return False
    return True
