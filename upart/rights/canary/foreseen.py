# SPDX-License-Identifier: MIT
"""What an erasure should leave, worked out from the declarations and from what was planted, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from upart import clock
from upart.privacy.laws import LAWS
from upart.privacy.register import ColumnEntry
from upart.privacy.taxonomy import Needed
from upart.privacy.words import Declaration
from upart.rights.canary.rows import Party, Place, Row
from upart.rights.canary.truth import DATA, Truth, Way

Rows = dict[Place, dict[str, Any]]
"""All rows of all tables."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who goes: a party from its academy, or its account from the platform."""

    party: Party
    account: bool = False

    def stands(self, row: Row, way: Way) -> bool:
        """Is the row about them, by this way?"""
        parties = row.people.get(way.via, ())
        if not self.account:
            return row.academy_id == self.party.academy.id and self.party in parties
        reached = way.people == "account" and (way.kind != "found" or row.academy_id is None)
        return reached and any(one.account_id == self.party.account_id for one in parties)


@dataclass
class Foreseen:
    """The rows as they should be, and how many of each table go, are unlinked, stay."""

    rows: Rows
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    gone: set[Place] = field(default_factory=set)
    reasons: dict[Place, str] = field(default_factory=dict)
    """Why a row or its columns should be as they are, in words of the declaration."""

    def count(self, table: str, fate: str) -> None:
        """One more."""
        self.counts.setdefault(table, Counter())[fate] += 1


def foresee(truth: Truth, rows: Sequence[Row], before: Rows, whom: Whom) -> Foreseen:
    """What should be left when somebody has gone."""
    found = Foreseen({place: dict(values) for place, values in before.items()})
    acts = {row.place: _act(truth, row, whom) for row in rows}
    going = [row for row in rows if acts[row.place] == "delete"]
    for row in rows:
        if acts[row.place] in ("keep", "unlink"):
            going += _stay(truth, row, whom, acts[row.place], found)
    _go(rows, going, found)
    return found


def _act(truth: Truth, row: Row, whom: Whom) -> str:
    """What happens to a row: "keep", "delete", "unlink", or nothing ("")."""
    mine = [way for way in truth.ways(row.entry) if whom.stands(row, way)]
    if not mine:
        return ""
    acts = {_act_by(truth, row, way, whom) for way in mine}
    return next(act for act in ("keep", "delete", "unlink") if act in acts)


def _act_by(truth: Truth, row: Row, way: Way, whom: Whom) -> str:
    if way.kind == "chain" and (way.policy.act == "keep" or way.policy.last == "delete"):
        return "delete" if _act(truth, row.targets[way.column], whom) == "delete" else way.policy.act
    if way.policy.act == "keep":
        return "delete" if _has_run_out(row, way.policy.law) else "keep"
    if way.policy.last == "delete":
        return "unlink" if _others(truth, row, whom) else "delete"
    return way.policy.act


def _others(truth: Truth, row: Row, whom: Whom) -> bool:
    """Is the row about anybody else?"""
    ways = [way for way in truth.ways(row.entry) if way.kind in ("subject", "through")]
    return any(party != whom.party for way in ways for party in row.people.get(way.via, ()))


def _has_run_out(row: Row, law: str) -> bool:
    processing = row.entry.processing
    date = row.values.get((processing.after if processing else "") or "created_at")
    return isinstance(date, datetime) and LAWS[law].until(date) <= clock.now()


def _stay(truth: Truth, row: Row, whom: Whom, act: str, found: Foreseen) -> list[Row]:
    """Empty a row that stays of whoever goes: the links that name them, what is about their roles, and files, which are returned."""
    ways = [way for way in truth.ways(row.entry) if whom.stands(row, way)]
    values, kept, files = found.rows[row.place], [way for way in ways if way.policy.act == "keep"], []
    before = dict(values)
    for way in ways:
        if way.kind in ("subject", "object"):
            values[way.column] = None
    roles = {way.role for way in ways if way.kind not in ("found", "object")}
    for column, d in row.entry.declared():
        if d.kind in DATA and roles and (not d.about or roles & set(d.about)) and not any(_needed(way, d) for way in kept):
            values[column.name] = d.blank if d.has_blank else None
            files += [row.targets[column.name]] if d.kind == "file" and column.name in row.targets else []
    if act == "keep":
        found.count(row.entry.table, "kept")
    elif values != before:
        found.count(row.entry.table, "unlinked")
    found.reasons[row.place] = " and ".join(sorted({f"'{way.role}' is {_words(way)}" for way in ways}))
    return files


def _needed(way: Way, d: Declaration) -> bool:
    """Does a row that a law keeps keep this column? A document all that was printed on it, else what the law asks for."""
    return d.needed != Needed.OPTIONAL.value if way.policy.document else d.needed == Needed.LAW.value


def _words(way: Way) -> str:
    act = way.policy.act.upper()
    return f"{act}(last=DELETE)" if way.policy.last else f'{act}(law="{way.policy.law}")' if way.policy.law else act


def _go(rows: Sequence[Row], going: list[Row], found: Foreseen) -> None:
    """Take rows away, with their files and what cannot be without them; cut the links of what can."""
    links = _links(rows)
    while going:
        row = going.pop()
        if row.place in found.gone:
            continue
        found.gone.add(row.place)
        found.rows.pop(row.place)
        found.count(row.entry.table, "deleted")
        going += [row.targets[c.name] for c, d in row.entry.declared() if d.kind == "file" and c.name in row.targets]
        for other, column, d in links.get(row.id, ()):
            table = other.values[d.source] if d.kind == "any_link" else d.source
            if other.place in found.gone or table != row.entry.table:
                continue
            if d.kind != "any_link" and (d.follows or not column.nullable):
                going.append(other)
            else:
                found.rows[other.place][column.name] = None


def _links(rows: Sequence[Row]) -> dict[UUID, list[tuple[Row, ColumnEntry, Declaration]]]:
    """By the id of a row, the columns that were planted to lead to it."""
    found: dict[UUID, list[tuple[Row, ColumnEntry, Declaration]]] = {}
    for row in rows:
        for column, d in row.entry.declared():
            if d.kind in ("ref", "file", "subject", "any_link") and (id := row.values[column.name]) is not None:
                found.setdefault(id, []).append((row, column, d))
    return found


def forget(truth: Truth, rows: Sequence[Row], whom: Whom, found: Foreseen) -> list[Row]:
    """The planted rows as they are after an erasure: without those that are gone, and no longer about who has gone."""
    left = [row for row in rows if row.place not in found.gone]
    standing = [(row, way) for row in left for way in truth.ways(row.entry) if way.kind != "found" and whom.stands(row, way)]
    for row, way in standing:
        row.people[way.via] = tuple(one for one in row.people[way.via] if one != whom.party)
    return left


def foresee_all(truth: Truth, rows: Sequence[Row], before: Rows, party: Party, *, account: bool) -> tuple[Foreseen, list[Row]]:
    """What should be left when a party has gone from its academy and, if wished, with the account; and the planted rows as they are then."""
    left, found = list(rows), Foreseen(before)
    for whom in [Whom(party), *([Whom(party, account=True)] if account else [])]:
        step = foresee(truth, left, found.rows, whom)
        left = forget(truth, left, whom, step)
        for table, counts in step.counts.items():
            found.counts[table] = found.counts.get(table, Counter()) + counts
        found = Foreseen(step.rows, found.counts, found.gone | step.gone, found.reasons | step.reasons)
    return found, left
