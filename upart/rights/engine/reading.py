# SPDX-License-Identifier: MIT
"""Read all that is held about somebody, row by row: their own values, nobody else's (GDPR art. 15(4))."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry
from upart.privacy.taxonomy import Basis, Category, Origin, default_origin
from upart.privacy.words import BLANKED, Declaration, Processing
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.subjects import DataSubject, Finder

CHUNK = 1000
"""Rows that are in memory at a time."""

YOU, SOMEBODY = "you", "somebody else"
"""What stands in the place of people's ids."""

HIDDEN = ("found_by", "sealed")
"""Words whose columns are held and said to be held, but say nothing to anybody: digests, bodies in transit."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as its subject gets it: what it holds, why, and whether they may take it elsewhere (art. 20); `paths` are those of JSON."""

    name: str
    kind: str
    category: str
    private: bool
    origin: str
    processing: Processing | None
    portable: bool
    paths: Mapping[str, str] = field(default_factory=dict)


Change = Callable[[Sequence[Any]], Any]
"""What a row gives in the place of one of its values."""


class Reader:
    """Reads one human's rows of one table. `shown` are the columns that come out, `withheld` those that do not, with the reason.

    `also` are finders of the same human in another role, as the holder of an account.
    """

    def __init__(self, finder: Finder, entry: TableEntry, also: Sequence[Finder] = ()) -> None:
        self.finder, self.entry, self.table = finder, entry, finder.held.tables[entry.table]
        self.matches = [match for one in (finder, *also) for match in one.matches(entry)]
        self.ids = {str(id) for one in (finder, *also) for id in one.subject.ids}
        self._projection = lru_cache(256)(self._project)
        columns = [(column, d) for column, d in entry.declared() if not self._is_wall(column, d)]
        self.columns = [(column, d) for column, d in columns if not _reason(d)]
        self.withheld = {column.name: reason for column, d in columns if (reason := _reason(d))}

    @property
    def says_something(self) -> bool:
        """Are there columns about people, or is the row itself a link to one?"""
        return bool(self.matches) and self.entry.is_personal

    def shown(self) -> list[Shown]:
        """The columns as they come out."""
        return [self._shown(column, d) for column, d in self.columns]

    @property
    def is_uniform(self) -> bool:
        """Do all rows come out with the same columns?"""
        return len(self.matches) < 2

    def count(self, opened: Session) -> int:
        """How many rows."""
        return counts(opened, [self])[0]

    def rows(self, opened: Session, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """The rows in order of their making, each with the columns that are about the subject."""
        for block in self.blocks(opened, limit):
            yield from block

    def blocks(self, opened: Session, limit: int | None = None) -> Generator[list[dict[str, Any]]]:
        """The same, some at a time; close it if you do not take all."""
        yield from self._read(opened, self._statement().order_by(self.table.c.id).limit(limit))

    def page(self, opened: Session, size: int, before: UUID | None) -> list[dict[str, Any]]:
        """At most `size` rows, newest first; `before`: only those made before the row of this id."""
        statement = self._statement() if before is None else self._statement().where(self.table.c.id < before)
        return [row for block in self._read(opened, statement.order_by(self.table.c.id.desc()).limit(size)) for row in block]

    def _statement(self) -> sa.Select[Any]:
        flags = [match.where.label(f"upart_{n}") for n, match in enumerate(self.matches)] if len(self.matches) > 1 else []
        chosen = [sa.literal(YOU).label(column.name) if self.is_always_you(d, column) else self.table.c[column.name] for column, d in self.columns]
        return sa.select(*chosen, *flags).where(self.where())

    def _read(self, opened: Session, statement: sa.Select[Any]) -> Iterator[list[dict[str, Any]]]:
        width = len(self.columns)
        # Closed whatever happens: a connection with rows left to fetch goes on reading that state of the database, also in the pool.
        with opened.connection().execute(statement.execution_options(yield_per=CHUNK)) as found:
            for rows in found.partitions(CHUNK):
                if len(self.matches) < 2:
                    yield self._block(rows, (True,))
                    continue
                yield [self._block([row], tuple(map(bool, row[width:])))[0] for row in rows]

    def _block(self, rows: Sequence[Any], as_whom: tuple[bool, ...]) -> list[dict[str, Any]]:
        projection = self._projection(as_whom)
        if len(projection) == len(self.columns) and not any(change for _, _, change in projection):
            names = [name for _, name, _ in projection]
            return [dict(zip(names, row, strict=False)) for row in rows]
        return [{name: change(row) if change else row[at] for at, name, change in projection} for row in rows]

    def is_always_you(self, d: Declaration, column: ColumnEntry) -> bool:
        """With one way only in which a row can be about them, the column that names them names nobody else."""
        return len(self.matches) == 1 and d.kind == "subject" and self.matches[0].link == column.name

    def where(self) -> sa.ColumnElement[bool]:
        """True for the rows that are about the subject."""
        return sa.or_(sa.false(), *(match.where for match in self.matches))

    def _project(self, as_whom: tuple[bool, ...]) -> list[tuple[int, str, Change | None]]:
        """Which columns a row gives to somebody in these roles: what a row says of others is not theirs because it names them."""
        roles = {match.role for match, is_one in zip(self.matches, as_whom, strict=True) if is_one}
        mentioned = roles == {"object"}
        return [
            (at, column.name, self._change(at, column, d))
            for at, (column, d) in enumerate(self.columns)
            if (roles & set(d.about) if d.about else not (mentioned and d.kind in BLANKED))
        ]

    def _change(self, at: int, column: ColumnEntry, d: Declaration) -> Change | None:
        """The ids of people say no more than whether it is they."""
        if d.kind in ("subject", "ref") and d.source in PEOPLE and not self.is_always_you(d, column):
            return lambda row: self._person(row[at])
        if d.kind != "any_link":
            return None
        kind = next((n for n, (other, _) in enumerate(self.columns) if other.name == d.source), None)
        return lambda row: self._person(row[at]) if kind is None or row[kind] in PEOPLE else row[at]

    def _person(self, value: UUID | None) -> str | None:
        return None if value is None else YOU if str(value) in self.ids else SOMEBODY

    def _is_wall(self, column: ColumnEntry, d: Declaration) -> bool:
        """Keys of the wall, and links from an academy's rows to the platform's, say nothing about the person here."""
        target = self.finder.held.register.tables.get(d.source)
        beyond = d.kind in ("ref", "subject") and target is not None and self.entry.owned and not target.owned
        return column.name == "academy_id" or beyond

    def _shown(self, column: ColumnEntry, d: Declaration) -> Shown:
        category, origin = inherited(d, self.finder.held.register.tables)
        processing = d.processing or self.entry.processing
        return Shown(
            column.name, d.kind, category, bool(category) and Category(category).is_private, origin, processing,
            is_portable(self.entry, d, self.finder.held.register.tables), d.paths,
        )  # fmt: skip


def readers_of(held: Holdings, subjects: Sequence[DataSubject]) -> list[Reader]:
    """Readers of all tables that say something about one human: as an academy knows them, perhaps also as the holder of an account."""
    finders = [Finder(held, subject) for subject in subjects]
    entries = {entry.table: entry for finder in finders for entry in finder.tables()}
    return [reader for entry in entries.values() if (reader := _reader(finders, entry)) is not None]


def reader_of(held: Holdings, subjects: Sequence[DataSubject], table: str) -> Reader | None:
    """The one of a single table; None when it says nothing about them, or is none."""
    entry = held.register.tables.get(table)
    return None if entry is None else _reader([Finder(held, subject) for subject in subjects], entry)


def _reader(finders: Sequence[Finder], entry: TableEntry) -> Reader | None:
    mine = [finder for finder in finders if finder.matches(entry)]
    reader = Reader(mine[0], entry, mine[1:]) if mine else None
    return reader if reader is not None and reader.says_something else None


def counts(opened: Session, readers: Sequence[Reader]) -> list[int]:
    """How many rows each of them reads, by one statement."""
    if not readers:
        return []
    numbers = [
        sa.select(sa.func.count()).select_from(reader.table).where(reader.where()).scalar_subquery().label(f"n{at}") for at, reader in enumerate(readers)
    ]
    return [int(number) for number in opened.connection().execute(sa.select(*numbers)).one()]


def inherited(d: Declaration, tables: Mapping[str, TableEntry]) -> tuple[str, str]:
    """Category and origin: a copy or snapshot has those of its source, JSON that of its most private path."""
    if d.kind == "personal_json":
        categories = sorted(map(Category, d.paths.values()), key=lambda category: not category.is_private)
        return (categories[0].value, default_origin(categories[0]).value) if categories else (Category.CONTENT_PRIVATE.value, Origin.PROVIDED.value)
    if d.kind not in ("copy", "snapshot"):
        return d.category, d.origin
    table, _, name = d.source.partition(".")
    source = next((s for c, s in tables[table].declared() if c.name == name), None)
    return (source.category, source.origin) if source else ("", "")


def _reason(d: Declaration) -> str:
    """Why a column does not come out, or nothing."""
    if d.secret:
        return "secret: it would open something"
    if d.review:
        return "waits for a human to look at it first"
    return "a digest, or a body in transit, that says nothing" if d.kind in HIDDEN else ""


def is_portable(entry: TableEntry, d: Declaration, tables: Mapping[str, TableEntry]) -> bool:
    """Art. 20: provided by the person or observed of them, and held under consent or contract; not what somebody else wrote about them."""
    given = inherited(d, tables)[1] in (Origin.PROVIDED.value, Origin.OBSERVED.value) or d.kind in ("personal_json", "file")
    written = bool(d.by) and d.by not in d.about
    return given and not written and not _reason(d) and rests_on_them(d.processing or entry.processing)


def rests_on_them(processing: Processing | None) -> bool:
    """Does it rest on the person's consent or contract?"""
    return processing is not None and processing.basis in (Basis.CONSENT, Basis.CONTRACT)


def undeclared_paths(value: Any, paths: Mapping[str, str]) -> list[str]:
    """Paths of a JSON value that no declaration covers; "*" stands for any key or index."""
    return sorted({path for path in _leaves(value, "") if not any(_covers(declared, path) for declared in paths)})


def _leaves(value: Any, at: str) -> Iterator[str]:
    parts: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        parts = [(str(name), part) for name, part in value.items()]
    elif isinstance(value, list):
        parts = [(str(n), part) for n, part in enumerate(value)]
    if not parts and value not in (None, {}, []):
        yield at
    for name, part in parts:
        yield from _leaves(part, f"{at}.{name}" if at else name)


def _covers(declared: str, path: str) -> bool:
    wanted, found = declared.split("."), path.split(".")
    return len(found) >= len(wanted) and all(a in ("*", b) for a, b in zip(wanted, found, strict=False))
