# SPDX-License-Identifier: MIT
"""`Import`: a table from elsewhere becomes rows here: read, shown with what would come of each row, done by a job, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from upart import clock
from upart.context import context
from upart.db import reading, session, uuid7
from upart.errors import Fault, NotHere, Problem
from upart.hooks.records import Task
from upart.keys import pseudonym
from upart.manage.judging import BLOCK, ImportField, Judge, Judged, checked, known
from upart.manage.models import ImportRow, ImportRun, ImportState, RowState
from upart.manage.reading import Table
from upart.manage.working import begin_work, end_work, go_on, piece_of, report
from upart.theming.locales import gettext as _

PIECE = 25
"""Rows that are brought in or taken back in one commit: nobody who writes waits for it longer than a blink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What can be brought in from a table.

    `name` is unique ("people"). `key` is the field, or several, by which a row is known again: twice in one table is once too often, and what is
    `here(values)` already stays as it is, so that sending a table again does nothing. Where more than one value decides, `judge(rows)` takes its
    place: of each of up to 500 rows True (it is here), False (it would be added) or a `Fault` with the field as its pointer.
    `add(values)` makes a row and returns it, inside a write session; it raises Problem for what must not come in. `undo(id)` takes back what `add`
    made, and says in words why not, or "".
    `told` says on the page what happens to those who are in it. An import never gives consent.
    """

    name: str
    title: str
    sentence: str
    fields: tuple[ImportField, ...]
    key: str | tuple[str, ...]
    add: Callable[[Mapping[str, str]], Any]
    undo: Callable[[UUID], str]
    here: Callable[[Sequence[str]], set[str]] = lambda values: set()
    judge: Judge | None = None
    told: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields by which a row is known again."""
        return (self.key,) if isinstance(self.key, str) else self.key

    def judged(self, rows: Sequence[Mapping[str, str]]) -> Sequence[bool | Fault]:
        """What is here of some rows that are good by themselves."""
        if self.judge is not None:
            return self.judge(rows)
        here = self.here([row[self.keys[0]] for row in rows])
        return [row[self.keys[0]] in here for row in rows]

    @property
    def tasks(self) -> list[Task]:
        """For `upart_jobs()`: bring in, take back."""
        return [
            Task(name=f"{self.name}.import", run=lambda work: bring_in(self, work), sentence="Bring in a table"),
            Task(name=f"{self.name}.import_undo", run=lambda work: take_back(self, work), sentence="Take an import back"),
        ]


def guessed(about: Import, head: Sequence[str]) -> dict[str, int]:
    """Which column fills which field, by its head."""
    heads = [name.casefold().strip() for name in head]
    found: dict[str, int] = {}
    for one in about.fields:
        names = [one.key, _(one.label).casefold(), *one.names]
        if (at := next((heads.index(name) for name in names if name in heads), None)) is not None:
            found[one.key] = at
    return found


def take_in(about: Import, table: Table) -> ImportRun:
    """Keep the rows of a table until it is brought in or let go. Needs a write session."""
    run = ImportRun(person_id=context.person.id, name=about.name, encoding=table.encoding, head=list(table.head), columns=guessed(about, table.head))
    run.total = len(table.rows)
    session.add(run)
    session.flush()
    common = {"academy_id": context.academy.id, "import_id": run.id, "state": RowState.WAITING, "reason": "", "made_at": clock.now()}
    lines = [{**common, "id": uuid7(), "number": n, "cells": list(row), "address_digest": _digest(row)} for n, row in table.rows]
    for at in range(0, len(lines), BLOCK):
        session.execute(insert(ImportRow), lines[at : at + BLOCK])
    return run


def _digest(row: Sequence[str]) -> str:
    """By which somebody's row is found who asks what is held about them: the first address in it."""
    address = next((cell for cell in row if "@" in cell), "")
    return pseudonym(address.strip().lower()) if address else ""


def run_of(about: Import, id: UUID) -> ImportRun:
    """A table of this import. Raises NotHere."""
    run = session.get(ImportRun, {"academy_id": context.academy.id, "id": id})
    if run is None or run.name != about.name:
        raise NotHere
    return run


def choose_columns(about: Import, run: ImportRun, chosen: Mapping[str, str]) -> None:
    """Say which column fills which field. Raises Problem 422 for a column that is none."""
    _still_read(run)
    width = len(run.head)
    found = {one.key: chosen.get(one.key, "") for one in about.fields}
    if any(text and not (text.isascii() and text.isdecimal() and int(text) < width) for text in found.values()):
        raise Problem(422, _("There is no such column."), remedy=_("Choose one of the list."))
    run.columns = {key: int(text) for key, text in found.items() if text}


def _still_read(run: ImportRun) -> None:
    if run.state is not ImportState.READ:
        raise Problem(409, _("This table was brought in already."), remedy=_("Send it again to change it."))


def missing(about: Import, run: ImportRun) -> list[str]:
    """Fields that are needed and no column fills."""
    return [_(one.label) for one in about.fields if one.needed and one.key not in run.columns]


def judged(about: Import, id: UUID) -> tuple[list[Judged], dict[str, Any]]:
    """What would become of each row, and by which columns, without changing anything. Reads through a door of its own: nobody who writes waits."""
    found, first = list[Judged](), dict[tuple[str, ...], int]()
    with reading(context.academy, context.person):
        run = run_of(about, id)
        columns = dict(run.columns)
        if missing(about, run):
            return [], columns
        rows = session.execute(select(ImportRow.number, ImportRow.cells).where(ImportRow.import_id == id).order_by(ImportRow.number)).all()
        found = known(about.fields, about.judged, [_checked(about, number, cells, columns, first) for number, cells in rows])
    return found, columns


def _checked(about: Import, number: int, cells: Sequence[str], columns: Mapping[str, int], first: dict[tuple[str, ...], int]) -> Judged:
    return checked(about.fields, about.keys, number, cells, columns, first)


def start(about: Import, id: UUID, place: str) -> UUID:
    """Let a job bring in all that can be; what cannot is left out, with the reason. Returns the work's id. Comes before the first statement of its door."""
    verdicts, columns = judged(about, id)
    run = run_of(about, id)
    _still_read(run)
    if lacking := missing(about, run):
        raise Problem(422, _("No column fills %(fields)s.", fields=", ".join(lacking)), remedy=_("Choose one, then look again."))
    if run.columns != columns:
        raise Problem(409, _("The columns were changed meanwhile."), remedy=_("Look again at what would come of it."))
    left = [one for one in verdicts if one.state is RowState.LEFT]
    for one in left:
        mine = (ImportRow.import_id == run.id, ImportRow.number == one.number)
        said = {"state": RowState.LEFT, "reason": f"{one.column}: {one.reason}"}
        session.execute(update(ImportRow).where(*mine).values(said).execution_options(synchronize_session=False))
    work = begin_work(f"{about.name}.import", _(about.title), total=run.total, place=place)
    report(work, len(left), *([_("%(n)s rows were left out before it began.", n=len(left))] if left else []), left=len(left))
    run.state, run.work_id = ImportState.RUNNING, work.id
    return work.id


def bring_in(about: Import, work_id: str) -> None:
    """Task: bring in the next rows, each with its outcome, in one commit with how far it has come."""
    run = session.scalars(select(ImportRun).where(ImportRun.work_id == UUID(work_id))).first()
    work = piece_of(work_id)
    if run is None or work is None:
        _stopped(run)
        return
    rows = _next(run, RowState.WAITING)
    lines, before = list[str](), dict.fromkeys(RowState, 0)
    for row in rows:
        lines += _bring_one(about, run, row)
        before[row.state] += 1
    report(work, work.done + len(rows), *lines, added=before[RowState.ADDED], same=before[RowState.SAME], left=before[RowState.LEFT])
    if rows:
        go_on(work)
    else:
        run.state = ImportState.DONE
        end_work(work)


def _stopped(run: ImportRun | None) -> None:
    """Cancelled: what came in stays, can be taken back, and the rest is left as it is."""
    if run is not None and run.state in (ImportState.RUNNING, ImportState.UNDOING):
        run.state = ImportState.DONE


def _next(run: ImportRun, state: RowState) -> Sequence[ImportRow]:
    return session.scalars(select(ImportRow).where(ImportRow.import_id == run.id, ImportRow.state == state).order_by(ImportRow.number).limit(PIECE)).all()


def _bring_one(about: Import, run: ImportRun, row: ImportRow) -> Iterator[str]:
    one = known(about.fields, about.judged, [_checked(about, row.number, row.cells, run.columns, {})])[0]
    if one.state is RowState.LEFT:
        row.state, row.reason = RowState.LEFT, f"{one.column}: {one.reason}"
    elif one.state is RowState.SAME:
        row.state, row.cells = RowState.SAME, []
    else:
        _add(about, row, one.values)
    if row.state is RowState.LEFT:
        yield _("Row %(n)s: %(reason)s", n=row.number, reason=row.reason)


def _add(about: Import, row: ImportRow, values: Mapping[str, str]) -> None:
    try:
        with session.begin_nested():
            made = about.add(values)
            session.flush()
    except Problem as problem:
        row.state, row.reason = RowState.LEFT, f"{problem.message} {problem.remedy}".strip()
        return
    row.state, row.cells, row.made_table, row.made_id = RowState.ADDED, [], made.__tablename__, made.id
    if made.__tablename__ == "person":
        row.person_id = made.id


def undo(about: Import, run: ImportRun, place: str) -> UUID:
    """Let a job take back all that this table has added. Returns the work's id. Needs a write session."""
    if run.state is not ImportState.DONE:
        raise Problem(409, _("Only what was brought in can be taken back."), remedy=_("Wait until it has ended."))
    total = session.scalar(select(func.count(ImportRow.id)).where(ImportRow.import_id == run.id, ImportRow.state == RowState.ADDED)) or 0
    work = begin_work(f"{about.name}.import_undo", _("Take back: %(title)s", title=about.title), total=total, place=place)
    run.state, run.work_id = ImportState.UNDOING, work.id
    return work.id


def take_back(about: Import, work_id: str) -> None:
    """Task: take back the next rows. What is more than what was brought in by now stays, with the reason."""
    run = session.scalars(select(ImportRun).where(ImportRun.work_id == UUID(work_id))).first()
    work = piece_of(work_id)
    if run is None or work is None:
        _stopped(run)
        return
    rows, lines, kept = _next(run, RowState.ADDED), [], 0
    for row in rows:
        reason = about.undo(row.made_id) if row.made_id is not None else ""
        row.state, row.reason = RowState.UNDONE, reason
        kept += bool(reason)
        lines += [_("Row %(n)s: %(reason)s", n=row.number, reason=reason)] if reason else []
    report(work, work.done + len(rows), *lines, undone=len(rows) - kept, kept=kept)
    if rows:
        go_on(work)
    else:
        run.state = ImportState.UNDONE
        end_work(work)


def let_go(run: ImportRun) -> None:
    """Do not bring it in: its rows are forgotten at once."""
    _still_read(run)
    session.execute(delete(ImportRow).where(ImportRow.import_id == run.id).execution_options(synchronize_session=False))
    session.delete(run)
