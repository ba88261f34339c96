# SPDX-License-Identifier: MIT
"""Correct one line: a form made from the declarations of its table."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Response, url_for

from upart.accounts.views.doors import to
from upart.context import context
from upart.db import everywhere
from upart.errors import NotHere, Problem
from upart.hooks.routes import Blueprint, fresh
from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.actions.archiving import subjects_for
from upart.rights.actions.correcting import ask_to_correct
from upart.rights.correction_form import changed, form_of
from upart.rights.engine.correcting import Corrector, Value
from upart.rights.engine.holdings import holdings
from upart.rights.engine.subjects import Finder
from upart.theming.forms import Form, refuse, show
from upart.theming.locales import gettext as _

correcting = Blueprint("correcting", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A row that somebody wants to correct: its table, and what may be typed in."""

    entry: TableEntry
    id: UUID
    values: list[Value]

    @property
    def title(self) -> str:
        """What such rows are called."""
        return _(self.entry.title)

    @property
    def is_self(self) -> bool:
        """Is it the person? Then the pages of the account change most of it at once."""
        return self.entry.table in PEOPLE

    @property
    def has_times(self) -> bool:
        """Are there instants, which are told in a zone?"""
        return any(value.sort == "time" for value in self.values)


@correcting.get("/privacy/mine/correct/<plugin>/<table>/<uuid:row>", policy=fresh)
def edit(plugin: str, table: str, row: UUID) -> Response:
    """The form, filled with what stands there now."""
    line = _line(plugin, table, row)
    return _show(line, form_of(line.values, _zone())())


@correcting.post("/privacy/mine/correct/<plugin>/<table>/<uuid:row>", policy=fresh)
def ask(plugin: str, table: str, row: UUID) -> Response:
    """Ask for the correction. What was typed stays when it cannot be used."""
    line = _line(plugin, table, row)
    form = form_of(line.values, _zone()).posted()
    if not form.validate():
        return _show(line, form)
    values, words = changed(form, line.values, _zone()), (form["words"].data or "").strip()
    if not values and not words:
        refuse(form, "words", _("Change a value, or say in words what is wrong."))
        return _show(line, form)
    try:
        asked = ask_to_correct(context.person, table, row, values, words)
    except Problem as problem:
        return _show(line, form, problem.status, against=f"{problem.message} {problem.remedy}")
    return to(url_for("requests.one", id=asked.id))


def _line(plugin: str, table: str, row: UUID) -> Line:
    """The person's own line; others' and absent ones answer alike."""
    held = holdings()
    entry = held.register.tables.get(table)
    if entry is None or entry.plugin != plugin or not entry.is_personal:
        raise NotHere
    with everywhere("show somebody a line about them, to be corrected") as opened:
        for subject in subjects_for(context.person):
            corrector = Corrector(Finder(held, subject), entry, row)
            if corrector.reader.matches and (found := corrector.row(opened)) is not None:
                return Line(entry, row, corrector.values(found))
    raise NotHere


def _show(line: Line, form: Form, status: int | None = None, against: str = "") -> Response:
    return show("rights/correct.html", form, status, line=line, against=against, zone=_zone())


def _zone() -> str:
    return str(context.person.zone)
