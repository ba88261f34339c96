# SPDX-License-Identifier: MIT
"""Search for people of whom nothing but keyed digests is known any more: each address and id that stands somewhere is digested and compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from uuid import UUID

from upart.rights.scanning.folding import DEEPEST, decoded, lifted
from upart.rights.scanning.matching import Matcher
from upart.rights.scanning.wanted import What, fold

BEFORE = re.compile(rb"[a-z0-9._+\x80-\xff-]{1,64}$", re.I)
AFTER = re.compile(rb"[a-z0-9\x80-\xff-]+(?:\.[a-z0-9\x80-\xff-]+)+", re.I)
"""What may stand before and after the @ of an address, as most are: quoted mailboxes and other signs are not found."""

ID = re.compile(rb"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)

LONGEST, SHORTEST = 254, 6
"""Bytes of an address (RFC 5321, 4.5.3.1.3)."""

KEPT = 100_000
"""Digests that are remembered during a search."""


class Known(Matcher):
    """`digests`: what is searched for. `digest` makes one of an address, or of an id with its dashes."""

    def __init__(self, digests: Mapping[str, What], digest: Callable[[str], str]) -> None:
        super().__init__([])
        self.digests, self.digest = digests, lru_cache(KEPT)(digest)

    def found(self, data: bytes, depth: int = 0) -> Counter[What]:
        """How often each kind stands in these bytes, in the plainest form in which it does."""
        hits = Counter(self.digests[one] for text in _candidates(data) if (one := self.digest(text)) in self.digests)
        if depth < DEEPEST:
            for inner in (*lifted(data, LONGEST), *decoded(data, SHORTEST)):
                hits |= self.found(inner, depth + 1)
        return hits


def _candidates(data: bytes) -> Iterator[str]:
    at = data.find(b"@")
    while at >= 0:
        before, after = BEFORE.search(data[max(0, at - 64) : at]), AFTER.match(data, at + 1)
        if before and after:
            yield fold((before[0] + b"@" + after[0]).decode("utf-8", "ignore"))
        at = data.find(b"@", at + 1)
    for found in ID.finditer(data):
        yield str(UUID(found[0].decode()))
