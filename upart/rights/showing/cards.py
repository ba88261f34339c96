# SPDX-License-Identifier: MIT
"""What is held about somebody, at a glance: one card for each part of the portal that holds something (GDPR art. 15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from upart.db import everywhere
from upart.privacy.register import PEOPLE, TableEntry
from upart.privacy.taxonomy import Origin, Purpose
from upart.rights.cells import Cell, cell
from upart.rights.engine.fates import FILES
from upart.rights.engine.holdings import holdings
from upart.rights.engine.reading import Reader, counts, readers_of
from upart.rights.engine.subjects import DataSubject
from upart.rights.models import RequestKind
from upart.rights.parts import BACKGROUND, Part, by_part, purpose_of
from upart.rights.purposes import BASES
from upart.theming import wording
from upart.theming.locales import gettext as _

SHORT = 2
"""Values of a single row that stand beside the name of its table."""

PLAIN = ("contact.", "usage.")
"""Categories that tell rows of one person apart badly: their address, and times."""

NUMBERS = 6
"""Numbers that stand at the top of the page."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A table, with the values of its only row as `cells`; or (`is_value`) one value of the person's own row."""

    label: str
    plugin: str
    table: str
    number: int
    cells: tuple[Cell, ...] = ()
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A part of the portal: facts, and why and how long they are kept."""

    part: Part
    lines: int
    facts: tuple[Fact, ...]
    reasons: tuple[str, ...]
    periods: tuple[str, ...]
    objects: Purpose | None = None
    """A purpose of it to which the person may object."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All cards of one person; `numbers` are counts of what they did here."""

    cards: tuple[Card, ...]
    numbers: tuple[Fact, ...]
    lines: int
    files: int
    hides: bool


def shelf(subjects: Sequence[DataSubject], *, fresh: bool) -> Shelf:
    """All that is held about these subjects. The number of statements depends on tables, never on rows."""
    readers = readers_of(holdings(), subjects)
    with everywhere("show somebody what is held about them") as opened:
        numbers = {reader.entry.table: number for reader, number in zip(readers, counts(opened, readers), strict=True)}
        held = {reader.entry.table: (reader, _single(opened, reader, numbers[reader.entry.table])) for reader in readers if numbers[reader.entry.table]}
    cards = tuple(_card(part, entries, numbers, held, fresh) for part, entries in by_part(reader.entry for reader, _row in held.values()))
    mine = [reader.entry for reader, _row in held.values() if purpose_of(reader.entry) not in BACKGROUND]
    top = tuple(_fact(entry, numbers) for _part, entries in by_part(mine) for entry in entries)[:NUMBERS]
    hides = not fresh and any(one.kind == "hidden" for card in cards for fact in card.facts for one in fact.cells)
    return Shelf(cards, top, sum(card.lines for card in cards), numbers.get(FILES, 0), hides)


def _single(opened: Session, reader: Reader, number: int) -> Mapping[str, Any] | None:
    return next(reader.rows(opened, 1), None) if number == 1 else None


def _card(part: Part, entries: list[TableEntry], numbers: Mapping[str, int], held: Mapping[str, tuple[Reader, Any]], fresh: bool) -> Card:
    facts: list[Fact] = []
    people = [entry for entry in entries if entry.table in PEOPLE and held[entry.table][1]]
    for entry in people:
        facts += _of_person(*held[entry.table], fresh, prefix=f"{_(entry.title)}: " if entry is not people[0] else "")
    facts += [_fact(entry, numbers, _cells(*held[entry.table], fresh)) for entry in entries if entry not in people]
    return Card(part, sum(numbers[entry.table] for entry in entries), tuple(facts), _reasons(entries), _periods(entries), _objects(entries))


def _objects(entries: Iterable[TableEntry]) -> Purpose | None:
    made = (entry.processing for entry in entries if entry.owned and entry.processing is not None)
    return next((processing.purpose for processing in made if processing.basis in BASES[RequestKind.OBJECT]), None)


def _fact(entry: TableEntry, numbers: Mapping[str, int], cells: tuple[Cell, ...] = ()) -> Fact:
    return Fact(_(entry.title), entry.plugin, entry.table, numbers[entry.table], cells)


def _of_person(reader: Reader, row: Mapping[str, Any], fresh: bool, *, prefix: str) -> list[Fact]:
    """The row that is the person: each of its values is a fact."""
    entry, facts = reader.entry, []
    for shown in reader.shown():
        made = cell(shown, row.get(shown.name), fresh=fresh) if shown.kind == "personal" else None
        if made is not None and made.kind != "none":
            facts.append(Fact(wording.sentence(prefix + wording.column(shown.name)), entry.plugin, entry.table, 1, (made,), is_value=True))
    return facts


def _cells(reader: Reader, row: Mapping[str, Any] | None, fresh: bool) -> tuple[Cell, ...]:
    """What tells a table's only row from others at a glance: not the person's own address again, no times, what was given before what was worked out."""
    if row is None:
        return ()
    telling = [shown for shown in reader.shown() if shown.kind == "personal" and not shown.category.startswith(PLAIN)]
    given = [shown for shown in telling if shown.origin != Origin.DERIVED] or telling
    made = [cell(shown, row.get(shown.name), fresh=fresh) for shown in given]
    return tuple([one for one in made if one.kind != "none"][:SHORT])


def _reasons(entries: Iterable[TableEntry]) -> tuple[str, ...]:
    """What for, each purpose once, with its grounds."""
    grounds: dict[str, list[str]] = {}
    for made in (entry.processing for entry in entries if entry.processing is not None):
        known = grounds.setdefault(wording.purpose(made), [])
        if (ground := wording.basis(made)) not in known:
            known.append(ground)
    return tuple(wording.sentence(f"{purpose} ({'; '.join(known)})") for purpose, known in grounds.items())


def _periods(entries: Iterable[TableEntry]) -> tuple[str, ...]:
    """How long; where that differs, of which table."""
    tables: dict[str, list[str]] = {}
    for entry in entries:
        if entry.processing is not None:
            tables.setdefault(wording.period(entry.processing), []).append(_(entry.title))
    if len(tables) == 1:
        return (wording.sentence(next(iter(tables))),)
    return tuple(f"{', '.join(titles)}: {period}" for period, titles in tables.items())
