# SPDX-License-Identifier: MIT
"""The register: every table of core and plugins with its declarations, as plain serialisable data.

Rights, policy and retention work on this, never on mapped classes, so that healthy, disabled,
broken and uninstalled plugins are one code path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Enum, Table
from sqlalchemy.types import TypeEngine

from upart.db import Model, is_owned
from upart.privacy.taxonomy import ErasePolicy, OnErase
from upart.privacy.words import Declaration, Processing, SubjectsThrough

PEOPLE = {"person": "academy", "account": "platform"}
"""Tables whose rows are people, and who is their controller."""


@dataclass(frozen=True, slots=True)
class SubjectPath:
    """How a row is about a person: dotted columns from the row to the person, and who that is to the row."""

    via: str
    role: str


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """One column: its SQL type and its declaration (None: not declared, which is a problem). `required`: no row is made without
    a value for it; `choices` are the values of an enum.
    """

    name: str
    type: str
    nullable: bool
    declaration: Declaration | None
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table as declared: owner, columns, purpose and the paths that lead to people. `title` is for people ("Enrolments").

    `known_by`: columns by which a row is the same in another installation. `importable`: people may bring such rows from there.
    """

    plugin: str
    table: str
    owned: bool
    columns: tuple[ColumnEntry, ...]
    processing: Processing | None
    through: tuple[SubjectsThrough, ...] = ()
    subjects: tuple[SubjectPath, ...] = ()
    module: str = ""
    title: str = ""
    known_by: tuple[str, ...] = ()
    importable: bool = False

    @property
    def controller(self) -> str:
        """Who decides about these data (GDPR art. 4(7)): the academy, or the platform for its own tables."""
        return "academy" if self.owned else "platform"

    def declared(self) -> Iterator[tuple[ColumnEntry, Declaration]]:
        """The columns that have a declaration, with it."""
        for column in self.columns:
            if column.declaration is not None:
                yield column, column.declaration

    @property
    def is_personal(self) -> bool:
        """True if some column holds data about people."""
        return self.table in PEOPLE or any(d.kind in PERSONAL_KINDS for _, d in self.declared())


PERSONAL_KINDS = {"personal", "personal_json", "subject", "file", "snapshot", "copy", "sealed", "found_by"}


@dataclass(frozen=True)
class Register:
    """All tables by name."""

    tables: dict[str, TableEntry] = field(default_factory=dict)
    _data: dict[str, list[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By owner, made when it is first asked for; nobody changes it."""

    def of(self, plugin: str) -> list[TableEntry]:
        """The tables of one owner ("core" or a plugin's id)."""
        return [entry for entry in self.tables.values() if entry.plugin == plugin]

    def as_data(self, plugin: str) -> list[dict[str, Any]]:
        """The tables of one owner as JSON data, as `plugin_record` keeps them."""
        if plugin not in self._data:
            self._data[plugin] = [asdict(entry) for entry in self.of(plugin)]
        return self._data[plugin]


def restored(data: list[Any]) -> list[TableEntry]:
    """The tables of one owner as `plugin_record` kept them."""
    return msgspec.convert(data, list[TableEntry], strict=False)


def build(owners: Iterable[tuple[str, Table]]) -> Register:
    """Read the declarations of these tables, each with its owner, and find the paths to people."""
    classes = {mapper.local_table: mapper.class_ for known in list(Model.registries.values()) for mapper in known.mappers}
    plain = {table.name: _entry(owner, table, classes.get(table)) for owner, table in owners}
    return connected(plain.values())


def connected(entries: Iterable[TableEntry]) -> Register:
    """A register of these tables, the paths to people found anew."""
    plain = {entry.table: entry for entry in entries}
    return Register({name: _with_subjects(entry, plain) for name, entry in sorted(plain.items())})


def _entry(owner: str, table: Table, mapped: Any) -> TableEntry:
    processing = getattr(mapped, "__processing__", None) or table.info.get("processing")
    through = tuple(getattr(mapped, "__subjects__", ()) or table.info.get("subjects", ()))
    columns = tuple(_column(c, is_owned(table)) for c in table.columns)
    module, known_by = getattr(mapped, "__module__", ""), tuple(getattr(mapped, "__known_by__", ()))
    importable = bool(getattr(mapped, "__importable__", False))
    return TableEntry(owner, str.__str__(table.name), is_owned(table), columns, processing, through, (), module, _title(table, mapped), known_by, importable)


def _is_required(column: Any) -> bool:
    return not column.nullable and column.default is None and column.server_default is None


def _title(table: Table, mapped: Any) -> str:
    """What people call such rows: `__title__` of the class, else its name in words ("LessonEvent": "Lesson events")."""
    if title := getattr(mapped, "__title__", ""):
        return str(title)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", mapped.__name__ if mapped else table.name.replace("_", " ")).lower()
    plural = re.sub(r"([^aeiou])y$", r"\1ies", words) if re.search(r"[^aeiou]y$", words) else words + ("es" if re.search(r"(s|x|ch|sh)$", words) else "s")
    return plural[:1].upper() + plural[1:]


def _declaration(name: str, info: dict[Any, Any], owned: bool) -> Declaration | None:
    if owned and name == "academy_id":
        return Declaration(kind="key", source="academy")
    found = info.get("declaration")
    return found if isinstance(found, Declaration) else None


def _column(column: Any, owned: bool) -> ColumnEntry:
    choices = tuple(column.type.enums) if isinstance(column.type, Enum) else ()
    return ColumnEntry(
        str.__str__(column.name), _type(column.type), bool(column.nullable), _declaration(column.name, column.info, owned), _is_required(column), choices
    )


@cache
def _type(of: TypeEngine[Any]) -> str:
    """What a database calls it: SQLAlchemy compiles it to say so."""
    return str(of.impl if hasattr(of, "impl") else of)


def _with_subjects(entry: TableEntry, tables: dict[str, TableEntry]) -> TableEntry:
    paths = tuple(_paths(entry, tables, frozenset()))
    return replace(entry, subjects=paths)


def _paths(entry: TableEntry, tables: dict[str, TableEntry], seen: frozenset[str]) -> Iterator[SubjectPath]:
    """Paths of a row to people: its own subjects; without any, the chain of its links (GDPR art. 4(1))."""
    own = [SubjectPath(column.name, d.role) for column, d in entry.declared() if d.kind == "subject"]
    own += [SubjectPath(t.path, t.role) for t in entry.through]
    if entry.table in PEOPLE:
        own.append(SubjectPath("id", "self"))
    if own:
        yield from own
        return
    for column, link in leading(entry, tables, seen):
        for further in _paths(tables[link.source], tables, seen | {entry.table}):
            yield SubjectPath(f"{column.name}.{further.via}", further.role)


def policy_of(entry: TableEntry, via: str, tables: dict[str, TableEntry]) -> ErasePolicy:
    """What erasure does to rows that are about somebody by this path: what the end of the path says."""
    if via == "id":
        return OnErase.DELETE
    for through in entry.through:
        if through.path == via:
            return through.on_erase
    step, _, rest = via.partition(".")
    declaration = next(d for column, d in entry.declared() if column.name == step)
    return policy_of(tables[declaration.source], rest, tables) if rest else declaration.on_erase or OnErase.DELETE


def is_own(entry: TableEntry, via: str, tables: dict[str, TableEntry]) -> bool:
    """Are rows that are about somebody by this path their own, so that they (or the last of them) take the row along?"""
    policy = policy_of(entry, via, tables)
    return "delete" in (policy.act, policy.last)


def category_of(d: Declaration, register: Register) -> str:
    """The category of a column; a copy or snapshot has that of what it was taken from."""
    table, _, name = d.source.partition(".")
    if d.kind not in ("copy", "snapshot") or table not in register.tables:
        return d.category
    return next((source.category for column, source in register.tables[table].declared() if column.name == name), "")


def recipients_of(d: Declaration, entry: TableEntry) -> list[str]:
    """The names of those to whom alone a column may go: its own, else those of its processing; empty where nothing is said."""
    processing = d.processing or entry.processing
    return list(d.recipients or (processing.recipients if processing is not None and d.category else ()))


def leading(entry: TableEntry, tables: dict[str, TableEntry], seen: frozenset[str] = frozenset()) -> list[tuple[ColumnEntry, Declaration]]:
    """The links of a table that lead to people: those marked `leads=True`, else all that are not `leads=False`."""
    links = [(c, d) for c, d in entry.declared() if d.kind == "ref" and d.source in tables and d.source not in seen and d.source != entry.table]
    marked = [(c, d) for c, d in links if d.leads]
    chosen = marked or [(c, d) for c, d in links if d.leads is None]
    return [(c, d) for c, d in chosen if any(True for _ in _paths(tables[d.source], tables, seen | {entry.table}))]


def inventory(register: Register) -> list[dict[str, Any]]:
    """One row per declared column, or per path of a JSON column, in the shape of contract 4.2."""
    rows = []
    for entry in register.tables.values():
        for column, declaration in entry.declared():
            for path, category in declaration.paths.items() or ((None, declaration.category),):
                rows.append(_row(entry, column, declaration, path, category))
    return rows


def _row(entry: TableEntry, column: ColumnEntry, d: Declaration, path: str | None, category: str) -> dict[str, Any]:
    processing = d.processing or entry.processing
    about_people = entry.is_personal and d.kind not in ("key", "ref", "not_personal", "any_link")
    return {
        "plugin": entry.plugin, "table": entry.table, "column": column.name, "path": path,
        "kind": "personal" if d.kind == "personal_json" else d.kind, "category": category or None, "controller": entry.controller,
        "purpose": processing.purpose.value if processing and about_people else None,
        "basis": processing.basis.value if processing and about_people else None,
        "retain": str(processing.retain) if processing and about_people else None,
        "after": (processing.after or None) if processing and about_people else None,
        "on_erase": d.on_erase.act if d.on_erase else None, "about": list(d.about), "by": d.by or None, "origin": d.origin or None,
        "needed": d.needed or None, "subjects": [asdict(path) for path in entry.subjects], "recipients": recipients_of(d, entry),
        "law": (d.on_erase.law or None) if d.on_erase else None, "secret": d.secret, "never_share": d.never_share, "review": d.review,
        "blank": d.blank, "why": d.why or d.found_by or None,
    }  # fmt: skip
