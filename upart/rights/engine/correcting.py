# SPDX-License-Identifier: MIT
"""Which values of a row somebody may correct, and how a corrected one gets into it (GDPR art. 16), read off the declarations."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.errors import Problem
from upart.privacy.register import ColumnEntry, TableEntry
from upart.privacy.taxonomy import Category, Origin, default_origin
from upart.privacy.words import Declaration
from upart.rights.engine.reading import Reader
from upart.rights.engine.subjects import Finder
from upart.theming.locales import gettext as _

GIVEN = (Origin.PROVIDED.value, Origin.FROM_OTHER.value)
"""What somebody gave can be wrong in itself; what was noted or worked out here is put right by whoever did that."""

SORTS = (
    ("BOOL", "yes"), ("DATETIME", "time"), ("TIMESTAMP", "time"), ("DATE", "day"), ("BIGINT", "number"), ("INT", "number"), ("VARCHAR", "text"),
    ("TEXT", "text"),
)  # fmt: skip
"""How a declared SQL type begins, and how its values are typed in; others can only be described in words."""

LEAVES: dict[type, str] = {str: "text", bool: "yes", int: "number"}
"""The same for values inside of JSON."""

CORE = "core"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that may be corrected: of a column, or at a `path` of its JSON. `key` names it in a form and in a request."""

    column: str
    path: tuple[str, ...]
    category: str
    sort: str
    now: Any
    nullable: bool = False
    longest: int = 0
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """ "street", "steps.steps.0.text"."""
        return ".".join((self.column, *self.path))

    def typed(self, value: Any) -> Any:
        """A value of this sort from its plain form. Raises ValueError for one that does not fit."""
        if value is None and self.nullable:
            return None
        if type(value) is not PLAIN[self.sort]:
            raise ValueError(self.key)
        if (self.longest and len(value) > self.longest) or (self.choices and value not in self.choices):
            raise ValueError(self.key)
        return READ[self.sort](value) if self.sort in READ else value


READ: dict[str, Callable[[str], Any]] = {"day": date.fromisoformat, "time": datetime.fromisoformat}
"""What is JSON's text for a value that is none."""

PLAIN: dict[str, type[Any]] = {"text": str, "choice": str, "day": str, "time": str, "number": int, "yes": bool}


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


class Corrector:
    """One row about one subject: what of it may be corrected, and the change itself."""

    def __init__(self, finder: Finder, entry: TableEntry, id: UUID) -> None:
        self.finder, self.entry, self.id = finder, entry, id
        self.reader = Reader(finder, entry)
        self.table = self.reader.table

    def row(self, opened: Session, *, lock: bool = False) -> Mapping[str, Any] | None:
        """The row, with the roles in which it is about the subject under ""; None when it is gone, or about others."""
        flags = [match.where.label(f"upart_{n}") for n, match in enumerate(self.reader.matches)]
        statement = sa.select(self.table, *flags).where(self.reader.where(), self.table.c.id == self.id, self.finder.inside(self.entry))
        found = opened.connection().execute(statement.with_for_update(of=self.table) if lock else statement).mappings().first()
        if found is None:
            return None
        roles = {match.role for n, match in enumerate(self.reader.matches) if found[f"upart_{n}"]}
        return {**{column.name: found[column.name] for column in self.entry.columns}, "": roles}

    def values(self, row: Mapping[str, Any]) -> list[Value]:
        """What may be corrected. Nothing of the core's own tables, and nothing of issued documents: those are put right by people."""
        if self.entry.plugin == CORE or row[""] <= {"object"} or any(match.policy.document for match in self.reader.matches if match.role in row[""]):
            return []
        return [value for column, d in self.reader.columns if self._is_theirs(d, row[""]) for value in _values(column, d, row[column.name])]

    def _is_theirs(self, d: Declaration, roles: set[str]) -> bool:
        """About them, and not what somebody else wrote of them."""
        return (not d.about or bool(roles & set(d.about))) and (not d.by or d.by in roles)

    def correct(self, opened: Session, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Put values into the row, all or none. `wanted`: by key, what stood there ("from") and what is right ("to"). Raises Problem 409."""
        row = self.row(opened, lock=True)
        values = self.check(row, wanted)
        assert row is not None
        new: dict[str, Any] = {}
        for key, value in values.items():
            right = value.typed(wanted[key]["to"])
            new[value.column] = _put(new.get(value.column, row[value.column]), value.path, right) if value.path else right
        mine = sa.and_(self.table.c.id == self.id, self.finder.inside(self.entry))
        opened.connection().execute(sa.update(self.table).where(mine).values(new))
        for column, right in new.items():
            self._follow(opened, column, row[column], right)

    def check(self, row: Mapping[str, Any] | None, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Value]:
        """Can this correction be carried out now? Raises Problem 409 when the row is gone or says something else by now."""
        if row is None:
            raise Problem(409, _("The line that should be corrected is gone."), remedy=_("Refuse the request, and say so."))
        known = {value.key: value for value in self.values(row)}
        for key, change in wanted.items():
            if key not in known or plain(known[key].now) != change["from"]:
                remedy = _("Refuse the request; the person can ask for it again.")
                raise Problem(409, _("The line has changed since the correction was asked for."), remedy=remedy)
            known[key].typed(change["to"])
        return {key: known[key] for key in wanted}

    def _follow(self, opened: Session, column: str, old: Any, new: Any) -> None:
        """Copies follow what they were taken from; snapshots stay (2-privacy, 2.1)."""
        source = f"{self.entry.table}.{column}"
        for entry in self.finder.held.register.tables.values():
            for copied in [c.name for c, d in entry.declared() if d.kind == "copy" and d.source == source]:
                table = self.finder.held.tables[entry.table]
                links = [table.c[c.name] == self.id for c, d in entry.declared() if d.kind == "ref" and d.source == self.entry.table]
                links = [table.c.id == self.id] if entry is self.entry else links
                mine = sa.or_(*links) if links else sa.and_(Reader(self.finder, entry).where(), table.c[copied] == old)
                opened.connection().execute(sa.update(table).where(self.finder.inside(entry), mine).values({copied: new}))


def _values(column: ColumnEntry, d: Declaration, now: Any) -> Iterator[Value]:
    if d.kind == "personal" and d.origin in GIVEN:
        kind = column.type.upper()
        sort = "choice" if column.choices else next((sort for prefix, sort in SORTS if kind.startswith(prefix)), "")
        longest = int("".join(filter(str.isdigit, kind)) or 0) if sort == "text" else 0
        if sort:
            yield Value(column.name, (), d.category, sort, now, column.nullable, longest, column.choices)
    elif d.kind == "personal_json":
        for path, leaf in _leaves(now):
            category = next((category for declared, category in d.paths.items() if _covers(declared, path)), Category.CONTENT_PRIVATE.value)
            if default_origin(Category(category)).value in GIVEN and type(leaf) in LEAVES:
                yield Value(column.name, path, category, LEAVES[type(leaf)], leaf)


def _leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping | list):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, part in parts:
            yield from _leaves(part, (*at, str(name)))
    elif at:
        yield at, value


def _covers(declared: str, path: tuple[str, ...]) -> bool:
    wanted = declared.split(".")
    return len(path) >= len(wanted) and all(a in ("*", b) for a, b in zip(wanted, path, strict=False))


def _put(value: Any, path: tuple[str, ...], leaf: Any) -> Any:
    """A copy of a JSON value with one leaf changed."""
    changed = copy.deepcopy(value)
    at = changed
    for name in path[:-1]:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[int(path[-1]) if isinstance(at, list) else path[-1]] = leaf
    return changed
