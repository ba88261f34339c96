# SPDX-License-Identifier: MIT
"""Access: the copy that somebody gets holds all that is theirs, each column with its category, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry
from upart.privacy.words import Declaration
from upart.rights.canary.foreseen import Rows, Whom
from upart.rights.canary.planting import BYTES, WRITTEN
from upart.rights.canary.rows import Breach, Party, Row, marks_in, wrong
from upart.rights.canary.truth import DATA, Truth, Way
from upart.rights.contents import COPIES

WITHHELD = ("found_by", "sealed")
"""Words whose columns say nothing to anybody."""


def compared_copy(truth: Truth, rows: Sequence[Row], data: bytes, now: Rows, party: Party, *, account: bool) -> Iterator[Breach]:
    """Compare the copy of a party, if wished with the account, with what was planted."""
    whoms = [Whom(party), *([Whom(party, account=True)] if account else [])]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    listed = {table["table"]: table for table in json.loads(parts["manifest.json"])["tables"]}
    allowed: set[str] = set()
    for entry in truth.register.tables.values():
        shown = parts.get(f"access/{entry.plugin}/{entry.table}.json")
        got = {UUID(row["id"]): row for row in json.loads(shown)} if shown else {}
        mine = [row for row in rows if row.entry is entry and entry.is_personal and _ways(truth, row, whoms)]
        allowed |= {mark for row in mine for mark in _theirs(truth, row, _ways(truth, row, whoms), party)}
        yield from _rows(truth, entry, mine, got, now, whoms)
        if mine:
            yield from _columns(truth, entry, listed.get(entry.table, {"columns": [], "withheld": {}, "undeclared": []}))
    ids = {party.person_id, party.account_id} if account else {party.person_id}
    yield from _foreign(rows, parts, allowed, {str(id) for id in ids})


def _theirs(truth: Truth, row: Row, ways: Sequence[Way], party: Party) -> Iterator[str]:
    """The marks of a row that may come out, with those of its files."""
    for column, d in row.entry.declared():
        if _visible(truth, row.entry, column, d, ways):
            yield from (mark for mark, at in row.marks.items() if at.partition(",")[0] == column.name)
            if d.kind == "file" and column.name in row.targets:
                yield from (mark for mark, at in row.targets[column.name].marks.items() if at in (BYTES, "name"))
    yield from (mark for mark, at in row.marks.items() if at == WRITTEN and party in row.owners[WRITTEN])


def _ways(truth: Truth, row: Row, whoms: Sequence[Whom]) -> list[Way]:
    return [way for way in truth.ways(row.entry) if any(whom.stands(row, way) for whom in whoms)]


def _rows(truth: Truth, entry: TableEntry, mine: Sequence[Row], got: dict[UUID, dict[str, Any]], now: Rows, whoms: Sequence[Whom]) -> Iterator[Breach]:
    for row in mine:
        ways = _ways(truth, row, whoms)
        if row.id not in got:
            roles = _and(way.role for way in ways)
            yield wrong(entry, "", f"a row about {roles} is missing in their copy.", "See whether a path of links leads from it to its people.")
            continue
        yield from _row(truth, row, ways, got.pop(row.id), now[row.place], whoms)
    for stray in got:
        known = next((row for row in now if row[0] == entry.table and row[2] == stray), None)
        if known is not None:
            yield wrong(entry, "", "a row that is about somebody else came out in a copy.", "See whether its links lead to the right people.")


def _row(truth: Truth, row: Row, ways: Sequence[Way], got: dict[str, Any], values: dict[str, Any], whoms: Sequence[Whom]) -> Iterator[Breach]:
    roles = {way.role for way in ways}
    for column, d in row.entry.declared():
        expected = _visible(truth, row.entry, column, d, ways)
        name, here = column.name, column.name in got
        if here is not expected:
            about = f"is about {_and(d.about)} and " if d.about else ""
            what = "is missing in the copy of" if expected else "came out in the copy of"
            yield wrong(row.entry, name, f"{about}{what} {_and(roles)}.", _remedy(d, expected))
        elif here and (wanted := _shown(row, d, values, name, whoms)) != got[name]:
            yield wrong(
                row.entry, name, f"came out as {got[name]!r} instead of {wanted!r}.", "The ids of other people must not come out; all else must, as it is."
            )


def _visible(truth: Truth, entry: TableEntry, column: ColumnEntry, d: Declaration, ways: Sequence[Way]) -> bool:
    """Should this column come out for somebody about whom the row is by these ways?"""
    if truth.is_wall(entry, column, d) or d.secret or d.review or d.kind in WITHHELD:
        return False
    if d.about:
        return any(way.role in d.about for way in ways)
    return d.kind not in DATA or any(way.kind != "object" for way in ways)


def _shown(row: Row, d: Declaration, values: dict[str, Any], name: str, whoms: Sequence[Whom]) -> Any:
    value = values[name]
    names = d.source if d.kind in ("subject", "ref") else values[d.source] if d.kind == "any_link" else ""
    if value is not None and names in PEOPLE:
        return "you" if str(value) in whoms[0].party.ids else "somebody else"
    return json.loads(msgspec.json.encode(value))


def _remedy(d: Declaration, expected: bool) -> str:
    if expected:
        return "All that is held of somebody is theirs to see; only secret= and review= hold something back."
    return "Correct about=, or mark it secret=True or review=True." if d.kind in DATA else "It must stay inside."


def _columns(truth: Truth, entry: TableEntry, listed: dict[str, Any]) -> Iterator[Breach]:
    """Each column is listed with its category and reasons, or as withheld; no JSON path is unknown."""
    by_name = {column["name"]: column for column in listed["columns"]}
    for column, d in entry.declared():
        if truth.is_wall(entry, column, d):
            continue
        if d.secret or d.review or d.kind in WITHHELD:
            if column.name not in listed["withheld"]:
                yield wrong(entry, column.name, "is not named among what is withheld.", "Whoever gets a copy must be told what it leaves out.")
            continue
        found = by_name.get(column.name, {})
        wanted = truth.category(d) or None
        if found.get("paths", {}) != dict(d.paths):
            yield wrong(entry, column.name, f"is listed with the paths {found.get('paths')} instead of {dict(d.paths)}.", "Declare each path.")
        if d.kind != "personal_json" and found.get("category") != wanted:
            yield wrong(entry, column.name, f"is listed under {found.get('category')} instead of {wanted}.", "Declare it with its category.")
        if d.kind in ("personal", "personal_json", "file", "snapshot", "copy") and not found.get("purpose"):
            yield wrong(entry, column.name, "is listed without the purpose for which it is kept.", "Add __processing__ = processing(…) to its table.")
    for path in listed["undeclared"]:
        yield wrong(entry, path, "is a path of JSON that is not declared.", "Add it to personal_json({…}).")


def _foreign(rows: Sequence[Row], parts: dict[str, bytes], allowed: set[str], ids: set[str]) -> Iterator[Breach]:
    """Whatever the part of the archive: no mark of anybody else stands there, no secret, nobody else's id; and all files are there."""
    where = {mark: name for name, data in parts.items() for mark in marks_in(data)}
    copies = {mark for row in rows if row.entry.table == COPIES for target in row.targets.values() for mark in target.marks}
    text = b"\n".join(parts.values()).decode("utf-8", "replace")
    for row in rows:
        for mark, column in row.marks.items():
            if mark in where and mark not in allowed:
                yield wrong(row.entry, column, f"is not theirs, or is withheld, but came out in {where[mark]}.", "Correct about=, secret= or review=.")
            if column in (BYTES, WRITTEN) and mark in allowed and mark not in where and mark not in copies:
                yield wrong(row.entry, column, "is missing in the copy.", "A file goes out with the row that links to it by file(…).")
    people = {id for row in rows for parties in row.people.values() for one in parties for id in one.ids}
    for id in people - ids:
        if id in text:
            yield Breach("core", "person", "the id of another person came out in a copy.", "Declare columns that name people with subject(…) or any_link(…).")


def _and(words: Iterable[str]) -> str:
    return " and ".join(f"'{word}'" for word in sorted(set(words)))
