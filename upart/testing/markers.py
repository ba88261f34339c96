# SPDX-License-Identifier: MIT
"""Markers: in every text column of every table a text that stands nowhere else, so that a page which shows it says where it came from."""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.db import Model, everywhere, uuid7
from upart.privacy.register import PERSONAL_KINDS, ColumnEntry, Register, TableEntry
from upart.privacy.words import Declaration
from upart.testing.filling import BEGINNING, KEEP, fill
from upart.testing.installation import Installation

TOKEN = re.compile(BEGINNING + r"\d{6}q")
ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
PACKED: tuple[tuple[re.Pattern[str], Callable[[str], bytes]], ...] = (
    (re.compile(r"[A-Za-z0-9_-]{16,}"), urlsafe_b64decode),
    (re.compile(r"[A-Za-z0-9+/]{16,}"), b64decode),
)
"""Texts inside which others may hide (base64), and how they are opened."""

Row = Mapping[str, Any]
Rows = dict[str, dict[UUID, Row]]


@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """A text or an id that stands in this column of this row alone.

    `academy`: whose it is, None for the platform's own tables. `category`: as declared, empty for what is not personal.
    `secret`: nobody may ever see it. `people`: whom the row is about (ids of `person` and `account`). `about`: whom the column is about, some of them.
    """

    text: str
    table: str
    column: str
    row: UUID
    academy: UUID | None
    category: str
    secret: bool
    people: frozenset[UUID]
    about: frozenset[UUID]

    @property
    def is_id(self) -> bool:
        """The row's own id rather than something written in it."""
        return self.column == "id"

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of row {self.row}"


@dataclass
class Marked:
    """An installation whose every text is known: rows by table and id, markers by text."""

    register: Register
    rows: Rows
    markers: dict[str, Marker] = field(default_factory=dict)
    by_row: dict[UUID, list[Marker]] = field(default_factory=dict)
    needles: tuple[str, ...] = ()
    """Secrets that had to keep their form (hashes of passwords, digests of sessions), searched for one by one."""

    def found_in(self, text: str) -> set[Marker]:
        """The markers that a text contains, also percent-encoded, in other case, or inside base64."""
        found = {self.markers[part] for part in _parts(text) if part in self.markers}
        return found | {self.markers[needle] for needle in self.needles if needle in text}

    def of(self, table: str, academy: UUID | None) -> list[Row]:
        """The rows of a table at an academy; those of a table of the platform in any case."""
        entry = self.register.tables[table]
        return [row for row in self.rows[table].values() if academy_of(entry, row) in (academy, None)]


def _parts(text: str) -> Iterable[str]:
    yield from _plain(text)
    for pattern, opener in PACKED:
        for packed in set(pattern.findall(text)):
            yield from _inside(packed, opener)


def _plain(text: str) -> Iterable[str]:
    folded = text.lower()
    yield from TOKEN.findall(folded)
    yield from (part.replace("-", "") for part in ID.findall(folded))


@lru_cache(1 << 16)
def _inside(packed: str, opener: Callable[[str], bytes]) -> tuple[str, ...]:
    """What stands in a packed text, wherever it begins. Pages share most of their long words, so they are kept."""
    starts = (packed[start:] for start in range(4))
    return tuple(part for whole in starts for part in _plain(opener(whole[: len(whole) // 4 * 4]).decode("latin-1")))


def mark(installation: Installation, keep: Mapping[str, str] = KEEP) -> Marked:
    """Write a marker into every text column of every table, with rows where there are none; then read what is there.

    `keep` lists columns ("table.column") whose values have a form, each with the reason.
    """
    with installation.everywhere() as session:
        fill(session, installation.state.plugins.register, keep)
    return read(installation)


def read(installation: Installation) -> Marked:
    """What stands in the database now, by marker."""
    register = installation.state.plugins.register
    with installation.app.app_context(), everywhere("read all markers") as session:
        tables = {name: Model.metadata.tables[name] for name in register.tables}
        found = {name: [{"id": uuid7(), **row} for row in session.execute(select(table)).mappings()] for name, table in tables.items()}
    made = Marked(register, {name: {row["id"]: row for row in rows} for name, rows in found.items()})
    for entry in register.tables.values():
        for row in made.rows[entry.table].values():
            _note(made, entry, row)
    made.needles = tuple(text for text, marker in made.markers.items() if marker.secret and not TOKEN.fullmatch(text))
    return made


def _note(made: Marked, entry: TableEntry, row: Row) -> None:
    people = frozenset(_people(made, entry, row))
    for column, declaration in entry.declared():
        about = frozenset(_people(made, entry, row, declaration.about)) if declaration.about else people
        value, category = row[column.name], _category(made.register, declaration)
        secret = declaration.secret or declaration.kind == "found_by"
        for text in _texts(column, value, secret):
            made.markers[text] = Marker(text, entry.table, column.name, row["id"], academy_of(entry, row), category, secret, people, about)
            made.by_row.setdefault(row["id"], []).append(made.markers[text])


def _texts(column: ColumnEntry, value: Any, secret: bool) -> list[str]:
    if column.name == "id":
        return [value.hex]
    found = TOKEN.findall(value.decode("latin-1") if isinstance(value, bytes) else str(value)) if value is not None else []
    return found or ([value] if secret and isinstance(value, str) and len(value) > 20 else [])


def academy_of(entry: TableEntry, row: Row) -> UUID | None:
    """The academy to which a row belongs, None for the platform's own."""
    id: UUID | None = row["id"] if entry.table == "academy" else row.get("academy_id")
    return id


def _category(register: Register, declaration: Declaration) -> str:
    if declaration.kind in ("copy", "snapshot"):
        table, _, column = declaration.source.partition(".")
        source = next(d for c, d in register.tables[table].declared() if c.name == column)
        return _category(register, source)
    stated = declaration.category or next(iter(declaration.paths.values()), "")
    return stated or (declaration.kind if declaration.kind in PERSONAL_KINDS else "")


def _people(made: Marked, entry: TableEntry, row: Row, roles: Collection[str] = ()) -> Iterable[UUID]:
    for path in entry.subjects:
        if not roles or path.role in roles:
            yield from _follow(made, entry, row, path.via.split("."))


def _follow(made: Marked, entry: TableEntry, row: Row, steps: list[str]) -> Iterable[UUID]:
    """The people at the end of a path: through links of the row, or through the table that links to it."""
    first, *rest = steps
    if first not in row:
        for beside in made.rows[first].values():
            if row["id"] in [beside[name] for name, target in _links(made.register.tables[first]) if target == entry.table]:
                yield from _follow(made, made.register.tables[first], beside, rest)
        return
    value = row[first]
    if value is None or not rest:
        yield from () if value is None else (value,)
        return
    target = dict(_links(entry))[first]
    if value in made.rows[target]:
        yield from _follow(made, made.register.tables[target], made.rows[target][value], rest)


def _links(entry: TableEntry) -> Iterable[tuple[str, str]]:
    return [(column.name, d.source) for column, d in entry.declared() if d.kind in ("ref", "subject", "file")]
