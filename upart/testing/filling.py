# SPDX-License-Identifier: MIT
"""Fill every table, whatever it is: rows for each academy, person and state, and in each text column a text of its own."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Enum, Table, TypeDecorator, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.db import Model, is_owned, uuid7
from upart.privacy.register import Register
from upart.privacy.taxonomy import Category
from upart.privacy.words import Declaration
from upart.storage.models import File

KEEP = {
    "academy.slug": "the host name",
    "academy.custody_at": "set, it pauses the academy",
    "academy.ending": "set, it closes the academy",
    "academy.closes_at": "set, it closes the academy",
    "academy_plugin.plugin": "an installed plugin",
    "academy_setting.key": "a known setting",
    "academy_setting.value": "checked by its setting; those that are plain text are marked all the same",
    "api_front_end.public_key": "stands in an address that is opened",
    "breach.table": "name of a table",
    "courses_assignment.block": "which part of its lesson, as the lesson names it",
    "courses_package_result.block": "which part of its lesson, as the lesson names it",
    "courses_quiz.block": "which part of its lesson, as the lesson names it",
    "file.content_type": "a media type",
    "installation.instance_id": "another one stops the mail",
    "manage_health.check": "key of a check",
    "manage_health.findings": "what checks have found, which pages show",
    "manage_import.name": "name of an import",
    "manage_import.columns": "which column fills which field",
    "manage_view.list": "name of a list",
    "manage_view.asked": "filters, order and columns of a list",
    "plugin_record.plugin": "an installed plugin",
    "plugin_record.version": "compared at start",
    "plugin_record.declarations": "read at start",
    "privacy_lock.plugin": "an installed plugin",
    "privacy_lock.digest": "compared with what is declared",
    "privacy_lock.declarations": "compared with what is declared",
    "media_item.kind": "picture, video and so on",
    "person.roles": "names of roles",
    "person.zone": "a time zone of the tz database",
    "person.language": "ISO 639-1",
    "revision.owner_table": "name of a table",
    "revision.body": "pages compare them",
    "rights_canary.places": "places, which pages show",
    "rights_canary.statement": "is signed",
    "rights_promise.owner": "core, or an installed plugin",
    "rights_promise.declarations": "read by the canary",
    "policy_version.facts": "pages compare them",
    "policy_version.documents": "pages show them",
    "policy_version.found": "pages count them",
    "policy_version.announced": "days by name",
    "courses_package.report": "pages read its parts",
    "courses_package.items": "ids of the library",
    "courses_old_address.path": "opens a page",
    "courses_question.right": "places of the right choices",
    "webhook_endpoint.country": "ISO 3166-1",
    "webhook_endpoint.events": "types of events",
    "receipt_key.name": "the thumbprint of a key",
    "receipt_key.public": "a public key",
    "rights_proof.digest": "opens a page",
    "rights_proof.found": "places, which pages show",
    "rights_proof.not_seen": "words of ours, which pages show",
    "rights_proof.receipt": "is signed",
    "rights_step.holder": "whose part it is: a table, a store",
    "rights_step.reason": "the name of a law",
}
"""Columns whose values in rows that exist have a form, and which. Rows that are added hold markers there too, where no form is read."""

FORMED = (
    "rights_canary.places",
    "rights_canary.statement",
    "rights_promise.declarations",
    "person.roles",
    "person.zone",
    "person.language",
    "rights_step.reason",
    "manage_health.findings",
    "courses_package.report",
    "courses_package.items",
    "courses_question.right",
)
"""Those of the above that pages read from any row."""

OVER = ("restriction.lifted_at",)
"""Instants that are filled in although they may be missing: a row without would hide people from everybody."""

PLAIN_SETTINGS = ("headline", "lead", "note", "legal_name", "place", "privacy_contact", "privacy_officer", "authority")

BEGINNING = "zq"
"""With it every marker begins, so that a search for it finds them all."""


def fill(session: Session, register: Register, keep: Mapping[str, str] = KEEP) -> None:
    """Mark what is there and add what is missing. Needs an `everywhere` session that writes. Raises AssertionError for what it cannot fill."""
    tables = [table for table in Model.metadata.sorted_tables if table.name in register.tables]
    filling = _Filling(session, keep)
    for table in tables:
        filling.change(table)
    for table in tables:
        filling.add(table)
    session.execute(update(Academy).values(epoch=Academy.epoch + 1).execution_options(synchronize_session=False))


class _Filling:
    def __init__(self, session: Session, keep: Mapping[str, str]) -> None:
        self.session, self.keep = session, keep
        self.numbers = itertools.count(1)
        self.academies = list(session.scalars(select(Academy.id)))

    def token(self) -> str:
        return f"{BEGINNING}{next(self.numbers):06d}q"

    def text(self, column: Column[Any]) -> str:
        declared: Declaration | None = column.info.get("declaration")
        return f"{self.token()}@example.org" if declared and declared.category == Category.CONTACT_EMAIL else self.token()

    def change(self, table: Table) -> None:
        """Put markers into the rows that exist; secrets stay, since people sign in with them."""
        for row in self.session.execute(select(table)).mappings().all():
            values = {column.name: self.text(column) for column in self._texts(table) if f"{table.name}.{column.name}" not in self.keep}
            values |= {c.name: self._inside(row[c.name]) for c in _of_type(table, JSON) if f"{table.name}.{c.name}" not in self.keep}
            if table.name == "academy_setting" and row["key"] in PLAIN_SETTINGS:
                values["value"] = self.token()
            if values:
                self.session.execute(update(table).where(*(column == row[column.name] for column in table.primary_key)).values(values))

    def _texts(self, table: Table) -> Iterator[Column[Any]]:
        for column in table.columns:
            declared: Declaration | None = column.info.get("declaration")
            if is_text(column) and not (declared and declared.secret):
                yield column

    def _inside(self, value: Any) -> Any:
        if isinstance(value, list):
            return [*(self._text_in(one) for one in value), self.token()]
        return {**value, "marker": self.token()} if isinstance(value, dict) else value

    def _text_in(self, value: Any) -> Any:
        """An object of a list keeps its form, in which pages read it; its `text`, if it has one, is marked."""
        return {**value, "text": self.token()} if isinstance(value, dict) and isinstance(value.get("text"), str) else value

    def add(self, table: Table) -> None:
        """Add rows for each academy: one for each of its people, and for each state that there is."""
        if table.name in ("academy", "installation", "plugin_record", "policy_version", "receipt_key"):
            return
        for academy in self.academies if "academy_id" in table.columns else [None]:
            people = list(self.session.scalars(select(Person.id).where(Person.academy_id == academy).order_by(Person.created_at))) if academy else []
            states = [len(c.type.enum_class) for c in table.columns if isinstance(c.type, Enum) and c.type.enum_class]
            made = sum(self._insert(table, academy, number) for number in range(max(len(people), *states, 3)))
            there = select(table.c.id).where(table.c.academy_id == academy) if academy else select(table.c.id)
            assert made or self.session.execute(there).first(), f"No row fits into {table.name}: teach upart/testing/filling.py what its columns take."

    def _insert(self, table: Table, academy: UUID | None, number: int) -> int:
        """Insert one row; where its links clash with another row, one without those that may be missing."""
        for optional in (True, False):
            values = self._agreed(table, {column.name: self._value(table, column, academy, number, optional) for column in table.columns})
            try:
                with self.session.begin_nested():
                    self.session.execute(insert(table).values(values))
                return 1
            except IntegrityError:
                continue
        return 0

    def _agreed(self, table: Table, values: dict[str, Any]) -> dict[str, Any]:
        """A row that links to a lesson and to a course links to the lesson's course, and names the same person; its file is about the person it is about."""
        for column, target in _refs(table).items():
            beyond = Model.metadata.tables[target]
            row = self.session.execute(select(beyond).where(beyond.c.id == values[column])).mappings().first() if values[column] else None
            same = {theirs: mine for theirs, far in _refs(beyond).items() for mine, near in _refs(table).items() if near == far and mine != column}
            named = {name: name for name in _subjects(beyond) & _subjects(table)}
            values |= {mine: row[theirs] for theirs, mine in (same | named).items() if row is not None}
        of_them = select(File.id).where(File.academy_id == values.get("academy_id"))
        if people := self._people(table, values):
            of_them = of_them.where(File.about_id.in_(people))
        for linked in [c.name for c in table.columns if _kind_of(c) == "file"]:
            values[linked] = self.session.scalar(of_them.limit(1))
        return values

    def _people(self, table: Table, values: Mapping[str, Any]) -> list[UUID]:
        """Whom a row is about: the people that it names, else those of the first row that it links to which is about somebody."""
        if own := [values[name] for name in _subjects(table)]:
            return own
        for column, target in _refs(table).items():
            beyond = Model.metadata.tables[target]
            row = self.session.execute(select(beyond).where(beyond.c.id == values[column])).mappings().first() if values[column] else None
            if row is not None and (found := self._people(beyond, dict(row))):
                return found
        return []

    def _value(self, table: Table, column: Column[Any], academy: UUID | None, number: int, optional: bool) -> Any:
        if column.name == "id":
            return uuid7()
        if column.name == "academy_id":
            return academy
        if target := column.info.get("target"):
            return self._linked(target, academy, number) if optional or not column.nullable else None
        if f"{table.name}.{column.name}" in FORMED:
            return column.default.arg(None) if column.default.is_callable else column.default.arg  # type: ignore[union-attr]
        if isinstance(column.type, JSON):
            return self._json(table, column)
        return self.text(column) if is_text(column) else self._plain(table, column, number)

    def _linked(self, target: str, academy: UUID | None, number: int) -> UUID | None:
        """The id of a row of the target, another one for each number; of this academy, or for accounts of its people."""
        table = Model.metadata.tables[target]
        known = select(table.c.id).order_by(table.c.id)
        if is_owned(table):
            known = known.where(table.c.academy_id == academy)
        elif target == "account" and academy is not None:
            known = known.where(table.c.id.in_(select(Person.account_id).where(Person.academy_id == academy)))
        ids = list(self.session.scalars(known))
        return ids[number % len(ids)] if ids else None

    def _json(self, table: Table, column: Column[Any]) -> Any:
        declared: Declaration | None = column.info.get("declaration")
        if declared and declared.paths:
            made: dict[str, Any] = {}
            for path in declared.paths:
                made |= self._nested(path.split("."))
            return made
        owner = next(m.class_ for known in Model.registries.values() for m in known.mappers if m.local_table is table)
        return [self.token()] if "list" in str(owner.__annotations__.get(column.name, "")) else {"marker": self.token()}

    def _nested(self, path: list[str]) -> Any:
        if not path:
            return self.token()
        return [self._nested(path[1:])] if path[0] == "*" else {path[0]: self._nested(path[1:])}

    def _plain(self, table: Table, column: Column[Any], number: int) -> Any:
        if isinstance(column.type, Enum) and column.type.enum_class:
            members: list[enum.Enum] = list(column.type.enum_class)
            return members[number % len(members)]
        kind = _kind(column)
        if kind in (datetime, date):
            instant = clock.now() + (timedelta(hours=1) if column.name.startswith("ends") else timedelta(0))
            return None if column.nullable and f"{table.name}.{column.name}" not in OVER else instant if kind is datetime else instant.date()
        made = {bool: number % 2 == 1, int: number + 1, float: number + 0.5, UUID: uuid7(), bytes: self.token().encode()}.get(kind)
        assert made is not None, f"What does {table.name}.{column.name} take? Teach upart/testing/filling.py the type {kind.__name__}."
        return made


def _kind(column: Column[Any]) -> type[Any]:
    plain = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind: type[Any] = plain.python_type
    return kind


def is_text(column: Column[Any]) -> bool:
    """Does the column hold words?"""
    return not isinstance(column.type, Enum | JSON) and _kind(column) is str


def _kind_of(column: Column[Any]) -> str:
    declared: Declaration | None = column.info.get("declaration")
    return declared.kind if declared else ""


def _refs(table: Table) -> dict[str, str]:
    """The columns that link to rows which are no people, with the tables of these."""
    declared = ((column.name, column.info.get("declaration")) for column in table.columns)
    return {name: d.source for name, d in declared if isinstance(d, Declaration) and d.kind == "ref" and d.source != table.name}


def _subjects(table: Table) -> set[str]:
    return {column.name for column in table.columns if _kind_of(column) == "subject"}


def _of_type(table: Table, kind: type[Any]) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, kind)]
