# SPDX-License-Identifier: MIT
"""A ZIP that a stranger packed, opened so that it can do no harm: nothing is unpacked, and no part is larger than it says."""

from __future__ import annotations

import posixpath
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import IO, Any, BinaryIO, cast

from upart.plugin import MB
from upart.plugin import gettext as _
from upart_courses.packages.tree import Unreadable

MEMBERS = 10_000
DIRECTORY = 4 * MB
"""Parts, and bytes of the list of them, which is in memory."""

UNPACKED = 4_000 * MB
RATIO, FREE = 200, 1 * MB
"""How many times larger a part may be than it is packed, once it is larger than `FREE`."""

TEXT, ALL_TEXT = 4 * MB, 64 * MB
"""Bytes of text: of one part, of all parts that are read."""

DEEP, LONG = 24, 400
"""Folders in folders, and characters of a name."""

PIECE = 256 * 1024
END, END_64, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", b"PK\x06\x07", 22, 65_535
UTF_8 = 0x800
ENCRYPTED = 0x1
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
LITTER = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)", re.IGNORECASE)
"""What systems leave in folders."""


class Package:
    """`with opened(stream) as package:`; names are paths with "/", in the encoding in which they were meant (APPNOTE 6.3.10, appendix D)."""

    def __init__(self, packed: zipfile.ZipFile, size: int) -> None:
        self.zip, self.infos, self._left = packed, _checked(packed.infolist(), size), ALL_TEXT

    def __contains__(self, name: str) -> bool:
        return name in self.infos

    def names(self) -> list[str]:
        """All parts, in order."""
        return sorted(self.infos)

    def size(self, name: str) -> int:
        """Bytes of a part."""
        return self.infos[name].file_size

    def found(self, name: str) -> str:
        """The part that is meant by a name, whatever its letters' case and form; "" for none."""
        tidy = posixpath.normpath(unicodedata.normalize("NFC", name)).lstrip("/")
        return tidy if tidy in self.infos else self._folded.get(tidy.casefold(), "")

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self.infos}

    def read(self, name: str) -> bytes:
        """A part that is text. Raises Unreadable for one that is too large."""
        size = self.size(name)
        self._left -= size
        if size > TEXT or self._left < 0:
            said = _("The part “%(part)s” is a text of %(mb)s MB.", part=name[:100], mb=size // MB)
            raise Unreadable(said, remedy=_("Split it into smaller pages, or take it out of the package."))
        return b"".join(self.pieces(name))

    def head(self, name: str, most: int = 4096) -> bytes:
        """The first bytes of a part."""
        with _in_words(), self.zip.open(self.infos[name]) as stream:
            return stream.read(most)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, never more than it announces."""
        left = self.size(name)
        with _in_words(), self.zip.open(self.infos[name]) as stream:
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise Unreadable(_("The part “%(part)s” is larger than it says.", part=name[:100]), remedy=again())
                yield piece
        if left:
            raise Unreadable(_("The part “%(part)s” is cut short.", part=name[:100]), remedy=again())

    def stream(self, name: str) -> IO[bytes]:
        """The same, as something with `read()`."""
        return cast(IO[bytes], _Stream(self.pieces(name)))


class _Stream:
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def read(self, size: int = -1) -> bytes:
        return next(self.pieces, b"")


def again() -> str:
    """What to do about a damaged ZIP."""
    return _("Export or pack it once more, and send it as it is.")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise Unreadable(_("This is no ZIP, or it is damaged."), remedy=again()) from error


@contextmanager
def opened(source: Any) -> Iterator[Package]:
    """Open what somebody sent; `source` can be read and sought. Raises Unreadable, here or while it is read."""
    size = _look_at_the_end(source)
    with _in_words():
        packed = zipfile.ZipFile(cast(BinaryIO, source))
    with packed:
        yield Package(packed, size)


def _look_at_the_end(source: Any) -> int:
    """The list of parts is taken into memory as a whole: how long it is must be seen before."""
    size = int(source.seek(0, 2))
    source.seek(max(0, size - END_SIZE - LONGEST_COMMENT))
    tail = source.read(END_SIZE + LONGEST_COMMENT)
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_SIZE:
        raise Unreadable(_("This is no ZIP, or it is damaged."), remedy=again())
    members, listed = int.from_bytes(tail[at + 10 : at + 12], "little"), int.from_bytes(tail[at + 12 : at + 16], "little")
    if members > MEMBERS or listed > DIRECTORY or tail[max(0, at - 20) : at][:4] == END_64:
        raise _too_many()
    source.seek(0)
    return size


def _too_many() -> Unreadable:
    return Unreadable(_("This ZIP has more than %(n)s parts.", n=f"{MEMBERS:,}"), remedy=_("Split the course into several packages."))


def _checked(infos: list[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names; what systems leave behind and folders are no parts."""
    if len(infos) > MEMBERS:
        raise _too_many()
    if sum(info.file_size for info in infos) > UNPACKED:
        said = _("This package is larger than %(n)s MB when unpacked.", n=UNPACKED // MB)
        raise Unreadable(said, remedy=_("Take large videos out of it and add them to the lessons afterwards."))
    if sum(info.compress_size for info in infos) > size:
        raise Unreadable(_("Parts of this ZIP lie over each other, as in a trap."), remedy=again())
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in infos:
        name = _name(info)
        if name.endswith("/") or LITTER.fullmatch(name):
            continue
        _check(name, info)
        if name.casefold() in folded:
            raise Unreadable(_("Two parts of this ZIP have one name: %(part)s.", part=name[:100]), remedy=_("Give one of them another name."))
        folded.add(name.casefold())
        found[name] = info
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """A name as it was meant: many programs write UTF-8 without saying so; those of old Windows write "\\" between folders."""
    name = info.orig_filename
    if not info.flag_bits & UTF_8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.orig_filename
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _check(name: str, info: zipfile.ZipInfo) -> None:
    """Raise Unreadable for a part that no honest package has."""
    steps, kind = name.split("/"), stat.S_IFMT(info.external_attr >> 16)
    part = "".join(c if c.isprintable() else "�" for c in name[:100])
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in steps:
        said = _("The part “%(part)s” points out of the package.", part=part)
        raise Unreadable(said, remedy=_("Do not open packages from this place. Ask for one that was exported anew."))
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in name) or len(name) > LONG or len(steps) > DEEP:
        raise Unreadable(_("The part “%(part)s” has a name that cannot be used.", part=part), remedy=_("Give it a short, plain name."))
    if kind not in (0, stat.S_IFREG):
        said = _("The part “%(part)s” is a link or a device, not a file.", part=part)
        raise Unreadable(said, remedy=_("Put the file itself into the package."))
    if info.flag_bits & ENCRYPTED:
        raise Unreadable(_("The part “%(part)s” needs a password.", part=part), remedy=_("Pack the course without a password."))
    if info.compress_type not in PACKED:
        raise Unreadable(_("The part “%(part)s” is packed in a way that is not read here.", part=part), remedy=_("Pack it again as an ordinary ZIP."))
    if info.file_size > FREE and info.file_size > RATIO * max(1, info.compress_size):
        said = _("The part “%(part)s” would become more than %(n)s times larger, as in a trap.", part=part, n=RATIO)
        raise Unreadable(said, remedy=_("Take it out of the package."))
