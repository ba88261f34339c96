# SPDX-License-Identifier: MIT
"""Names of files as people gave them: kept for people, never a path, never able to deceive."""

from __future__ import annotations

import re
import unicodedata

from upart.storage.kinds import Kind

LONGEST = 120
"""Characters of a name."""

LONGEST_SUFFIX = 16
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
"""Not allowed in names by Windows, besides slashes."""

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)
"""Names of devices on Windows, with whatever suffix."""


def clean(name: str | None, kind: Kind, *, suffix: str = "") -> str:
    """The name as it is kept: its last part, without what cannot be seen, with an end that fits what is in the file.

    An end that does not fit is kept before the right one ("tax.pdf.mp4"); with `suffix` it is replaced by that.
    """
    stem, end = _parts((name or "")[: 40 * LONGEST])
    if kind.suffixes and end.lower() not in kind.suffixes:
        stem, end = (stem, suffix) if suffix else (stem + end, kind.suffixes[0])
    stem = stem[: LONGEST - len(end)].strip(" .") or "file"
    return f"_{stem}{end}" if RESERVED.match(stem) else stem + end


def _parts(name: str) -> tuple[str, str]:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Other, format and control characters: a right-to-left override turns "exe.gpj" into "jpg.exe".
    seen = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp") else c for c in last if not unicodedata.category(c).startswith("C"))
    plain = FORBIDDEN.sub("_", " ".join(seen.split())).strip(" .")
    stem, dot, end = plain.rpartition(".")
    return (stem, dot + end) if stem and re.fullmatch(r"\w+", end) and len(end) <= LONGEST_SUFFIX else (plain, "")
