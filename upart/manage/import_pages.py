# SPDX-License-Identifier: MIT
"""`import_pages()`: send a table, see what would come of each row, let it be done, see what came of it, take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import Row, select

from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.hooks.routes import Blueprint, Policy
from upart.manage import importing
from upart.manage.forms import TableForm
from upart.manage.importing import Import
from upart.manage.models import ImportRow, ImportRun, ImportState, RowState, Work
from upart.manage.pages import named, to
from upart.manage.reading import LARGEST, ROWS, read_table
from upart.manage.sheet import MARK, as_csv
from upart.theming.forms import Form, refuse, show
from upart.theming.locales import gettext as _
from upart.theming.render import render

SHOWN = 50
"""Rows that a page shows; a download has all of them."""


def import_pages(blueprint: Blueprint, path: str, about: Import, *, endpoint: str, policy: Policy, back: str) -> None:
    """Put the pages of an import on a blueprint: `path` (without "/" at its end) asks for the table, below it lies a page for each one that was sent.

    `endpoint` is the name of the first page, `back` the endpoint of the list to which it belongs; all have this `policy`, which should ask for the
    password (`may("…", fresh=True)`): tables hold addresses. Give `about.tasks` in `upart_jobs()`.
    """
    pages = ImportPages(about, f"{blueprint.name}.{endpoint}", back)
    one = f"{path}/<uuid:id>"
    doors: Sequence[tuple[str, str, str, Callable[..., Response], str]] = (
        ("", path, "GET", pages.ask, "Ask for a table."),
        ("send", path, "POST", pages.send, "Read a table that was sent."),
        ("one", one, "GET", pages.look, f"What becomes of a table: {about.sentence}."),
        ("columns", f"{one}/columns", "POST", pages.columns, "Say which column is what."),
        ("start", f"{one}/start", "POST", pages.start, "Bring a table in."),
        ("undo", f"{one}/undo", "POST", pages.undo, "Take back what came in with a table."),
        ("let_go", f"{one}/let-go", "POST", pages.let_go, "Do not bring a table in."),
        ("left", f"{one}/left", "GET", pages.left, "Rows of a table that were left out."),
    )
    for name, rule, method, view, sentence in doors:
        full = f"{endpoint}_{name}" if name else endpoint
        more: dict[str, Any] = {"body": LARGEST + 100_000} if name == "send" else {}
        blueprint.add_url_rule(rule, full, named(view, full, sentence), methods=[method], policy=policy, **more)


@dataclass(frozen=True)
class ImportPages:
    """The pages of one import; `endpoint` is the full name of the first."""

    about: Import
    endpoint: str
    back: str

    def ask(self) -> Response:
        """Where to send it; what one has sent lately."""
        return self._asks(TableForm())

    def _asks(self, form: Form) -> Response:
        mine = (ImportRun.name == self.about.name, ImportRun.person_id == context.person.id)
        sent = [(run, self._at("one", run.id)) for run in session.scalars(select(ImportRun).where(*mine).order_by(ImportRun.id.desc()).limit(10))]
        most = {"rows": f"{ROWS:,}", "mb": LARGEST // 1_000_000}
        return show("manage/import.html", form, about=self.about, send=url_for(f"{self.endpoint}_send"), sent=sent, most=most, list=url_for(self.back))

    def send(self) -> Response:
        """Read it; what cannot be read is refused in words, and nothing of it is kept."""
        form = TableForm.posted()
        if form.validate():
            try:
                table = read_table(form["table"].data.stream.read(LARGEST + 1))
            except Problem as problem:
                refuse(form, "table", f"{problem.message} {problem.remedy}")
            else:
                return to(self._at("one", importing.take_in(self.about, table).id))
        return self._asks(form)

    def look(self, id: UUID) -> Response:
        """What would become of it, or what has."""
        run = importing.run_of(self.about, id)
        values = {"about": self.about, "run": run, "at": lambda door: self._at(door, id), "list": url_for(self.back), "ask": url_for(self.endpoint)}
        if run.state is ImportState.READ:
            verdicts, _columns = importing.judged(self.about, id)
            counts = Counter(one.state.value for one in verdicts)
            wrong = [one for one in verdicts if one.state is RowState.LEFT]
            lacking = importing.missing(self.about, run)
            return render("manage/import-check.html", counts=counts, wrong=wrong[:SHOWN], more=max(0, len(wrong) - SHOWN), missing=lacking, **values)
        left, kept = self._named(id, RowState.LEFT), self._named(id, RowState.UNDONE)
        counts = Counter(state.value for state in session.scalars(select(ImportRow.state).where(ImportRow.import_id == id)))
        done = session.get(Work, {"academy_id": context.academy.id, "id": run.work_id}) if run.work_id is not None else None
        for word in ("undone", "kept"):  # the row goes with whoever is erased, so the work has counted
            counts[word] = done.numbers.get(word, 0) if done is not None else 0
        work = url_for("manage_work.one", id=run.work_id) if run.work_id is not None else ""
        return render("manage/import-done.html", counts=counts, left=left, kept=kept, work=work, **values)

    def _named(self, id: UUID, state: RowState) -> Sequence[Row[int, str]]:
        """The first rows of a state, each with its reason."""
        rows = (ImportRow.import_id == id, ImportRow.state == state, ImportRow.reason != "")
        return session.execute(select(ImportRow.number, ImportRow.reason).where(*rows).order_by(ImportRow.number).limit(SHOWN)).all()

    def columns(self, id: UUID) -> Response:
        """Say which column fills which field; then look again."""
        importing.choose_columns(self.about, importing.run_of(self.about, id), request.form)
        return to(self._at("one", id))

    def start(self, id: UUID) -> Response:
        """Let a job do it."""
        return to(url_for("manage_work.one", id=importing.start(self.about, id, self._at("one", id))))

    def undo(self, id: UUID) -> Response:
        """Let a job take it back."""
        return to(url_for("manage_work.one", id=importing.undo(self.about, importing.run_of(self.about, id), self._at("one", id))))

    def let_go(self, id: UUID) -> Response:
        """Do not bring it in."""
        importing.let_go(importing.run_of(self.about, id))
        return to(url_for(self.endpoint))

    def left(self, id: UUID) -> Response:
        """Rows that cannot come in or did not, as CSV with the reason, to be corrected and sent again."""
        run = importing.run_of(self.about, id)
        reasons = self._reasons(run)
        cells = session.execute(select(ImportRow.number, ImportRow.cells).where(ImportRow.import_id == id).order_by(ImportRow.number))
        lines = [[*row, *[""] * (len(run.head) - len(row)), reasons[number]] for number, row in cells if number in reasons]
        body = MARK.encode() + as_csv([[*run.head, _("What to do")], *lines])
        return Response(body, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{self.about.name}-left-out.csv"'})

    def _reasons(self, run: ImportRun) -> dict[int, str]:
        if run.state is ImportState.READ:
            return {one.number: f"{one.column}: {one.reason}" for one in importing.judged(self.about, run.id)[0] if one.state is RowState.LEFT}
        rows = select(ImportRow.number, ImportRow.reason).where(ImportRow.import_id == run.id, ImportRow.state == RowState.LEFT)
        return {row.number: row.reason for row in session.execute(rows)}

    def _at(self, door: str, id: UUID) -> str:
        return url_for(f"{self.endpoint}_{door}", id=id)
