# SPDX-License-Identifier: MIT
"""What an erasure would do, in numbers and words: what goes, what stays without the person, what a law keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Person
from upart.context import CurrentAcademy
from upart.db import reading, session
from upart.privacy.register import PEOPLE, TableEntry
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.steps import plan_in_numbers
from upart.rights.engine.fates import Fate
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.engine.planning import EMPTIED
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RequestKind, RightsRequest
from upart.rights.parts import Part, by_part
from upart.rights.purposes import part_for
from upart.rights.receivers import Told, told_of_erasure
from upart.rights.subjects import with_account_of
from upart.theming import wording
from upart.theming.locales import gettext as _


@dataclass(frozen=True, slots=True)
class Goes:
    """What goes from one part of the portal."""

    part: Part
    what: str
    lines: int


@dataclass(frozen=True, slots=True)
class Stays:
    """Lines that stay: how they look then, or why they must and until when."""

    title: str
    lines: int
    how: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Tells:
    """Somebody outside who will be told, with what they received, in words."""

    name: str
    what: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan; sums are numbers of lines."""

    goes: tuple[Goes, ...]
    unlinked: tuple[Stays, ...]
    kept: tuple[Stays, ...]
    sums: dict[str, int] = field(default_factory=dict)
    told: tuple[Tells, ...] = ()
    receipt: int = RightsRequest.__processing__.retain.months
    """Months for which it stays known that there was an erasure."""


def plan_of(subjects: Sequence[DataSubject]) -> Plan:
    """Count what an erasure of these subjects would do now."""
    held = holdings()
    rows = _by_table(plan_in_numbers(held, list(subjects)))
    entries = [held.entry(table) for table in rows]
    goes = tuple(_goes(part, found, rows) for part, found in by_part(entry for entry in entries if rows[entry.table]["deleted"]))
    unlinked = [Stays(_(entry.title), rows[entry.table]["unlinked"], _how(held, subjects, entry)) for entry in entries if rows[entry.table]["unlinked"]]
    kept = tuple(_kept(entry, rows[entry.table]) for entry in entries if rows[entry.table]["kept"])
    sums = {fate: sum(row[fate] for row in rows.values()) for fate in ("deleted", "unlinked", "kept")}
    told = [_tells(held, one) for subject in subjects if subject.person_id is not None for one in told_of_erasure(subject.person_id) if one.recipient]
    return Plan(goes, tuple(unlinked), kept, sums, tuple(told))


def _tells(held: Holdings, one: Told) -> Tells:
    tables: dict[str, set[str]] = {}
    for name in one.fields:
        tables.setdefault(name.partition(".")[0], set()).add(name.partition(".")[2])
    what = [word for table, names in tables.items() if table in held.register.tables for word in _categories(held.register.tables[table], names)]
    return Tells(one.name, wording.sentence(", ".join(dict.fromkeys(what))), one.by_hand)


@dataclass(frozen=True, slots=True)
class PartPlan:
    """What would become of one table when a part is erased, in numbers of lines."""

    title: str
    deleted: int
    unlinked: int
    emptied: int
    kept: int
    law: str = ""


def part_plan(held: Holdings, subject: DataSubject, kind: RequestKind, purpose: Purpose) -> list[PartPlan]:
    """Count what an objection or a withdrawal would do now."""
    rows = plan_in_numbers(held, [subject], part_for(held, kind, purpose))
    return [
        PartPlan(
            _(held.entry(row["table"]).title), row["deleted"], row["unlinked"], row.get(EMPTIED, 0), row["kept"],
            wording.law(row["reason"]) if row["reason"] else "",
        )
        for row in rows
    ]  # fmt: skip


def sums_at(academy: CurrentAcademy, account_id: UUID) -> dict[str, int]:
    """In numbers, what an erasure would do at an academy that the account has joined; for its holder's page on the platform."""
    with reading(academy):
        person = session.scalars(select(Person).where(Person.account_id == account_id)).first()
        return plan_of(with_account_of(person, False)).sums if person is not None else {}


def _by_table(found: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A table that is found for the person and for the account again: a row counts once."""
    rows: dict[str, dict[str, Any]] = {}
    for row in found:
        known = rows.setdefault(row["table"], row)
        known |= {fate: max(known[fate], row[fate]) for fate in ("deleted", "unlinked", "kept")}
        known |= {name: known[name] or row[name] for name in ("reason", "kept_until")}
    return rows


def _goes(part: Part, entries: list[TableEntry], rows: dict[str, dict[str, Any]]) -> Goes:
    people = [category for entry in entries if entry.table in PEOPLE for category in _categories(entry, {column.name for column in entry.columns})]
    others = [_("%(what)s (%(n)s)", what=_(entry.title), n=rows[entry.table]["deleted"]) for entry in entries if entry.table not in PEOPLE]
    what = ", ".join([*dict.fromkeys(people), *others])
    return Goes(part, wording.sentence(what), sum(rows[entry.table]["deleted"] for entry in entries))


def _how(held: Holdings, subjects: Sequence[DataSubject], entry: TableEntry) -> str:
    """How lines look that stay without the person: what is emptied in them."""
    emptied = {name for subject in subjects for change in Fate(Finder(held, subject), entry).changes() if change.kind == "unlinked" for name in change.values}
    if what := _categories(entry, emptied):
        return _("It stays, emptied of: %(what)s. You are not named in it any more", what=", ".join(what))
    return _("It stays for others. You are not named in it any more")


def _kept(entry: TableEntry, row: dict[str, Any]) -> Stays:
    until = date.fromisoformat(row["kept_until"]) if row["kept_until"] else None
    return Stays(_(entry.title), row["kept"], wording.law(row["reason"]), until)


def _categories(entry: TableEntry, names: set[str]) -> list[str]:
    """The categories of these columns, in words, each once."""
    found = (category for column, d in entry.declared() if column.name in names for category in (d.category, *d.paths.values()) if category)
    return list(dict.fromkeys(wording.category(category) for category in found))
