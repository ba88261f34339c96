# SPDX-License-Identifier: MIT
"""An academy closes: everybody is told; on the day each person is erased by a request of their own, then goes what is left of the academy."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from upart import clock
from upart.academies import ending
from upart.academies.ending import Ending
from upart.accounts.actions.managing import owners
from upart.accounts.models import Person
from upart.context import CurrentAcademy, context
from upart.db import everywhere, reading, session, writing
from upart.db.scrub import scrub
from upart.errors import Problem
from upart.events.actions import emit
from upart.events.noting import Kind, note
from upart.hooks.guards import unopposed
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.privacy.register import TableEntry
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.beginning import begin_whole
from upart.rights.actions.holding_back import is_held_back
from upart.rights.actions.retaining import NotAllWent
from upart.rights.engine.emptying import Emptier
from upart.rights.engine.holdings import holdings
from upart.rights.engine.removing import Counts
from upart.rights.models import AskedBy, RequestKind, RequestState, RightsRequest, RightsStep
from upart.rights.scanning.database import StillRead
from upart.storage.models import File
from upart.storage.removing import remove_bytes
from upart.theming.locales import gettext as _

log = logging.getLogger("upart.rights")

TELL = "rights.tell_of_closing"
"""The task that writes to everybody: that the academy closes, or that it goes on."""

SOME = 10
"""People who are written to in one transaction: others write too."""

AT_WORK = (RequestState.RUNNING, RequestState.PARTIALLY_DONE)
"""States of a request that a worker is carrying out."""


def close(closes_at: datetime | None = None) -> datetime:
    """Close this academy in 30 days, or at an instant: everybody is told. Needs a write session. Raises Problem 409 for the platform, and once it has begun."""
    at = closes_at or clock.now() + ending.NOTICE
    if not ending.announce(session(), context.academy.id, at):
        raise Problem(409, _("This academy is being closed already."), remedy=_("Look at how far it has come."))
    note(Kind.CLOSING, closes_at=at.isoformat())
    emit("academies.closes")
    if at > clock.now():
        enqueue(TELL, what="closes", at=at.isoformat())
    return at


def go_on_after_all(closes_at: datetime) -> None:
    """Take the closing back: everybody is told again. Needs a write session. Raises Problem 409 once the day has come."""
    if not ending.take_back(session(), context.academy.id):
        raise Problem(409, _("The day has come: this cannot be taken back any more."), remedy=_("Look at how far it has come."))
    note(Kind.GOING_ON)
    emit("academies.goes_on")
    enqueue(TELL, what="goes-on", at=closes_at.isoformat())


def tell(what: str, at: str) -> None:
    """Task, outside of any session: write to all people of the academy, once each, as long as it is true."""
    day, after, found = datetime.fromisoformat(at), UUID(int=0), SOME
    while found == SOME:
        with writing(context.academy):
            if ending.stage_of(session(), context.academy.id) != ((Ending.ANNOUNCED, day) if what == "closes" else (None, None)):
                return
            people = session.scalars(select(Person).where(Person.id > after).order_by(Person.id).limit(SOME)).all()
            for person in people:
                values = {"day": day, "copy": address_of("/privacy/mine")}
                send(person, Purpose.RIGHTS, template=f"rights/mail/{what}.txt", values=values, dedupe_key=f"academies.{what}:{at}:{person.id}")
            found, after = len(people), people[-1].id if people else after


def sweep() -> None:
    """Task, hourly, outside of any session: takes each academy that closes as far as it comes; one that fails stops no other, and is tried again."""
    platform = context.academy
    for one in ending.all_ending():
        academy = current_app.extensions["upart"].directory.by_id(one.id)
        try:
            if academy is not None and one.closes_at <= clock.now():
                come_further(academy, platform)
        except Exception:  # the next run tries it again
            log.exception("closing an academy has come no further")


def come_further(academy: CurrentAcademy, platform: CurrentAcademy) -> None:
    """Take one academy whose day has come as far as it comes now. Works in short transactions that can end anywhere; whoever starts again goes on."""
    with writing(academy):
        begin_if_due()
        stage, _day = ending.stage_of(session(), academy.id)
    if stage is Ending.LEAVING:
        for id in _asked_next(academy):
            _let_go(academy, id)
        with writing(academy):
            if _is_anybody_here() or not ending.nobody_left(session(), academy.id, _gone_with_people()):
                return
            stage = Ending.EMPTYING
    if stage is not None and stage is not Ending.ANNOUNCED:
        _let_rows_go(academy, platform, stage)


def begin_if_due() -> None:
    """Once its day has come this academy is paused. Needs a write session; safe to repeat."""
    if ending.begin(session(), context.academy.id):
        emit("academies.leaving")


def _asked_next(academy: CurrentAcademy) -> Sequence[UUID]:
    """Whose erasure is still to be begun: owners when nobody else is left, since what stands against an erasure is for them to decide."""
    with reading(academy):
        running = select(RightsRequest.person_id).where(
            RightsRequest.kind == RequestKind.ERASE, RightsRequest.state.in_(AT_WORK), RightsRequest.person_id.is_not(None)
        )
        everybody = session.execute(select(Person.id, Person.roles).order_by(Person.id)).all()
        begun = set(session.scalars(running))
    others = [id for id, roles in everybody if "owner" not in roles]
    return [id for id in others or [id for id, _roles in everybody] if id not in begun]


def _let_go(academy: CurrentAcademy, id: UUID) -> None:
    """Begin one erasure, also one that the person has asked for and that has waited. What must not happen yet is asked again with the next run."""
    try:
        with writing(academy):
            person = session.scalars(select(Person).where(Person.id == id)).first()
            if person is None:
                return
            request = ask_to_erase(person, asked_by=AskedBy.OFFICER, words=_("The academy closes."))
            if request.state in (RequestState.NEEDS_TRANSFER, RequestState.NEEDS_DECISION) and not is_held_back(request, person):
                unopposed("rights.erase", person)
                begin_whole(request, person)
    except Problem as problem:
        log.warning("somebody cannot be erased yet though the academy closes: %s", problem.message)


def _is_anybody_here() -> bool:
    """Is there somebody still, or a request that is being carried out?"""
    at_work = select(RightsRequest.id).where(RightsRequest.state.in_(AT_WORK))
    return any(session.scalar(found.limit(1)) is not None for found in (select(Person.id), at_work))


def _gone_with_people() -> dict[str, int]:
    """How many rows of each table have gone by the requests that ended since the day came."""
    _stage, at = ending.stage_of(session(), context.academy.id)
    went: Counter[str] = Counter()
    steps = select(RightsStep.counts).join(RightsRequest, RightsStep.request_id == RightsRequest.id)
    for counts in session.scalars(steps.where(RightsRequest.kind == RequestKind.ERASE, RightsRequest.done_at >= at)):
        went.update({table: fates.get("deleted", 0) for table, fates in counts.items()})
    return {table: number for table, number in went.items() if number}


def _let_rows_go(academy: CurrentAcademy, platform: CurrentAcademy, stage: Ending) -> None:
    """What belongs to nobody in person goes: rows, files, bytes. What a law keeps stays with the academy's row until its time is over."""
    emptier, changed, failed = Emptier(holdings(), academy.id, partial(_note, academy.id)), set[str](), list[str]()
    for entry in emptier.tables():
        try:
            if _is_due(emptier, entry):
                emptier.empty(entry)
                changed.add(entry.table)
        except Exception:  # one table that fails must not stop the others
            log.exception("%s could not let go of what an academy held that closes", entry.table)
            failed.append(entry.table)
    if failed:
        raise NotAllWent(f"Not done: {', '.join(failed)}.", remedy="The log says why. It is tried again by itself.")
    remove_bytes()
    if (changed or stage is Ending.EMPTYING) and not scrub(sorted(emptier.held.tables), changed):
        raise StillRead("Somebody still reads an older state of the database.", remedy="It is tried again by itself.")
    _end(emptier, academy, platform)


def _is_due(emptier: Emptier, entry: TableEntry) -> bool:
    with everywhere("does an academy that closes still hold anything?") as opened:
        return emptier.is_due(opened, entry)


def _note(academy_id: UUID, opened: Session, counts: Counts) -> None:
    ending.note(opened, academy_id, {table: fates["deleted"] for table, fates in counts.items()})


def _end(emptier: Emptier, academy: CurrentAcademy, platform: CurrentAcademy) -> None:
    """The platform's owners are told, once, in numbers; the row goes with the last that it has kept."""
    with everywhere("what does a law keep of an academy that closes?") as opened:
        kept = sum(emptier.count(opened, emptier.held.entry(table))["kept"] for table in emptier.left(opened))
    with writing(platform):
        if ending.emptied(session(), academy.id):
            went = ending.went_of(session(), academy.id)
            numbers = {"people": went.get(Person.__tablename__, 0), "lines": sum(went.values()), "files": went.get(File.__tablename__, 0), "kept": kept}
            for owner in owners():
                send(owner, Purpose.RIGHTS, template="rights/mail/closed.txt", values={"name": academy.name, "slug": academy.slug, **numbers})
            emit("academies.closed")
    with everywhere("an academy that closed has nothing left", write=True) as opened:
        if next(emptier.left(opened), None) is None:
            ending.forget(opened, academy.id)
