# SPDX-License-Identifier: MIT
"""Requests as officers see them: the list, the clock, texts to start from, what waits for a human."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.hooks.find import Page, paged
from upart.rights import naming
from upart.rights.actions.attempting import STUBBORN
from upart.rights.actions.behalf import hidden_person
from upart.rights.actions.history import taken_by
from upart.rights.actions.reminding import UNPROVEN
from upart.rights.dates import REMINDERS, SILENT
from upart.rights.models import Act, RequestKind, RightsEntry, RightsRequest, RightsStep, StepState
from upart.rights.showing.requests import RequestLine, lines_of
from upart.rights.states import ENDED
from upart.theming import wording
from upart.theming.locales import gettext as _

PAGE, SHOWN = 50, 5
"""Requests on a page of the list, and on the staff's first page."""

FILTERS = {"open": "Open", "mine": "Mine", "nobody": "Nobody’s", "overdue": "Overdue", "ended": "Ended"}

TEXTS: dict[str, tuple[str, str]] = {
    "asking": ("Ask for something", "we got your request of %(day)s. To answer it, we need to know one thing more:\n\n"),
    "progress": ("Say how it stands", "we are working on your request of %(day)s. You get our answer by %(due)s.\n"),
    "nothing": ("Nothing is held", "we looked at your request of %(day)s. We hold nothing of what you asked about.\n"),
}
"""Texts to start an answer from: what the officer chooses by, and the words after the greeting."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request in the officers' list: `left` is days until it is due, `stubborn` how many steps were tried in vain ten times."""

    line: RequestLine
    right: str
    who: str
    asked_by: str
    taken_by: str
    left: int
    stubborn: int


@dataclass(frozen=True, slots=True)
class Clock:
    """The days of a request: each a cell (past, today, mark, due), and the days that have a name, in order."""

    left: int
    day: int
    cells: tuple[str, ...]
    named: tuple[tuple[str, str], ...]


def queue(show: str, kind: RequestKind | None, after: str | None) -> Page[Any]:
    """A page of requests: what ended newest first, all else most pressing first."""
    mine = _chosen(select(RightsRequest), show)
    if kind is not None:
        mine = mine.where(RightsRequest.kind == kind)
    order = RightsRequest.done_at if show == "ended" else RightsRequest.due_on
    return paged(mine, order, RightsRequest.id, after=after, size=PAGE, newest_first=show == "ended")


def _chosen(mine: Select[Any], show: str) -> Select[Any]:
    if show == "ended":
        return mine.where(RightsRequest.state.in_(ENDED))
    mine = mine.where(RightsRequest.state.not_in((*ENDED, *UNPROVEN)))
    if show == "overdue":
        return mine.where(RightsRequest.due_on < clock.now().date())
    if show in ("mine", "nobody"):
        held = _holder()
        return mine.where(held == context.person.id if show == "mine" else held.is_(None))
    return mine


def open_requests() -> Select[Any]:
    """All that are not ended, and of which it is known who asks."""
    return _chosen(select(RightsRequest), "open")


def _holder() -> Any:
    """Who has taken a request and not given it back: by the last line that says so."""
    taken = select(case((RightsEntry.act == Act.TAKEN, RightsEntry.officer_id)))
    lines = taken.where(RightsEntry.request_id == RightsRequest.id, RightsEntry.act.in_((Act.TAKEN, Act.RELEASED)))
    return lines.order_by(RightsEntry.at.desc(), RightsEntry.id.desc()).limit(1).correlate(RightsRequest).scalar_subquery()


def asked(rows: Sequence[RightsRequest]) -> list[Asked]:
    """Requests in words, with the names of those concerned; as many statements for one as for fifty."""
    ids = [row.id for row in rows]
    holders, stubborn = taken_by(ids), _stubborn(ids)
    names = names_of([*holders.values(), *(row.person_id or hidden_person(row) for row in rows)])
    return [_asked(row, names, names.get(holders.get(row.id), ""), stubborn.get(row.id, 0)) for row in rows]


def _asked(row: RightsRequest, names: Mapping[UUID | None, str], holder: str, stubborn: int) -> Asked:
    who = names.get(row.person_id or hidden_person(row), "") or next(iter(row.addresses), "") or _("Somebody who is gone")
    left = (row.due_on - clock.now().date()).days
    return Asked(lines_of(row), _(naming.RIGHTS[row.kind]), who, _(naming.ASKED_BY[row.asked_by]), holder, left, stubborn)


def _stubborn(ids: Sequence[UUID]) -> dict[UUID, int]:
    steps = select(RightsStep.request_id, func.count(RightsStep.id)).where(
        RightsStep.request_id.in_(ids), RightsStep.state == StepState.FAILED, RightsStep.attempts >= STUBBORN
    )
    return {id: int(number) for id, number in session.execute(steps.group_by(RightsStep.request_id))}


def names_of(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """What people of this academy are called."""
    wanted = {id for id in ids if id is not None}
    return {person.id: person.name for person in session.scalars(select(Person).where(Person.id.in_(wanted)))}


def clock_of(row: RightsRequest) -> Clock:
    """From the day of receipt to the day on which it is due."""
    today, first = clock.now().date(), row.received_at.date()
    told, reminders = first + SILENT, [row.due_on - before for before in REMINDERS]
    days = [first + timedelta(days=at) for at in range((row.due_on - first).days + 1)]
    marks = {told, *reminders}
    kinds = ["due" if day == row.due_on else "today" if day == today else "mark" if day in marks else "past" if day < today else "" for day in days]
    named = [(_("Received"), [first]), (_("The platform hears of silence"), [told]), (_("You are reminded"), reminders), (_("Due"), [row.due_on])]
    in_order = sorted(named, key=lambda one: one[1])
    return Clock((row.due_on - today).days, (today - first).days, tuple(kinds), tuple((label, _days(days)) for label, days in in_order))


def _days(days: Sequence[date]) -> str:
    """ "7 Dec", or "2 and 7 Dec"."""
    *before, last = days
    texts = [day.strftime("%-d" if day.month == last.month else "%-d %b") for day in before]
    return _(" and ").join([*texts, last.strftime("%-d %b")])


def starts(row: RightsRequest, name: str) -> dict[str, tuple[str, str]]:
    """Texts to start an answer from, filled in: key to label and text."""
    values = {"day": wording.day(row.received_at), "due": wording.day(row.due_on)}
    greeting = _("Dear %(name)s,", name=name)
    return {key: (_(label), f"{greeting}\n\n{_(text, **values)}") for key, (label, text) in TEXTS.items()}


def facts(row: RightsRequest) -> list[tuple[str, str]]:
    """What a request is, in words."""
    found = [
        (_("Right"), _("%(right)s, art. %(article)s", right=_(naming.RIGHTS[row.kind]), article=naming.ARTICLES[row.kind])),
        (_("Asked"), _(naming.ASKED_BY[row.asked_by])),
        (_("How we know"), row.details.get("identity", "")),
        (_("Account"), "" if row.kind is not RequestKind.ERASE else _("goes as well") if row.with_account else _("stays")),
        (_("Authority"), row.details.get("authority", "")), (_("Legal base"), row.details.get("law", "")), (_("Reference"), row.details.get("reference", "")),
        (_("Person is told on"), row.details.get("tell_on", "")), (_("Told later because"), row.details.get("why_later", "")),
    ]  # fmt: skip
    return [(label, text) for label, text in found if text]
