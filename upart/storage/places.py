# SPDX-License-Identifier: MIT
"""Where bytes lie: one small interface, and the folder that is its first place.

A key is `<academy>/<last two digits of the id>/<id>`: nothing that anybody typed becomes part of a path.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import Flask, current_app

from upart.config import Config
from upart.errors import Problem, UpartError

PLACE = "upart_files"
FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Problem):
    """Nothing more can be stored: the disk is full, or the academy has used up its space."""

    def __init__(self, message: str, *, remedy: str = "Try again later, or tell the people who run this portal.") -> None:
        super().__init__(507, message, remedy=remedy, code="no_room")


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes found in a place: whose, how many, since when (Unix seconds)."""

    academy_id: UUID
    id: UUID
    size: int
    since: float


class Place(Protocol):
    """What a place of bytes can do. `put` is all or nothing, and safe on disk when it returns."""

    incoming: Path
    """A folder of this machine for bytes that are still coming in."""

    space: int
    """Bytes that one academy may take; 0 means no limit."""

    def put(self, academy_id: UUID, id: UUID, source: Path) -> None:
        """Take over the complete file `source`, which is gone afterwards. Raises NoRoom."""

    def open(self, academy_id: UUID, id: UUID) -> BinaryIO:
        """The bytes, readable from any position. Raises FileNotFoundError."""

    def delete(self, academy_id: UUID, id: UUID) -> bool:
        """Remove the bytes for good; False if there were none."""

    def size(self, academy_id: UUID, id: UUID) -> int | None:
        """How many bytes there are; None if there is no such file."""

    def list(self) -> Iterator[Stored]:
        """All bytes of all academies, one academy after the other."""

    def room(self) -> None:
        """Raise NoRoom when nothing more should be written."""


class Folder:
    """Files in a folder of this machine, readable by its user alone (RFC 8089 addresses: file:///path)."""

    def __init__(self, root: Path, *, spare: int, space: int) -> None:
        self.root, self.spare, self.space, self.incoming = root, spare, space, root / ".incoming"

    def put(self, academy_id: UUID, id: UUID, source: Path) -> None:
        """Rename on the same disk; what is renamed has been synced, then the folder is."""
        target = self._path(academy_id, id)
        with no_room_in_words():
            self._make(target.parent)
            _sync(source)
            source.replace(target)
            _sync(target.parent)

    def open(self, academy_id: UUID, id: UUID) -> BinaryIO:
        """An open file."""
        return self._path(academy_id, id).open("rb")

    def delete(self, academy_id: UUID, id: UUID) -> bool:
        """Unlink, and see that it stays unlinked."""
        path = self._path(academy_id, id)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync(path.parent)
        return True

    def size(self, academy_id: UUID, id: UUID) -> int | None:
        """As the disk says."""
        try:
            return self._path(academy_id, id).stat().st_size
        except FileNotFoundError:
            return None

    def list(self) -> Iterator[Stored]:
        """Walk through the folders; what is not named as ours is not ours."""
        for academy in sorted(self.root.glob("????????-????-????-????-????????????")):
            for path in academy.glob("??/*"):
                with suppress(ValueError, FileNotFoundError):
                    found = path.stat()
                    yield Stored(UUID(academy.name), UUID(path.name), found.st_size, found.st_mtime)

    def room(self) -> None:
        """Some of the disk stays free: the database may lie on it too."""
        self._make(self.incoming)
        if shutil.disk_usage(self.incoming).free < self.spare:
            raise NoRoom("The disk for files is nearly full; nothing was stored.")

    def _path(self, academy_id: UUID, id: UUID) -> Path:
        return self.root / str(academy_id) / id.hex[-2:] / str(id)

    def _make(self, folder: Path) -> None:
        try:
            for one in (self.root, *reversed(folder.relative_to(self.root).parents[:-1]), folder):
                self._make_one(self.root / one)
        except PermissionError as error:
            raise UpartError(f"{error.filename} cannot be written.", remedy="Give this user the right to it, or set UPART_FILES_URL.") from None

    def _make_one(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=folder == self.root, exist_ok=True, mode=0o700)
            _sync(folder.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def no_room_in_words() -> Iterator[None]:
    """Turn a full disk into NoRoom."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom("The disk for files is full; nothing was stored.") from None
        raise


def init_app(app: Flask, config: Config) -> None:
    """Give an application its place for files: UPART_FILES_URL, else `files` in the instance folder."""
    app.extensions[PLACE] = Folder(Path(unquote(urlsplit(config.files_url).path)), spare=config.files_spare, space=config.files_space)


def place() -> Place:
    """The running application's place for files."""
    return cast(Place, current_app.extensions[PLACE])
