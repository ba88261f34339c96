# SPDX-License-Identifier: MIT
"""Note what went out, read who has received what, note what they must be told and whether they were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select

from upart import clock
from upart.db import session
from upart.disclosure.models import Disclosure, DisclosureNotice
from upart.disclosure.words import NoticeAct, NoticeState
from upart.jobs.actions import enqueue
from upart.privacy.register import Register

TELL = "disclosure.tell"
"""The task that tells a recipient one thing."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(hours=1)
"""Before a recipient that could not be told is told again; doubled each time."""

OPEN = (NoticeState.WAITING, NoticeState.FAILED)
"""States of notices that a machine still has to deliver."""


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries in vain."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(max(tries - 1, 0), 20)))


class Whom(NamedTuple):
    """Whom a job is about, when all that is known of them is their id."""

    id: UUID


def noted(person_id: UUID, recipient: str, purpose: str, fields: Sequence[str], *, permission: str = "", authority: str = "") -> Disclosure:
    """A line of the log, not yet in it: guards are asked about it first."""
    given = {"recipient": recipient, "purpose": purpose, "fields": list(fields), "permission": permission, "authority": authority}
    return Disclosure(person_id=person_id, at=clock.now(), **given)


def log_of(person_id: UUID) -> Sequence[Disclosure]:
    """What went out about a person of this academy, oldest first."""
    return session.scalars(select(Disclosure).where(Disclosure.person_id == person_id).order_by(Disclosure.at, Disclosure.id)).all()


def received_by(person_id: UUID) -> dict[str, set[str]]:
    """The recipients that have really received something of a person, each with the names of columns (GDPR art. 15(1)(c), 19).

    Authorities that asked in an inquiry are none (art. 4(9)).
    """
    return merged(log_of(person_id))


def merged(log: Iterable[Disclosure]) -> dict[str, set[str]]:
    """What each recipient of these lines has received, without authorities."""
    found: dict[str, set[str]] = {}
    for row in log:
        if not row.authority:
            found.setdefault(row.recipient, set()).update(row.fields)
    return found


def with_copies(register: Register, fields: Iterable[str]) -> set[str]:
    """These columns, and those that are copies of them: a copy follows corrections of its source."""
    found = set(fields)
    copies = [(d.source, f"{e.table}.{c.name}") for e in register.tables.values() for c, d in e.declared() if d.kind == "copy"]
    while more := {copy for source, copy in copies if source in found} - found:
        found |= more
    return found


def plan_notice(
    person: Any, act: NoticeAct, *, store: str = "", recipient: str = "", fields: Collection[str] = (), addresses: Sequence[str] = ()
) -> DisclosureNotice:
    """Let a recipient be told something about a person; without a store somebody of the academy must do it by hand.

    `addresses` are earlier ones, by which the recipient knows them. Needs a write session.
    """
    state = NoticeState.WAITING if store else NoticeState.BY_HAND
    row = DisclosureNotice(person_id=person.id, act=act, store=store, recipient=recipient, fields=sorted(fields), addresses=list(addresses), state=state)
    session.add(row)
    session.flush()
    if store:
        enqueue(TELL, person=person, notice=row.id)
    return row


def open_notice(id: UUID) -> DisclosureNotice | None:
    """The notice, unless it was delivered, or went with its person."""
    return session.scalars(select(DisclosureNotice).where(DisclosureNotice.id == id, DisclosureNotice.state.in_(OPEN))).first()


def comes_after(notice: DisclosureNotice) -> bool:
    """Is something that was to be told earlier, to the same store about the same person, not told yet?"""
    earlier = (DisclosureNotice.person_id == notice.person_id, DisclosureNotice.store == notice.store, DisclosureNotice.id < notice.id)
    return session.scalar(select(DisclosureNotice.id).where(*earlier, DisclosureNotice.state.in_(OPEN)).limit(1)) is not None


def overdue_notices(attempts: int, before: datetime) -> Sequence[DisclosureNotice]:
    """Those that failed so often and were made before this instant, and those that wait for a hand."""
    failed = and_(DisclosureNotice.state == NoticeState.FAILED, DisclosureNotice.attempts >= attempts, DisclosureNotice.made_at < before)
    return session.scalars(select(DisclosureNotice).where(or_(failed, DisclosureNotice.state == NoticeState.BY_HAND))).all()


def note_told(id: UUID) -> DisclosureNotice | None:
    """The recipient was told, by machine or by hand. Needs a write session."""
    row = session.scalars(select(DisclosureNotice).where(DisclosureNotice.id == id, DisclosureNotice.state != NoticeState.DONE)).first()
    if row is not None:
        row.state, row.problem, row.told_at, row.addresses = NoticeState.DONE, "", clock.now(), []
    return row


def note_untold(id: UUID, problem: str) -> None:
    """The recipient could not be told: it is tried again later, without end. Needs a write session."""
    if (row := open_notice(id)) is None:
        return
    row.attempts += 1
    row.problem, row.state = problem, NoticeState.FAILED
    enqueue(TELL, person=Whom(row.person_id), run_at=clock.now() + wait_after(row.attempts), notice=row.id)
