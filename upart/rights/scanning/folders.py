# SPDX-License-Identifier: MIT
"""Search files: those that an academy has stored, and whatever lies in the folder of the installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from flask import current_app

from upart.config import Config
from upart.db import engine
from upart.mail.files import folders as mail_folders
from upart.mail.files import of_others
from upart.rights.scanning.finding import Findings, Place, in_stream
from upart.rights.scanning.matching import Matcher
from upart.storage.places import place

CONFIG = "upart_config"

PACKED = (
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"%PDF",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"ID3",
)
"""How files begin in which a text does not stand as itself: archives, pictures, sound, films, PDF."""


def search_files(academy_id: UUID, matcher: Matcher, into: Findings) -> None:
    """Note which stored files of an academy hold something of these identifiers."""
    for stored in (stored for stored in place().list() if stored.academy_id == academy_id):
        with suppress(FileNotFoundError), place().open(academy_id, stored.id) as stream:  # it may go meanwhile
            hits, head = in_stream(stream, matcher)
            into.packed += _is_packed(head)
            into.note(Place("core", "stored files"), hits)


def search_folder(academy_id: UUID, matcher: Matcher, into: Findings) -> None:
    """Note which other files of the installation hold something: logs, written mail, what lies about. Mail of other academies is theirs."""
    config: Config = current_app.extensions[CONFIG]
    theirs = of_others(academy_id)
    outside = (folder for folder in mail_folders() if config.instance not in folder.parents)
    for root in (config.instance, *outside):
        for path in (path for path in _files(root) if path not in theirs):
            with suppress(FileNotFoundError), path.open("rb") as stream:
                hits, head = in_stream(stream, matcher)
                into.packed += _is_packed(head)
                into.note(_place(root, path), hits | set(matcher.found(str(path.relative_to(root)).encode("utf-8", "replace"))))


def database_files() -> list[Path]:
    """The file of a SQLite database with what SQLite puts beside it; none of PostgreSQL's."""
    name = engine().url.database if engine().dialect.name == "sqlite" else ""
    return [Path(name).resolve().with_name(Path(name).name + end) for end in ("", "-wal", "-shm", "-journal")] if name else []


def _files(root: Path) -> Iterator[Path]:
    config: Config = current_app.extensions[CONFIG]
    stored, apart = place(), {*database_files(), (config.instance / "keys").resolve()}
    kept = stored.incoming.parent.resolve()
    for path in sorted(root.rglob("*")):
        inside = kept in path.resolve().parents and stored.incoming.resolve() not in path.resolve().parents
        if path.is_file() and not path.is_symlink() and path.resolve() not in apart and not inside:
            yield path


def _place(root: Path, path: Path) -> Place:
    """Named by the first folder, or by the file's own name at the top; below that a name may be anybody's."""
    first, *rest = path.relative_to(root).parts
    config: Config = current_app.extensions[CONFIG]
    top = "instance" if root == config.instance else "mail"
    return Place("core", f"{top}/{first}" if rest or first in KNOWN else top)


KNOWN = ("upart.toml", "README.md")
"""Files of the installation itself, which may be named."""


def _is_packed(head: bytes) -> bool:
    return head.startswith(PACKED)
