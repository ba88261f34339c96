# SPDX-License-Identifier: MIT
"""When a text is one of those that are searched for, however it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from upart.rights.scanning.folding import DEEPEST, decoded, lifted
from upart.rights.scanning.wanted import Identifier, What, fold

ENDS: dict[What, tuple[bytes, bytes]] = {
    What.ADDRESS: (rb"(?<![a-z0-9._+])", rb"(?![a-z0-9-]|\.[a-z0-9])"),
    What.PHONE: (rb"(?<![0-9])", rb"(?![0-9])"),
    What.ID: (b"", b""),
    What.NAME: (rb"(?<![a-z0-9])", rb"(?![a-z0-9])"),
}
"""What must not stand before and after: with it, the text is part of somebody else's."""


class Needle(NamedTuple):
    """One spelling of an identifier, folded: its bytes, and with its ends."""

    what: What
    text: bytes
    pattern: re.Pattern[bytes]


class Matcher:
    """Searches for some identifiers. Without `ends` also inside of longer words, as bytes of a database file stand side by side."""

    def __init__(self, wanted: Sequence[Identifier], *, ends: bool = True) -> None:
        self.needles = [_needle(one.what, spelling, ends) for one in wanted for spelling in sorted(one.spellings())]
        self.plain = [needle for needle in self.needles if needle.text.isascii() and needle.what is not What.ADDRESS]
        self.addresses = [needle for needle in self.needles if needle.text.isascii() and needle.what is What.ADDRESS]
        self.mailboxes = tuple(needle.text.partition(b"@")[0] for needle in self.addresses)
        self.wide = [needle for needle in self.needles if not needle.text.isascii()]
        self.reach = max((len(needle.text) for needle in self.needles), default=0)
        self.shortest = min((len(needle.text) for needle in self.needles), default=0)

    def found(self, data: bytes, depth: int = 0) -> Counter[What]:
        """How often each kind stands in these bytes (UTF-8 or no text at all), in the plainest form in which it does."""
        hits = self.plainly(data)
        if depth < DEEPEST and self.needles:
            for inner in (*lifted(data, self.reach), *decoded(data, self.shortest)):
                hits |= self.found(inner, depth + 1)
        return hits

    def plainly(self, data: bytes) -> Counter[What]:
        """The same, of what stands there in no disguise but case and composed letters."""
        lower, hits = data.lower(), Counter[What]()
        # Measured: cut at each @ once, many addresses cost less than a search for one.
        near = any(piece.endswith(self.mailboxes) for piece in lower.split(b"@")[:-1]) if self.addresses else False
        for needle in (*self.plain, *self.addresses) if near else self.plain:
            if needle.text in lower:
                hits[needle.what] += len(needle.pattern.findall(lower))
        if self.wide and not data.isascii():
            folded = fold(data.decode("utf-8", "ignore")).encode()
            for needle in self.wide:
                if needle.text in folded:
                    hits[needle.what] += len(needle.pattern.findall(folded))
        return +hits


def _needle(what: What, spelling: str, ends: bool) -> Needle:
    text = spelling.encode()
    before, after = ENDS[what] if ends else (b"", b"")
    return Needle(what, text, re.compile(before + re.escape(text) + after))
