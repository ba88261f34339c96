# SPDX-License-Identifier: MIT
"""Bytes that are coming in: written to the disk on which they will stay, measured and digested on the way."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from upart.storage.kinds import HEAD
from upart.storage.places import Place, no_room_in_words

CHUNK = 1024 * 1024
LOOK = 16 * CHUNK
"""After so many bytes the free space is looked at again."""


class Incoming:
    """A file that is being received: write, read, seek as of any file. Closing it removes it, unless a place took it over.

    Nothing touches the disk before the first byte. `size`, `sha256`, `head` are of all that was written.
    """

    def __init__(self, place: Place) -> None:
        self.place, self.size, self.head, self._looked = place, 0, b"", -LOOK
        self.path: Path = place.incoming / str(uuid4())
        self._digest, self._file, self._closed = hashlib.sha256(), None, False

    _file: IO[bytes] | None

    def write(self, data: bytes) -> int:
        """Append. Raises NoRoom."""
        if self.size - self._looked >= LOOK:
            self.place.room()
            self._looked = self.size
        with no_room_in_words():
            self._opened().write(data)
        if len(self.head) < HEAD:
            self.head += bytes(data[: HEAD - len(self.head)])
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def take(self, stream: Any) -> Incoming:
        """Append all that a stream still holds, a piece at a time."""
        while piece := stream.read(CHUNK):
            self.write(piece)
        return self

    def done(self) -> Path:
        """Where the bytes lie, all of them. Raises NoRoom."""
        with no_room_in_words():
            self._opened().flush()
        return self.path

    @property
    def sha256(self) -> str:
        """The digest of all that was written, hex (FIPS 180-4)."""
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """As of any file."""
        return self._file.read(size) if self._file else b""

    def seek(self, to: int, whence: int = 0) -> int:
        """As of any file."""
        return self._file.seek(to, whence) if self._file else 0

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell() if self._file else 0

    def seekable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Forget the bytes, unless a place took them over; whoever still writes gets ValueError."""
        self._closed = True
        if self._file is not None:
            with suppress(OSError):  # a full disk takes the last bytes no more than those before
                self._file.close()
            self.path.unlink(missing_ok=True)
            self._file = None

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _opened(self) -> IO[bytes]:
        if self._closed:
            raise ValueError("write to a file that is closed")
        if self._file is None:
            self._file = open(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")  # noqa: SIM115 - close() closes it
        return self._file
