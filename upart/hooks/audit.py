# SPDX-License-Identifier: MIT
"""The invariant audit: what must hold at every moment, whatever was killed in between.

Some rules follow from tables and declarations alone and hold for every plugin without a line of its own: each
link leads somewhere, nothing that is promised once is there twice, the database holds the declared columns and
no others. Features and plugins add theirs through `upart_invariants()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Index, Table, UniqueConstraint, and_, func, select
from sqlalchemy.orm import Session

from upart.db import Model, everywhere, is_owned
from upart.hooks.plugged import plugged
from upart.hooks.records import Invariant
from upart.privacy import check

SHOWN = 5
"""Breaches of one rule that are named; the others are counted."""


def audit() -> list[str]:
    """All that does not hold, in sentences that name rows by their ids; empty when everything does. Reads only."""
    with everywhere("audit what must hold") as opened:
        return [text for rule in (*GENERAL, *_own()) for text in _some(rule, list(rule.broken(opened)))]


def _own() -> Iterator[Invariant]:
    for plugin in plugged().everything():
        yield from plugin.invariants


def _some(rule: Invariant, found: list[str]) -> list[str]:
    more = [f"… and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return [f"{rule.sentence} Broken by: {'; '.join([*found[:SHOWN], *more])}."] if found else []


def _live(opened: Session) -> Iterable[str]:
    return check.live_problems(plugged().register, opened.connection())


def _tables() -> Iterator[Table]:
    for name in plugged().register.tables:
        if (table := Model.metadata.tables.get(name)) is not None:
            yield table


def _orphans(opened: Session) -> Iterator[str]:
    for table in _tables():
        if is_owned(table):
            yield from _lost(opened, table, "academy_id", Model.metadata.tables["academy"])
        for column in table.columns:
            target = Model.metadata.tables.get(column.info.get("target") or "")
            if target is not None:
                yield from _lost(opened, table, column.name, target)


def _lost(opened: Session, table: Table, name: str, target: Table) -> Iterator[str]:
    there = target.alias("there")
    joined: ColumnElement[bool] = there.c.id == table.c[name]
    if is_owned(table) and is_owned(target):
        joined = and_(joined, there.c.academy_id == table.c.academy_id)
    lost = select(table.c[name]).outerjoin(there, joined).where(table.c[name].is_not(None), there.c.id.is_(None)).limit(SHOWN + 1)
    yield from (f"{table.name}.{name} = {id}, which is not in {target.name}" for id in opened.connection().scalars(lost))


def _twins(opened: Session) -> Iterator[str]:
    for table in _tables():
        for key in (*table.constraints, *table.indexes):
            if not (isinstance(key, UniqueConstraint) or (isinstance(key, Index) and key.unique)):
                continue
            columns = list(key.columns)
            twice = select(*columns).where(*(c.is_not(None) for c in columns)).group_by(*columns).having(func.count() > 1).limit(SHOWN + 1)
            for row in opened.connection().execute(twice):
                yield f"{table.name} ({', '.join(c.name for c in columns)}) = {', '.join(str(value) for value in row[1:] or row)}"


GENERAL = (
    Invariant(sentence="The database holds the declared columns, all of them and no others.", broken=_live),
    Invariant(sentence="Each link leads to a row.", broken=_orphans),
    Invariant(sentence="What is there once is not there twice.", broken=_twins),
)
