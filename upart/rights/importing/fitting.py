# SPDX-License-Identifier: MIT
"""What of a copy fits here, table by table: by the declarations of this installation alone, and without writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from upart.context import context
from upart.db import Model
from upart.hooks.guards import objections
from upart.hooks.plugged import plugged
from upart.privacy.register import TableEntry
from upart.privacy.taxonomy import Category, Origin
from upart.rights.engine.portable import FILE, KNOWN, schema_of
from upart.rights.importing.links import KnownRows, in_use, key_in, keys_of
from upart.rights.importing.opened import NotWhole, OpenedCopy
from upart.rights.importing.outcome import LINK, MADE_ANEW, OFF, THERE, UNCHANGED, UNKNOWN, FileOf, Outcome, Plan, WantedFile, said_at
from upart.rights.importing.rows import Fitted, Left, TableHere, Taken, portable_data
from upart.rights.importing.values import Unfit, id_of, taken
from upart.storage.kinds import HEAD, Refused, kind_of
from upart.theming.locales import gettext as _

MOST = 100_000
"""Rows of one copy."""

PASSES = 100
"""How long a chain of rows of one table may be, each linked to the one before."""

CORE = "core"
FOLDER, ROWS, SCHEMA = "portable/", ".json", ".schema.json"


class Fitting:
    """Finds out what a copy becomes for one person of the current academy. Needs an open door, for reading."""

    def __init__(self, copy: OpenedCopy, person_id: UUID, actor: Any) -> None:
        self.copy, self.actor = copy, actor
        self.entries = plugged().register.tables
        known = copy.data(KNOWN) if KNOWN in copy.infos else {}
        self.files = _files(copy)
        self.taken = Taken(person_id, KnownRows(self.entries, known), {})
        self.classes = {mapper.local_table: mapper.class_ for made in list(Model.registries.values()) for mapper in made.mappers}
        self.left = MOST

    def plan(self) -> Plan:
        """All of it. Raises NotWhole."""
        academy = self.copy.manifest.get("academy")
        said = academy.get("name") if isinstance(academy, dict) else None
        plan = Plan(str(said or "")[:200], said_at(self.copy.manifest.get("created")))
        found = {name.removeprefix(FOLDER).removesuffix(ROWS): name for name in self.copy.names(FOLDER) if _is_rows(name)}
        coming: list[TableHere] = []
        outcomes: dict[str, Outcome] = {}
        for place, part in found.items():
            outcome, here = self._look(place, part, plan)
            if outcome is not None:
                plan.tables.append(outcome)
            if outcome is not None and here is not None:
                coming.append(here)
                outcomes[here.entry.table] = outcome
        for here in _in_order(coming):
            self._fit(here, FOLDER + f"{here.entry.plugin}/{here.entry.table}{ROWS}", outcomes[here.entry.table])
        self._drop_what_nobody_joined(coming, outcomes)
        plan.rows = [(here.entry.table, [row.values for row in rows.values()]) for here in _in_order(coming) if (rows := self.taken.rows[here.entry.table])]
        used = {value.id for _table, rows in plan.rows for row in rows for value in row.values() if isinstance(value, FileOf)}
        plan.files = {id: file for id, file in self.taken.files.items() if id in used}
        return plan

    def _look(self, place: str, part: str, plan: Plan) -> tuple[Outcome | None, TableHere | None]:
        """What can become of one table's rows as a whole."""
        plugin, _slash, table = place.partition("/")
        entry = self.entries.get(table)
        if table == FILE:
            return None, None  # files come in with the rows that link to them
        if table == "person" and entry is not None:
            plan.person = self._of_person(entry, self._rows(part))
            mine = self.actor is not None
            return Outcome(plugin, table, entry.title, 1, fits=0 if mine else 1, why=UNCHANGED if mine else ""), None
        why = self._against(plugin, entry)
        outcome = Outcome(plugin, table, entry.title if entry is not None and why != UNKNOWN else table[:100], why=why)
        if why:
            outcome.rows = len(self._rows(part))
        return outcome, TableHere(entry, self.entries) if entry is not None and not why else None

    def _against(self, plugin: str, entry: TableEntry | None) -> str:
        if entry is None or entry.plugin != plugin or entry.table not in Model.metadata.tables:
            return UNKNOWN
        if plugin != CORE and plugin not in context.academy.plugins:
            return OFF
        return "" if entry.importable else MADE_ANEW

    def _rows(self, part: str) -> list[Any]:
        rows = self.copy.data(part)
        if not isinstance(rows, list):
            raise NotWhole(_("A part of this copy is no list: %(part)s.", part=part[:100]))
        self.left -= len(rows)
        if self.left < 0:
            raise NotWhole(_("This copy holds more lines than can be brought in at once: %(n)s are the most.", n=MOST))
        return rows

    def _of_person(self, entry: TableEntry, rows: list[Any]) -> dict[str, Any]:
        """What the copy says of the person that they have provided themselves."""
        row = rows[0] if rows and isinstance(rows[0], dict) else {}
        found = {}
        for column, d in portable_data(entry, self.entries):
            if d.origin == Origin.PROVIDED.value and row.get(column.name) is not None:
                try:
                    found[column.name] = taken(column, row[column.name])
                except Unfit:
                    continue
        return found

    def _fit(self, here: TableHere, part: str, outcome: Outcome) -> None:
        rows = self._rows(part)
        names = self._names(here, part.removesuffix(ROWS) + SCHEMA, rows, outcome)
        self.taken.files = {**self.taken.files, **self._files_for(here, rows)}
        outcome.rows, made = len(rows), self.taken.rows.setdefault(here.entry.table, {})
        for some in _parents_first(here, rows):
            for row in some:
                try:
                    fitted = here.fit(row, names, self.taken)
                except Left as left:
                    outcome.left[str(left)] += 1
                else:
                    made[fitted.old] = fitted
        self._drop(made, self._unwanted(here, made), outcome)

    def _drop(self, made: dict[str, Fitted], against: Mapping[str, str], outcome: Outcome) -> None:
        """Take rows out again, with the rows of the same table that link to them."""
        outcome.left.update(against.values())
        gone = {made.pop(old).values["id"] for old in against}
        while gone and (orphans := [old for old, row in made.items() if not gone.isdisjoint(row.linked)]):
            outcome.left[LINK] += len(orphans)
            gone = {made.pop(old).values["id"] for old in orphans}
        outcome.fits = len(made)

    def _unwanted(self, here: TableHere, made: Mapping[str, Fitted]) -> dict[str, str]:
        """Rows whose keys are in use, and those against which somebody objects, with the reason."""
        against: dict[str, str] = {}
        for names in keys_of(here.table):
            used = in_use(here.table, names, (row.values for row in made.values()))
            for old, row in made.items():
                if (key := key_in(row.values, names)) is not None and old not in against:
                    if key in used:
                        against[old] = THERE
                    used.add(key)
        kind = self.classes.get(here.table)
        for old, row in made.items():
            if old not in against and kind is not None:
                plain = {name: value for name, value in row.values.items() if not isinstance(value, FileOf)}
                if reasons := objections("rights.import", self.actor, kind(**plain)):
                    against[old] = " ".join(reasons)[:300]
        return against

    def _names(self, here: TableHere, part: str, rows: list[Any], outcome: Outcome) -> set[str]:
        """The columns of the copy that are of the same kind here; the others are named in the outcome."""
        schema = self.copy.data(part) if part in self.copy.infos else None
        items = schema.get("items") if isinstance(schema, dict) else None
        theirs = items.get("properties") if isinstance(items, dict) else None
        ours = schema_of(here.entry, here.columns)["items"]["properties"]
        fits = {name for name, shape in ours.items() if isinstance(theirs, dict) and _kind(theirs.get(name)) == _kind(shape)}
        given = {name for row in rows if isinstance(row, dict) for name in row}
        outcome.columns = sorted(name[:60] for name in given - fits)[:50]
        return fits

    def _files_for(self, here: TableHere, rows: Iterable[Any]) -> dict[UUID, WantedFile]:
        """The files to which these rows link, if they are there and of a kind that is taken."""
        found: dict[UUID, WantedFile] = {}
        for column, d in here.entry.declared():
            for row in rows if d.kind == "file" and column.name in here.columns else ():
                id = _id(row.get(column.name)) if isinstance(row, dict) else None
                if id in self.files and id not in found and id not in self.taken.files and id is not None:
                    part, name = self.files[id]
                    if self._is_accepted(part, d.category):
                        size = self.copy.infos[part].file_size
                        found[id] = WantedFile(part, name, d.category, size, not column.nullable)
        return found

    def _is_accepted(self, part: str, category: str) -> bool:
        with self.copy.open(part) as stream:
            head = stream.read(HEAD)
        try:
            return bool(head) and kind_of(head, Category(category)) is not None
        except Refused:
            return False

    def _drop_what_nobody_joined(self, coming: Iterable[TableHere], outcomes: Mapping[str, Outcome]) -> None:
        """Of what many share comes in only what the person joins by a row that comes in too."""
        for here in coming:
            made = self.taken.rows.get(here.entry.table, {})
            if here.entry.through and made:
                joined = {id for rows in self.taken.rows.values() for row in rows.values() for id in row.linked}
                against = {old: LINK for old, row in made.items() if row.values["id"] not in joined}
                self._drop(made, against, outcomes[here.entry.table])


def _is_rows(name: str) -> bool:
    return name.endswith(ROWS) and not name.endswith(SCHEMA) and name != KNOWN and name.count("/") == 2


def _files(copy: OpenedCopy) -> dict[UUID, tuple[str, str]]:
    """The files that the manifest names, by their id there: the part, and the name for people."""
    listed = copy.manifest.get("files")
    found: dict[UUID, tuple[str, str]] = {}
    for one in listed if isinstance(listed, list) else ():
        id = _id(one.get("id")) if isinstance(one, dict) else None
        if id is not None and isinstance(part := one.get("path"), str) and part.startswith("files/") and part in copy.infos:
            found[id] = (part, str(one.get("name") or "")[:400])
    return found


def _id(value: Any) -> UUID | None:
    try:
        return id_of(value)
    except Unfit:
        return None


def _kind(shape: Any) -> Any:
    """What of a property's JSON Schema must be equal: what it is, not whether it may be empty nor which words it knows."""
    if not isinstance(shape, dict):
        return None
    types = shape.get("type")
    return (sorted(str(one) for one in (types if isinstance(types, list) else [types]) if one != "null"), str(shape.get("format")))


def _in_order(coming: list[TableHere]) -> list[TableHere]:
    """Tables, each after those to which it links."""
    ordered: dict[str, TableHere] = {}
    by_name = {here.entry.table: here for here in coming}

    def visit(here: TableHere, path: frozenset[str]) -> None:
        for _column, d in here.entry.declared():
            if d.kind == "ref" and d.source in by_name and d.source not in {*path, *ordered, here.entry.table}:
                visit(by_name[d.source], path | {here.entry.table})
        ordered.setdefault(here.entry.table, here)

    for here in sorted(coming, key=lambda one: (any(d.kind == "any_link" for _column, d in one.entry.declared()), one.entry.table)):
        visit(here, frozenset())
    return list(ordered.values())


def _parents_first(here: TableHere, rows: list[Any]) -> Iterable[list[Any]]:
    """Rows of one table, each after the one of the same table to which it links; what goes in circles comes last."""
    links = [column.name for column, d in here.entry.declared() if d.kind == "ref" and d.source == here.entry.table]
    if not links:
        yield rows
        return
    waiting, later = rows, list[Any]()
    for _pass in range(PASSES):
        ids = {row.get("id") for row in waiting if isinstance(row, dict) and isinstance(row.get("id"), str)}
        later, now = list[Any](), list[Any]()
        for row in waiting:
            above = {row[name] for name in links if isinstance(row.get(name), str)} if isinstance(row, dict) else set()
            (later if above & ids - {row.get("id")} else now).append(row)
        yield now
        if not now or not later:
            break
        waiting = later
    yield later
