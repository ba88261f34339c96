# SPDX-License-Identifier: MIT
"""Restriction (GDPR art. 18): while somebody is restricted, pages of others see as many rows as ever and nothing that they say about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.accounts.models import Person
from upart.context import CurrentAcademy, context
from upart.db import Model, reading
from upart.rights.canary.planting import BYTES, WRITTEN
from upart.rights.canary.rows import Breach, Party, Row, marks_in, wrong
from upart.rights.canary.truth import Truth
from upart.rights.restricting.actions import in_force, restrict
from upart.rights.restricting.models import Ground
from upart.testing.installation import Installation

Seen = dict[str, set[str]]
"""Marks that a page of somebody gets to see, by table."""


def veil(made: Installation, truth: Truth, rows: Sequence[Row], party: Party, viewer: Party) -> Iterator[Breach]:
    """Restrict a party, in a transaction that is undone, and look through the doors of pages: as `viewer`, as a visitor, and as they themselves."""
    with made.writing(party.academy.slug) as opened:
        restrict(_person(opened(), party), Ground.ACCURACY, goes_on=True, tell=False)
        academy = replace(party.academy, restricted=in_force(opened(), party.academy.id))
        opened.rollback()
    here = [row for row in rows if row.entry.owned and row.academy_id == academy.id]
    theirs = {mark: (row, column) for row in here for mark, column in row.marks.items() if party in _owners(truth, row, column.partition(",")[0])}
    certain = [row for row in here if not any(way.kind == "found" and party in row.people.get(way.via, ()) for way in truth.ways(row.entry))]
    of_others = {mark: (row, column) for row in certain for mark, column in row.marks.items() if column not in (BYTES, WRITTEN)}
    tables = sorted({row.entry.table for row in here})
    before, numbers = _loaded(made, party.academy, viewer, tables)
    for eyes in (viewer, None):
        loaded, counted = _loaded(made, academy, eyes, tables)
        named = _named(made, academy, eyes, truth, tables)
        for table in tables:
            entry = truth.entry(table)
            if counted[table] != numbers[table]:
                yield wrong(entry, "", f"has {counted[table]} rows instead of {numbers[table]} while somebody is restricted.", "Seats and sums count on rows.")
            for mark in (loaded[table] | named[table]) & theirs.keys():
                row, column = theirs[mark]
                yield wrong(row.entry, column, "is seen by others while its person is restricted.", "See its paths to people and about=.")
            for mark in before[table] & of_others.keys() - theirs.keys() - loaded[table]:
                row, column = of_others[mark]
                yield wrong(row.entry, column, "is hidden although it is about nobody who is restricted.", "See about=.")
    own, _counted = _loaded(made, academy, party, tables)
    for table in tables:
        for mark in before[table] & theirs.keys() - own[table]:
            row, column = theirs[mark]
            yield wrong(row.entry, column, "is hidden from the person themselves while they are restricted.", "They see all that is theirs.")


def _owners(truth: Truth, row: Row, column: str) -> set[Party]:
    """Whose a column is at its academy: people, not the accounts that the platform keeps for them."""
    declared = {c.name: d for c, d in row.entry.declared()}
    if column not in declared:
        return set()
    ways = [way for way in truth.ways(row.entry) if way.kind != "object" and way.people == "person"]
    return {party for way in ways if not declared[column].about or way.role in declared[column].about for party in row.people.get(way.via, ())}


@contextmanager
def _page(made: Installation, academy: CurrentAcademy, eyes: Party | None) -> Iterator[Session]:
    """The door of a page that somebody, or a visitor, has opened."""
    with made.app.app_context():
        with reading(academy) as opened:
            person = _person(opened(), eyes) if eyes is not None else None
        with reading(academy, masks=True) as opened, context.knowing(opened().merge(person, load=False) if person is not None else None, fresh=True):
            yield opened()


def _person(opened: Session, party: Party) -> Person:
    person = opened.get(Person, {"academy_id": party.academy.id, "id": party.person_id})
    assert isinstance(person, Person), "The check's own people are gone."
    return person


def _loaded(made: Installation, academy: CurrentAcademy, eyes: Party | None, tables: Sequence[str]) -> tuple[Seen, dict[str, int]]:
    """What the rows of each table say when they are loaded as objects, and how many there are."""
    kinds, seen, counts = _kinds(), Seen(), dict[str, int]()
    with _page(made, academy, eyes) as opened:
        for table in tables:
            found = opened.scalars(sa.select(kinds[table])).all()
            seen[table] = set().union(*(marks_in(str([value for name, value in vars(row).items() if not name.startswith("_")])) for row in found))
            counts[table] = len(found)
    return seen, counts


def _named(made: Installation, academy: CurrentAcademy, eyes: Party | None, truth: Truth, tables: Sequence[str]) -> Seen:
    """What comes out of statements that name each column for itself."""
    kinds, seen = _kinds(), Seen()
    with _page(made, academy, eyes) as opened:
        for table in tables:
            columns = [getattr(kinds[table], sa.inspect(kinds[table]).get_property_by_column(c).key) for c in Model.metadata.tables[table].c]
            seen[table] = set().union(*(marks_in(str(opened.execute(sa.select(column)).all())) for column in columns))
    return seen


def _kinds() -> dict[str, Any]:
    """The mapped class of each table."""
    return {
        mapper.local_table.name: mapper.class_ for known in Model.registries.values() for mapper in known.mappers if isinstance(mapper.local_table, sa.Table)
    }
