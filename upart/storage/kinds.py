# SPDX-License-Identifier: MIT
"""What may be stored, found by content and never by name or by what a browser says: one table.

The table is ours because it is a list of what we let in and how we let it out, to be read by eye:
libraries guess among hundreds of types, most of which would have to be refused again, and libmagic
is a program of the system. What fits no row is kept as bytes that no browser opens.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from upart.errors import Problem
from upart.privacy.taxonomy import Category


class Refused(Problem):
    """A file that is not stored: why, and what to send instead."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(422, message, remedy=remedy, code="file_refused")


class Group(StrEnum):
    """Kinds of files that belong together for people."""

    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    TEXT = "text"
    ARCHIVE = "archive"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row: content type, group, usual ends of names, how its first bytes look; `plays`: a browser may open it as it came."""

    content_type: str
    group: Group
    suffixes: tuple[str, ...]
    fits: Callable[[bytes], bool]
    plays: bool = False


HEAD = 4096
"""Bytes from the beginning that are looked at."""


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    """ISO base media (ISO/IEC 14496-12): the brand stands behind `ftyp`."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12].rstrip(b"\0 ").startswith(brands)


def _zip_with(part: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"PK\x03\x04") and part in head


def _zip_saying(mimetype: bytes) -> Callable[[bytes], bool]:
    """OpenDocument and EPUB: the first member is named `mimetype` and says it, unpacked."""
    return lambda head: head.startswith(b"PK\x03\x04") and head[30:38] == b"mimetype" and head[38:].startswith(mimetype)


def _mp3(head: bytes) -> bool:
    if head.startswith(b"ID3"):
        return True
    # A frame of layer III (ISO/IEC 11172-3): eleven set bits, a valid bit rate and sampling rate.
    return len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


def _text(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    try:
        # A character may be cut in two where the head ends.
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return not re.search("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]", text)


OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

KINDS: tuple[Kind, ...] = (  # the first that fits
    Kind("image/jpeg", Group.PICTURE, (".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    Kind("image/png", Group.PICTURE, (".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    Kind("image/webp", Group.PICTURE, (".webp",), _riff(b"WEBP")),
    Kind(
        "video/mp4", Group.VIDEO, (".mp4", ".m4v"), _brand(b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V", b"dash"), plays=True
    ),
    Kind("video/webm", Group.VIDEO, (".webm",), lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64], plays=True),
    Kind("video/quicktime", Group.VIDEO, (".mov",), _brand(b"qt")),
    Kind("audio/mp4", Group.AUDIO, (".m4a",), _brand(b"M4A", b"M4B"), plays=True),
    Kind("audio/mpeg", Group.AUDIO, (".mp3",), _mp3, plays=True),
    Kind("audio/ogg", Group.AUDIO, (".ogg", ".oga", ".opus"), _begins(b"OggS"), plays=True),
    Kind("audio/flac", Group.AUDIO, (".flac",), _begins(b"fLaC"), plays=True),
    Kind("audio/wav", Group.AUDIO, (".wav",), _riff(b"WAVE"), plays=True),
    Kind("application/pdf", Group.DOCUMENT, (".pdf",), _begins(b"%PDF-")),
    Kind(OPEN_XML + "wordprocessingml.document", Group.DOCUMENT, (".docx",), _zip_with(b"word/")),
    Kind(OPEN_XML + "spreadsheetml.sheet", Group.DOCUMENT, (".xlsx",), _zip_with(b"xl/")),
    Kind(OPEN_XML + "presentationml.presentation", Group.DOCUMENT, (".pptx",), _zip_with(b"ppt/")),
    Kind(OPEN_DOCUMENT + "text", Group.DOCUMENT, (".odt",), _zip_saying(OPEN_DOCUMENT.encode() + b"text")),
    Kind(OPEN_DOCUMENT + "spreadsheet", Group.DOCUMENT, (".ods",), _zip_saying(OPEN_DOCUMENT.encode() + b"spreadsheet")),
    Kind(OPEN_DOCUMENT + "presentation", Group.DOCUMENT, (".odp",), _zip_saying(OPEN_DOCUMENT.encode() + b"presentation")),
    Kind("application/epub+zip", Group.DOCUMENT, (".epub",), _zip_saying(b"application/epub+zip")),
    Kind("application/rtf", Group.DOCUMENT, (".rtf",), _begins(b"{\\rtf")),
    Kind("application/zip", Group.ARCHIVE, (), _begins(b"PK\x03\x04", b"PK\x05\x06")),
    Kind("application/gzip", Group.ARCHIVE, (), _begins(b"\x1f\x8b")),
    Kind("application/x-7z-compressed", Group.ARCHIVE, (".7z",), _begins(b"7z\xbc\xaf\x27\x1c")),
    Kind("text/vtt; charset=utf-8", Group.TEXT, (".vtt",), lambda head: _text(head) and head.removeprefix(codecs.BOM_UTF8).startswith(b"WEBVTT")),
    Kind("text/plain; charset=utf-8", Group.TEXT, (), _text),
    Kind("application/octet-stream", Group.OTHER, (), lambda head: True),
)

PICTURE_ADVICE = "Save the picture as JPEG, PNG or WEBP and send that."
PROGRAM_ADVICE = "Send the file that people should read, or pack the program into a ZIP archive."

REFUSED: tuple[tuple[str, Callable[[bytes], bool], str], ...] = (  # what it is, how it looks, what to do
    ("a GIF picture", _begins(b"GIF87a", b"GIF89a"), PICTURE_ADVICE),
    ("a HEIC or AVIF picture", _brand(b"hei", b"hev", b"mif1", b"msf1", b"avif", b"avis"), PICTURE_ADVICE),
    ("a TIFF picture or a camera's raw picture", _begins(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), PICTURE_ADVICE),
    ("a BMP picture", lambda head: head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and len(head) > 25, PICTURE_ADVICE),
    ("a Photoshop picture", _begins(b"8BPS"), PICTURE_ADVICE),
    ("a PostScript file", _begins(b"%!PS", b"\xc5\xd0\xd3\xc6"), "Save it as PDF and send that."),
    ("a program", lambda head: head[:2] == b"MZ" and b"\0" in head[:64], PROGRAM_ADVICE),
    ("a program", _begins(b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa"), PROGRAM_ADVICE),
)

BY_CATEGORY = {Category.MEDIA_IMAGE: (Group.PICTURE,), Category.MEDIA_RECORDING: (Group.AUDIO, Group.VIDEO)}
"""Categories whose files are of certain groups; others take any."""

WANTED = {
    Group.PICTURE: "a picture (JPEG, PNG or WEBP)", Group.AUDIO: "a sound (MP3, M4A, Ogg, FLAC or WAV)", Group.VIDEO: "a video (MP4 or WebM)",
    Group.DOCUMENT: "a document (PDF, Word, Excel, PowerPoint, OpenDocument)", Group.TEXT: "a text", Group.ARCHIVE: "an archive (ZIP)", Group.OTHER: "any file",
}  # fmt: skip


def kind_of(head: bytes, category: Category, only: Sequence[Group] = ()) -> Kind:
    """The kind of a file by its first bytes. Raises Refused for one that is not let in, or is not of the groups wanted."""
    for what, fits, advice in REFUSED:
        if fits(head):
            raise Refused(f"This is {what}, which is not accepted here.", remedy=advice)
    kind = next(kind for kind in KINDS if kind.fits(head))
    wanted = tuple(only) or BY_CATEGORY.get(category, ())
    if wanted and kind.group not in wanted:
        names = " or ".join(WANTED[group] for group in wanted)
        raise Refused(f"This file is not {names}.", remedy="What counts is what is in the file, not how it is named. Choose another file.")
    return kind


def group_of(head: bytes) -> Group:
    """The group of a file by its first 4096 bytes, before it is taken in. Raises Refused for one that is not let in."""
    return kind_of(head, Category.CONTENT_PUBLIC).group


def by_type(content_type: str) -> Kind | None:
    """The kind of a stored file."""
    return next((kind for kind in KINDS if kind.content_type == content_type), None)
