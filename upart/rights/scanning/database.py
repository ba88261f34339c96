# SPDX-License-Identifier: MIT
"""Search the bytes of a SQLite database and its log: what was deleted must not stand there any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from upart.db.scrub import scrub
from upart.errors import UpartError
from upart.rights.engine.holdings import Holdings
from upart.rights.scanning.finding import Findings, Place, pieces
from upart.rights.scanning.folders import database_files
from upart.rights.scanning.matching import Matcher
from upart.rights.scanning.rows import stands_anywhere
from upart.rights.scanning.wanted import BLOCKING, Identifier

FILE = Place("core", "the database file")


class StillRead(UpartError):
    """The bytes of erased rows cannot be overwritten yet: somebody reads an older state of the database."""


def search_bytes(held: Holdings, wanted: Sequence[Identifier], ids: Sequence[UUID], into: Findings) -> None:
    """Note what stands in the file and in no row of anybody. Raises StillRead while its log cannot be emptied."""
    files = [path for path in database_files() if path.exists()]
    if not files:
        return
    if not scrub(()):
        raise StillRead("Somebody still reads an older state of the database.", remedy="It is tried again by itself.")
    sought = {one: Matcher([one], ends=False) for one in wanted if one.what in BLOCKING}
    counts = Counter[Identifier]()
    every = Matcher(list(sought), ends=False)
    for path in files:
        with path.open("rb") as stream:
            for piece in pieces(stream):
                if every.plainly(piece):
                    counts.update(one for one, matcher in sought.items() if matcher.plainly(piece))
    for one in counts:
        if not stands_anywhere(held, sought[one], ids):  # else they are the bytes of somebody's rows
            into.counts[FILE, one.what] += counts[one]
