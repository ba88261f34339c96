# SPDX-License-Identifier: MIT
"""The file of a backup: a tar (POSIX.1-2001), then one line that vouches for every byte before it.

First comes `manifest.json`, then the database, then files, last `checksums.sha256` with a line for each member, as
sha256sum writes it: that names what is damaged. The line at the end is an HMAC under the installation's keys: who
changes a backup and its checksums too cannot make it fit. Any `tar` unpacks one that is not encrypted.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol, cast

from upart import clock
from upart.backup.sealing import BadBackup
from upart.keys import KeyRing

MANIFEST, CHECKSUMS = "manifest.json", "checksums.sha256"
NAMES = re.compile(r"manifest\.json|schema\.json|database\.sqlite|tables/[a-z_][a-z0-9_]{0,62}/\d{6}|files/[0-9a-f-]{36}/[0-9a-f-]{36}|checksums\.sha256")
SEAL = re.compile(rb"upart-backup-1 ([0-9a-f]{64})\n")
SEAL_BYTES = 80
PURPOSE = "backup"
PIECE = 1024 * 1024
"""Bytes that are read at a time."""

ANOTHER = "Use another copy of it."


class Source(Protocol):
    """Plain bytes of a backup, in order."""

    size: int

    def read(self, most: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Sink(Protocol):
    """Takes the plain bytes of a backup."""

    def write(self, data: bytes, /) -> int:
        """Take these bytes."""


class Plain:
    """A backup that is not encrypted."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.size = source, os.fstat(source.fileno()).st_size
        source.seek(0)

    def read(self, most: int) -> bytes:
        """At most so many bytes; none at the end."""
        return self._source.read(most)


class Hashing:
    """Lets bytes through, and knows their SHA-256 (FIPS 180-4). With `most` no more than so many are read."""

    def __init__(self, through: Any, most: int | None = None) -> None:
        self._through, self._left, self._sha = through, most, hashlib.sha256()

    def read(self, most: int = PIECE) -> bytes:
        """At most so many bytes."""
        try:
            data: bytes = self._through.read(most if self._left is None else min(most, self._left))
        except tarfile.TarError:
            raise BadBackup("The backup is cut short or damaged.", remedy=ANOTHER) from None
        self._left = None if self._left is None else self._left - len(data)
        self._sha.update(data)
        return data

    def write(self, data: bytes) -> int:
        """Pass on all of these bytes."""
        self._sha.update(data)
        self._through.write(data)
        return len(data)

    def drain(self) -> Hashing:
        """Read what is left; returns itself."""
        while self.read(PIECE):
            continue
        return self

    @property
    def digest(self) -> str:
        """Of what has come through until now."""
        return self._sha.hexdigest()


class Writer:
    """Writes a backup, member by member; `finish()` adds checksums and the last line."""

    def __init__(self, out: Sink, ring: KeyRing) -> None:
        self._out, self._ring, self._whole, self._lines = out, ring, Hashing(out), list[str]()
        self._tar: Any = tarfile.open(fileobj=cast(Any, self._whole), mode="w|", format=tarfile.PAX_FORMAT, bufsize=PIECE)  # noqa: SIM115 - finish() closes it

    def add(self, name: str, source: BinaryIO) -> None:
        """Take a whole open file as a member."""
        self._add(name, source, os.fstat(source.fileno()).st_size)

    def add_bytes(self, name: str, data: bytes) -> None:
        """Take these bytes as a member."""
        self._add(name, io.BytesIO(data), len(data))

    def _add(self, name: str, source: BinaryIO, size: int) -> None:
        assert NAMES.fullmatch(name), name
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(clock.now().timestamp())
        through = Hashing(source, size)
        self._tar.addfile(info, cast(Any, through))
        self._tar.members.clear()  # it would remember them all
        self._lines.append(f"{through.digest}  {name}\n")

    def finish(self) -> None:
        """Checksums, the end of the tar, the line that vouches for all of it."""
        self.add_bytes(CHECKSUMS, "".join(self._lines).encode())
        self._tar.close()
        self._out.write(b"upart-backup-1 " + self._ring.digest(PURPOSE, self._whole.digest).encode() + b"\n")


class Reading:
    """Reads a backup once from beginning to end. Raises BadBackup, at the latest at its end, if one byte is not as it was written."""

    def __init__(self, source: Source, ring: KeyRing) -> None:
        self._source, self._ring, self._lines = source, ring, list[str]()
        self._whole = Hashing(source, max(0, source.size - SEAL_BYTES))

    def members(self) -> Iterator[tuple[str, Hashing]]:
        """Name and bytes of each member but the last; what of it is not read is skipped."""
        try:
            tar = tarfile.open(fileobj=cast(Any, self._whole), mode="r|", bufsize=PIECE)  # noqa: SIM115 - it holds nothing of its own
        except tarfile.TarError:
            raise BadBackup("This is no backup of UPART, or its beginning is damaged.", remedy="Name a file that upart backup has written.") from None
        checksums = None
        while (info := _next(tar)) is not None:
            if checksums is not None or not NAMES.fullmatch(info.name) or not info.isreg():
                raise BadBackup("The backup holds something that does not belong there.", remedy=ANOTHER)
            found = Hashing(tar.extractfile(info))
            if info.name == CHECKSUMS:
                checksums = found.read(info.size).decode(errors="replace")
                continue
            yield info.name, found
            found.drain()
            self._lines.append(f"{found.digest}  {info.name}\n")
        self._check(checksums)

    def _check(self, checksums: str | None) -> None:
        """Name what is damaged, if it can be known; then ask whether all is as it was written."""
        for seen, written in zip(self._lines, (checksums or "").splitlines(keepends=True), strict=False):
            if seen != written:
                raise BadBackup(f"The backup is damaged: {seen[66:].strip()} is not what was written.", remedy=ANOTHER)
        if checksums is None:
            raise BadBackup("The backup is cut short or damaged.", remedy=ANOTHER)
        self._whole.drain()
        vouched = SEAL.fullmatch(self._source.read(SEAL_BYTES + 1))
        if not vouched or vouched[1].decode() not in self._ring.digests(PURPOSE, self._whole.digest):
            raise BadBackup("The backup was changed or cut after it was written.", remedy=ANOTHER)

    def digests(self) -> dict[str, str]:
        """SHA-256 of each member, by name; after all have been read."""
        return {line[66:-1]: line[:64] for line in self._lines}


def _next(tar: Any) -> tarfile.TarInfo | None:
    try:
        tar.members.clear()  # it would remember them all
        found: tarfile.TarInfo | None = tar.next()
        return found
    except (tarfile.TarError, ValueError, OverflowError):
        raise BadBackup("The backup is cut short or damaged.", remedy=ANOTHER) from None
