# SPDX-License-Identifier: MIT
"""The folder beside the database in which a backup or a restore works, one at a time. What lies there is whole people's data in clear.

It is not beside the backup's file: that may be another disk, or somebody else's. What a kill has left is overwritten and
removed when the next one begins.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from upart.config import Config
from upart.errors import UpartError
from upart.storage.places import FULL

FOLDER, LOCK = ".upart-backup", "lock"
PIECE = 1024 * 1024
SQLITE = "sqlite:///"


def database_file(config: Config) -> Path | None:
    """The file of the database; None for PostgreSQL."""
    return Path(config.database_url.removeprefix(SQLITE)).absolute() if config.database_url.startswith(SQLITE) else None


def folder_of(config: Config) -> Path:
    """Where a backup or a restore of this installation works."""
    file = database_file(config)
    return (file.parent if file else config.instance) / FOLDER


@contextmanager
def alone(config: Config) -> Iterator[Path]:
    """An empty folder for the block, and nobody else in it. Raises UpartError while another backup or restore works there."""
    folder = folder_of(config)
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpartError("Another backup or restore of this installation is at work.", remedy="Wait for its end, then try again.") from None
        _clear(folder)
        try:
            yield folder
        finally:
            _clear(folder)


def left_behind(config: Config) -> list[Path]:
    """What a backup or restore that was killed has left, or one that works right now keeps."""
    return [path for path in folder_of(config).glob("*") if path.name != LOCK]


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != LOCK:
            overwrite(path)


def overwrite(path: Path) -> None:
    """Overwrite a file and remove it. Disks that write elsewhere (SSD, copy on write) may keep the old bytes until they need the space."""
    found = path.stat()
    try:
        if found.st_nlink == 1:  # else it is the database itself, by its second name
            with open(os.open(path, os.O_WRONLY), "wb", buffering=0) as file:
                for at in range(0, found.st_size, PIECE):
                    file.write(bytes(min(PIECE, found.st_size - at)))
                os.fsync(file.fileno())
    finally:
        path.unlink()


@contextmanager
def full_in_words(folder: Path) -> Iterator[None]:
    """Turn a full disk into an error that names it."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise UpartError(f"The disk of {folder} is full.", remedy="Make room on it, then try again.") from None
        raise


def sync_folder(folder: Path) -> None:
    """What was renamed in this folder stays so when the power is cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
