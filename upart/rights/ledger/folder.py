# SPDX-License-Identifier: MIT
"""The ledger as a folder: a file for each chain, to which lines are added, each made safe on the disk."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from upart.rights.ledger.lines import CHAIN

SUFFIX = ".ledger"
MARK = "reaches-back"


class Folder:
    """A shelf on a disk of this machine, or on one that several machines share."""

    remedy = "Give this user the right to read and write it, and make room on its disk."

    def __init__(self, path: Path) -> None:
        self.path, self.where = path, str(path)

    @property
    def device(self) -> int | None:
        """The disk on which it lies, or will lie."""
        return next(path for path in (self.path, *self.path.parents) if path.exists()).stat().st_dev

    def name(self, chain: str) -> str:
        """The file of a chain."""
        return str(self._file(chain))

    def _file(self, chain: str) -> Path:
        return self.path / f"{chain}{SUFFIX}"

    def put(self, chain: str, number: int, raw: bytes) -> None:
        """Add a line to the file. Raises OSError; then it is as it was."""
        self._make()
        file = os.open(self._file(chain), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
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
        if number == 1:
            self._sync()

    def _make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _sync(self) -> None:
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def chains(self) -> list[str]:
        """The names of all chains, oldest month first."""
        try:
            return sorted(path.stem for path in self.path.iterdir() if path.name.endswith(SUFFIX) and CHAIN.fullmatch(path.stem))
        except FileNotFoundError:
            return []

    def read(self, chain: str) -> bytes:
        """All lines of a chain, and perhaps one that was cut off."""
        return self._file(chain).read_bytes()

    def drop(self, chain: str) -> None:
        """Remove the file."""
        self._file(chain).unlink(missing_ok=True)

    def mark(self) -> str | None:
        """What stands in the file of the mark."""
        path = self.path / MARK
        return path.read_text(encoding="latin-1") if path.exists() else None

    def set_mark(self, text: str) -> None:
        """Replace the file of the mark."""
        unfinished = self.path / f".{MARK}"
        unfinished.write_text(text, encoding="ascii")
        unfinished.replace(self.path / MARK)
        self._sync()

    def try_out(self) -> None:
        """Write and remove a file of its own."""
        trial = self.path / f".trial-{secrets.token_hex(4)}"
        try:
            self._make()
            with trial.open("xb") as file:
                file.write(bytes(8192))
                file.flush()
                os.fsync(file.fileno())
        finally:
            with suppress(OSError):
                trial.unlink()
