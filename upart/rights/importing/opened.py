# SPDX-License-Identifier: MIT
"""A copy as somebody sent it: whether it is one, whether it is whole, and its parts. Nothing is unpacked to the disk."""

from __future__ import annotations

import hashlib
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import IO, Any, BinaryIO, cast

import msgspec

from upart.errors import Problem
from upart.theming.locales import gettext as _

MB = 1024 * 1024
UNPACKED = 512 * MB
"""Bytes of all parts of a copy that comes in by a page."""

MEMBERS = 20_000
DIRECTORY = 8 * MB
"""Parts, and bytes of the list of them, which is in memory."""

DATA, ALL_DATA = 32 * MB, 64 * MB
"""Bytes of JSON: of one part, of all parts that are read."""

PIECE = 256 * 1024
SUMS, MANIFEST = "checksums.sha256", "manifest.json"
PARTS = re.compile(r"(?:index\.html|manifest\.json|checksums\.sha256|(?:access|portable|files)/[^\x00-\x1f\\:]+)")
"""Names that parts of a copy have."""

SUM = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")
SCHEMA = re.compile(r"upart-archive/([0-9]{1,6})")
NEWEST = 1
"""The version of the format that this installation writes and reads."""

DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError)
"""What reading a damaged ZIP may raise; no disk is written to meanwhile."""

END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_SIZE, LONGEST_COMMENT = 22, 65_535


class NotWhole(Problem):
    """This is no copy, or not as it was written."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(422, message, remedy=remedy or _("Download it anew from where it was made, and send it as it is."), code="copy_refused")


class OpenedCopy:
    """`with opened_copy(file) as copy:`; all parts have been checked against their checksums by then."""

    def __init__(self, packed: zipfile.ZipFile, most: int, known: bool) -> None:
        self.zip, self.infos = packed, _checked(packed.infolist(), most)
        self._left = ALL_DATA
        if not known:
            self._verify()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the copy says of itself."""
        found = self.data(MANIFEST)
        if not isinstance(found, dict):
            raise NotWhole(_("The manifest of this copy cannot be read."))
        return found

    def names(self, under: str) -> list[str]:
        """Parts below a folder, in order."""
        return sorted(name for name in self.infos if name.startswith(under))

    def data(self, name: str) -> Any:
        """A part of JSON. Raises NotWhole."""
        if name not in self.infos:
            raise NotWhole(_("A part of this copy is missing: %(part)s.", part=name[:100]))
        size = self.infos[name].file_size
        self._left -= size
        if size > DATA or self._left < 0:
            raise NotWhole(_("This copy holds more than can be read at once."), remedy=_("Ask the people who run this portal to bring it in."))
        try:
            return msgspec.json.decode(self._bytes(name))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotWhole(_("A part of this copy is no JSON: %(part)s.", part=name[:100])) from None

    def open(self, name: str) -> IO[bytes]:
        """A part as a stream."""
        return self.zip.open(self.infos[name])

    def _bytes(self, name: str) -> bytes:
        return b"".join(_pieces(self.zip, self.infos[name]))

    def _verify(self) -> None:
        """Every part but the checksums has one, and it is right (FIPS 180-4)."""
        if SUMS not in self.infos or MANIFEST not in self.infos:
            raise NotWhole(_("This is no copy of somebody's data."), remedy=_("Choose the ZIP that a portal made for you under “Download everything”."))
        if self.infos[SUMS].file_size > DIRECTORY:
            raise NotWhole(_("The checksums of this copy are too many."))
        lines = [SUM.fullmatch(line) for line in self._bytes(SUMS).decode("utf-8", "replace").splitlines()]
        sums = {line[2]: line[1] for line in lines if line}
        if not all(lines) or len(sums) != len(lines) or set(sums) != set(self.infos) - {SUMS}:
            raise NotWhole(_("The checksums of this copy do not name its parts."))
        self._check_version()
        for name, sum in sums.items():
            if _digest(self.zip, self.infos[name]) != sum:
                raise NotWhole(_("A part of this copy was changed: %(part)s.", part=name[:100]))

    def _check_version(self) -> None:
        found = SCHEMA.fullmatch(str(self.manifest.get("schema", "")))
        if found is None:
            raise NotWhole(_("This copy does not say in which format it is."))
        if int(found[1]) > NEWEST:
            said = _("This copy was made by a newer version of the software (format %(n)s).", n=int(found[1]))
            raise NotWhole(said, remedy=_("Ask the people who run this portal to bring it up to date, then send the copy again."))


@contextmanager
def opened_copy(source: Any, *, most: int = UNPACKED, known: bool = False) -> Iterator[OpenedCopy]:
    """Open what somebody sent, at most `most` bytes when unpacked. Raises NotWhole for whatever is no whole copy.

    `known`: the parts of these bytes have been checked before.
    """
    _look_at_the_end(source)
    with ExitStack() as held:
        try:
            copy = OpenedCopy(held.enter_context(zipfile.ZipFile(cast(BinaryIO, source))), most, known)
        except DAMAGED as error:
            raise NotWhole(_("This is no ZIP, or it is damaged.")) from error
        yield copy


def _look_at_the_end(source: Any) -> None:
    """The list of parts is taken into memory as a whole: how long it is must be seen before."""
    size = source.seek(0, 2)
    source.seek(max(0, size - END_SIZE - LONGEST_COMMENT))
    tail = source.read(END_SIZE + LONGEST_COMMENT)
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_SIZE:
        raise NotWhole(_("This is no ZIP, or it is damaged."))
    members, listed = int.from_bytes(tail[at + 10 : at + 12], "little"), int.from_bytes(tail[at + 12 : at + 16], "little")
    if members > MEMBERS or listed > DIRECTORY or tail[max(0, at - 20) : at][:4] == END_64:
        raise NotWhole(_("This ZIP has too many parts."))
    source.seek(0)


def _checked(infos: list[zipfile.ZipInfo], most: int) -> dict[str, zipfile.ZipInfo]:
    """The parts by name, none of which is anything but a plain part of a copy."""
    if len(infos) > MEMBERS:
        raise NotWhole(_("This ZIP has too many parts."))
    if sum(info.file_size for info in infos) > most:
        said = _("This copy is larger than %(n)s MB when unpacked.", n=most // MB)
        raise NotWhole(said, remedy=_("Ask the people who run this portal to bring it in."))
    folded = {unicodedata.normalize("NFC", info.filename).casefold() for info in infos}
    if len(folded) != len(infos):
        raise NotWhole(_("Two parts of this ZIP have one name."))
    for info in infos:
        if not _is_plain(info):
            raise NotWhole(_("This ZIP has a part that no copy has: %(part)s.", part=repr(info.orig_filename[:100])))
    return {info.filename: info for info in infos}


def _is_plain(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    steps = info.orig_filename.split("/")
    return (
        PARTS.fullmatch(info.orig_filename) is not None
        and not {"", ".", ".."} & set(steps)
        and kind in (0, stat.S_IFREG)
        and not info.flag_bits & 0x1  # encrypted
        and info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    )


def _pieces(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part, never more than it announces."""
    left = info.file_size
    with packed.open(info) as stream:
        while piece := stream.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise NotWhole(_("A part of this copy is larger than it says: %(part)s.", part=info.filename[:100]))
            yield piece
    if left:
        raise NotWhole(_("A part of this copy is cut short: %(part)s.", part=info.filename[:100]))


def _digest(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    sum = hashlib.sha256()
    for piece in _pieces(packed, info):
        sum.update(piece)
    return sum.hexdigest()
