# SPDX-License-Identifier: MIT
"""Remind officers before a request is due, tell the platform's officer of silence, reveal letters whose day has come."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select

from upart import clock
from upart.accounts.actions.managing import holders
from upart.accounts.models import Person
from upart.context import CurrentAcademy, context
from upart.db import everywhere, session, writing
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.rights import naming
from upart.rights.actions.behalf import hidden_person, reveal
from upart.rights.actions.history import HUMAN, enter
from upart.rights.dates import OVERDUE, REMINDERS, SILENT
from upart.rights.models import Act, RequestKind, RequestState, RightsEntry, RightsRequest
from upart.rights.states import ENDED
from upart.theming import wording

log = logging.getLogger("upart.rights")

ANSWER = "rights.answer"
"""Permission to see and answer requests."""

UNPROVEN = (RequestState.RECEIVED, RequestState.VERIFYING)
"""States in which anybody may have typed any address: nobody is bothered with these."""

REMIND = "rights.remind"
"""The task that does all of this."""


def officers() -> list[Person]:
    """Who may see and answer requests here, and is not suspended."""
    roles = [role for role, permissions in context.academy.roles.items() if ANSWER in permissions]
    return list({person.id: person for role in roles for person in holders(role)}.values())


def remind() -> None:
    """Task, hourly, outside of any session: each academy is a transaction of its own, and one that fails stops no other."""
    platform, directory = context.academy, current_app.extensions["upart"].directory
    for academy in filter(None, map(directory.by_id, _concerned())):
        try:
            with writing(academy):
                _remind_here()
            _report(academy, platform)
        except Exception:  # the next run tries it again
            log.exception("reminders of an academy failed")


def _concerned() -> list[UUID]:
    now = clock.now()
    near = RightsRequest.due_on <= now.date() + max(REMINDERS)
    letter = (RightsRequest.kind == RequestKind.AUTHORITY) & RightsRequest.person_id.is_(None)
    with everywhere("find academies with requests that are soon due") as opened:
        open_ones = select(RightsRequest.academy_id).where(or_(RightsRequest.state.not_in((*ENDED, *UNPROVEN)), letter))
        return list(opened.scalars(open_ones.where(or_(near, letter, RightsRequest.received_at <= now - SILENT)).distinct()))


def _remind_here() -> None:
    letters = select(RightsRequest).where(RightsRequest.kind == RequestKind.AUTHORITY, RightsRequest.person_id.is_(None))
    for letter in session.scalars(letters.with_for_update()):
        if hidden_person(letter) is not None and letter.details["tell_on"] <= clock.now().date().isoformat():
            reveal(letter)
    due = [request for request in _open() if (since := last_reminder(request.due_on)) is not None and not _reminded(request, since)]
    if due:
        for officer in officers():
            send(officer, Purpose.RIGHTS, template="rights/mail/reminder.txt", values={"requests": _named(due), "link": address_of("/manage/requests/")})
        for request in due:
            enter(request, Act.REMINDED)


def last_reminder(due_on: date) -> date | None:
    """The last day, today or before, on which officers are reminded of what is due then; None before the first."""
    today, late = clock.now().date(), due_on - OVERDUE[0]
    days = [due_on - before for before in REMINDERS]
    if today >= late:
        days.append(late + OVERDUE[1] * ((today - late) // OVERDUE[1]))
    return max((day for day in days if day <= today), default=None)


def _open() -> Sequence[RightsRequest]:
    """What has not ended, most pressing first; a second worker waits here."""
    mine = select(RightsRequest).where(RightsRequest.state.not_in((*ENDED, *UNPROVEN)))
    return session.scalars(mine.order_by(RightsRequest.due_on, RightsRequest.id).with_for_update()).all()


def _reminded(request: RightsRequest, since: date) -> bool:
    lines = select(RightsEntry.at).where(RightsEntry.request_id == request.id, RightsEntry.act == Act.REMINDED)
    return any(at.date() >= since for at in session.scalars(lines))


def _report(academy: CurrentAcademy, platform: CurrentAcademy) -> None:
    """Tell the platform's officer first: its mail is made once, so that a worker killed between the two doubles nothing."""
    with writing(academy):
        silent = [(request.id, request.kind, request.received_at.date(), request.due_on) for request in _open() if _silent(request)]
    if not silent:
        return
    key = hashlib.sha256("".join(sorted(str(id) for id, *_rest in silent)).encode()).hexdigest()[:32]
    kinds: dict[str, list[str]] = defaultdict(list)
    for _id, kind, received_on, _due_on in silent:
        kinds[naming.RIGHTS[kind]].append(wording.day(received_on))
    with writing(platform):
        values = {"name": academy.name, "host": academy.host, "number": len(silent), "kinds": kinds, "due": min(due_on for *_rest, due_on in silent)}
        told = officers()
        for officer in told:
            send(officer, Purpose.RIGHTS, template="rights/mail/silent.txt", values=values, dedupe_key=f"rights.silent:{key}:{officer.id}")
    with writing(academy):
        for request in _open() if told else []:
            if request.id in {id for id, *_rest in silent} and _silent(request):
                enter(request, Act.REPORTED)


def _silent(request: RightsRequest) -> bool:
    """For 21 days no human has done anything about it, and the platform has not heard of it yet."""
    if request.received_at > clock.now() - SILENT:
        return False
    acts = select(RightsEntry.id).where(RightsEntry.request_id == request.id, RightsEntry.act.in_((*HUMAN, Act.REPORTED)))
    return session.scalar(acts.limit(1)) is None


def _named(requests: Iterable[RightsRequest]) -> list[tuple[str, date, timedelta]]:
    """Requests for a mail: which right, until when, and how long that is from now; never whose."""
    return [(naming.RIGHTS[request.kind], request.due_on, request.due_on - clock.now().date()) for request in requests]
