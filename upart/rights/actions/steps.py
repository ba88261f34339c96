# SPDX-License-Identifier: MIT
"""The steps of an erasure: one per table and subject, in an order that can be taken up at any of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from upart.db import everywhere
from upart.hooks.stores import stores
from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.engine.fates import Fate
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RightsRequest, RightsStep
from upart.rights.subjects import subjects_of

BYTES = "bytes"
"""Holder of the last step: what is erased must leave the disk too."""


def plan_steps(held: Holdings, request: RightsRequest) -> list[RightsStep]:
    """One step per table and subject, per store, and one for the bytes: what names the person comes last."""
    subjects = subjects_of(request, request.person_id, request.account_id)
    holders = sorted(_tables(held, subjects), key=lambda found: _rank(found[1]))
    names = [f"{scope}:{entry.table}" for scope, entry in holders if _rank(entry) == 0]
    names += [f"store:{store.name}" for store in stores()]
    names += [f"{scope}:{entry.table}" for scope, entry in holders if _rank(entry) > 0]
    return [RightsStep(request_id=request.id, position=at, holder=name) for at, name in enumerate([*names, BYTES])]


def scope_of(subject: DataSubject) -> str:
    """The first half of a holder's name: an academy's rows, or the platform's."""
    return "platform" if subject.academy_id is None else "academy"


def _tables(held: Holdings, subjects: list[DataSubject]) -> Iterator[tuple[str, TableEntry]]:
    for subject in subjects:
        for entry in Finder(held, subject).tables():
            yield scope_of(subject), entry


def _rank(entry: TableEntry) -> int:
    """The request itself knows the addresses until all else is done; the row of the person is what everything links to."""
    return 2 if entry.table in PEOPLE else 1 if entry.table == RightsRequest.__tablename__ else 0


def plan_in_numbers(held: Holdings, subjects: list[DataSubject]) -> list[dict[str, Any]]:
    """Before anything is done: rows that go, are unlinked, stay, per table; why and until when. Tables without rows are left out."""
    rows = []
    with everywhere("count what an erasure would do") as opened:
        for subject in subjects:
            finder = Finder(held, subject)
            for entry in finder.tables():
                counts = Fate(finder, entry).count(opened)
                if any(counts[fate] for fate in ("deleted", "unlinked", "kept")):
                    rows.append({"plugin": entry.plugin, "table": entry.table, "kept_until": None, "reason": None, **counts})
    return rows
