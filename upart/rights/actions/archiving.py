# SPDX-License-Identifier: MIT
"""The copy of all that is held: asked for, made by a job, taken once within 7 days (GDPR art. 15, 20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update

from upart import clock
from upart.accounts.actions.tokens import link
from upart.accounts.models import Person
from upart.context import context
from upart.db import everywhere, reading, session, uuid7
from upart.errors import Problem, UpartError
from upart.hooks.records import ExternalStore
from upart.hooks.stores import store_named
from upart.keys import fingerprint, fingerprints, new_token
from upart.mail.actions import send
from upart.privacy.taxonomy import Category, Purpose
from upart.rights.actions.asking import received
from upart.rights.actions.attempting import Finish, open_steps
from upart.rights.actions.pending import lock, unfinished
from upart.rights.actions.working import begin
from upart.rights.contents import fill
from upart.rights.engine.archive import ArchiveWriter
from upart.rights.engine.subjects import DataSubject
from upart.rights.models import ArchiveState, AskedBy, RequestKind, RightsArchive, RightsRequest, RightsStep, StepState
from upart.rights.outside import Answer, access, ask_all
from upart.rights.receivers import STORE, stores_of
from upart.rights.states import ENDED
from upart.rights.subjects import with_account_of
from upart.storage.incoming import Incoming
from upart.storage.models import File
from upart.storage.places import no_room_in_words, place
from upart.storage.removing import remove_bytes, remove_rows

ARCHIVE = "archive"
"""Holder of the step that makes the copy."""

LIVES = timedelta(days=7)
TAKEN_STAYS = timedelta(hours=1)
"""A download that has begun may go on for so long."""


def ask_for_archive(person: Person) -> RightsRequest:
    """Ask for a copy of all that is held; a job makes it and mails a link. Asking again while it is made changes nothing."""
    lock(person)
    if (running := unfinished(person, RequestKind.ACCESS)) is not None:
        return running
    request = received(person, RequestKind.ACCESS)
    plan_archive(request, person)
    return request


def plan_archive(request: RightsRequest, person: Person) -> None:
    """Let a job make the copy that a request asks for."""
    session.add(RightsArchive(person_id=person.id, request_id=request.id, digest="", ends_at=clock.now() + LIVES))
    begin(request, person, [ARCHIVE])


def subjects_for(person: Person) -> list[DataSubject]:
    """Whom a copy is about: the person here and, on the platform's host, the account."""
    return with_account_of(person, context.academy.is_platform)


class Incomplete(UpartError):
    """A whole copy cannot be made: a store does not answer."""


class Asked(NamedTuple):
    """A copy that is to be made: of whom, and from which stores besides the tables."""

    subjects: list[DataSubject]
    name: str
    stores: list[ExternalStore]
    waiting: UUID | None
    """The row of the copy, if it was not made yet."""


def make_archive(request: UUID) -> Finish | None:
    """Step, outside of a session: write the copy to the disk; what it returns makes it known and mails the link.

    What a store does not give is missing in the copy, which says so; it becomes a step of its own.
    """
    asked = _asked(request)
    if asked is None or asked.waiting is None:
        return None
    return _written(request, asked, ask_all(asked.stores, asked.subjects[0]))


def complete_archive(request: UUID, store: str) -> Finish | None:
    """Step: ask a store again that was missing. When the last of them has answered a whole copy is made."""
    asked = _asked(request)
    if asked is None:
        return None
    access(store_named(store), asked.subjects[0])
    with reading(context.academy):
        others = [holder for _id, holder, _tries in open_steps(request) if holder != f"{STORE}:{store}"]
    if others:
        return None
    answers = ask_all(asked.stores, asked.subjects[0])
    if missing := [one.store.name for one in answers if one.problem]:
        raise Incomplete(f"The store '{missing[0]}' does not answer any more.", remedy="It is asked again by itself.")
    return _written(request, asked, answers)


def _asked(request: UUID) -> Asked | None:
    with reading(context.academy):
        row = session.scalars(select(RightsRequest).where(RightsRequest.id == request, RightsRequest.state.not_in(ENDED))).first()
        person = session.scalars(select(Person).where(Person.id == row.person_id)).first() if row is not None else None
        if person is None:
            return None
        waiting = select(RightsArchive.id).where(RightsArchive.request_id == request, RightsArchive.state == ArchiveState.WAITING)
        return Asked(subjects_for(person), str.__str__(person.name), stores_of(person.id), session.scalar(waiting))


def _written(request: UUID, asked: Asked, answers: Sequence[Answer]) -> Finish | None:
    id = asked.waiting or uuid7()  # each try replaces what one before may have left
    with Incoming(place()) as incoming:
        write_archive(incoming, asked.subjects, asked.name, answers)
        if asked.waiting is not None and not _waits(asked.waiting):
            return None
        place().put(context.academy.id, id, incoming.done())
        size, sha256 = incoming.size, incoming.sha256
    return lambda: _ready(request, id, size, sha256, answers)


def _waits(archive: UUID) -> bool:
    """Has nobody else made it meanwhile?"""
    with reading(context.academy):
        return session.scalar(select(RightsArchive.state).where(RightsArchive.id == archive)) is ArchiveState.WAITING


def write_archive(out: Any, subjects: list[DataSubject], name: str, answers: Sequence[Answer] | None = None) -> list[Answer]:
    """Write the whole copy into anything that has `write`. Opens its own reading sessions.

    Returns the answers of stores, asked for if not given. Raises NoRoom; then what is written is no copy.
    """
    if answers is None:
        with reading(context.academy):
            asked = stores_of(subjects[0].person_id)
        answers = ask_all(asked, subjects[0])
    writer = ArchiveWriter(out)
    try:
        with no_room_in_words():
            fill(writer, subjects, name, answers)
            writer.close()
    except BaseException:
        writer.abandon()
        raise
    return list(answers)


def _ready(request: UUID, id: UUID, size: int, sha256: str, answers: Sequence[Answer]) -> None:
    row = session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one()
    person = session.scalars(select(Person).where(Person.id == row.person_id)).one()
    now, token = clock.now(), new_token()
    archive = _next(row, now)
    name = f"{context.academy.slug}-{now:%Y-%m-%d}.zip"
    kept = File(
        id=id, about_id=person.id, name=name, sha256=sha256, category=Category.CONTENT_PRIVATE.value, content_type="application/zip", size=size, own_bytes=False
    )
    session.add(kept)
    session.flush()
    archive.file_id, archive.digest = id, fingerprint(token, context.academy.id)
    archive.state, archive.made_at, archive.ends_at = ArchiveState.READY, now, now + LIVES
    late = [one for one in answers if one.problem]
    for at, one in enumerate(late, 1):
        failed = {"state": StepState.FAILED, "attempts": 1, "problem": one.problem}
        session.add(RightsStep(request_id=request, position=at, holder=f"{STORE}:{one.store.name}", **failed))
    path = "/privacy/requests/copy" if _by_link(request) else "/privacy/archive"
    values = {
        "link": link(path, token),
        "ends": archive.ends_at,
        "by_link": _by_link(request),
        "missing": [one.store.recipient or one.store.name for one in late],
    }
    send(person, Purpose.RIGHTS, template="rights/mail/archive.txt", values=values)


def _next(request: RightsRequest, now: datetime) -> RightsArchive:
    """The copy that has been asked for; after one in which something was missing, another, which takes its place."""
    of_request = select(RightsArchive).where(RightsArchive.request_id == request.id)
    if (waiting := session.scalars(of_request.where(RightsArchive.state == ArchiveState.WAITING)).first()) is not None:
        return waiting
    for earlier in session.scalars(of_request.where(RightsArchive.state == ArchiveState.READY)):
        earlier.ends_at = now
    made = RightsArchive(person_id=request.person_id, request_id=request.id, digest="", ends_at=now)
    session.add(made)
    return made


def _by_link(request: UUID) -> bool:
    """Is the copy for somebody who cannot sign in: they used a mailed link, or have no account?"""
    row = session.scalars(select(RightsRequest).where(RightsRequest.id == request)).first()
    return row is not None and (row.asked_by is AskedBy.LINK or row.account_id is None)


def archive_by(token: str) -> RightsArchive:
    """The copy that a link opens without signing in: one that was asked for in the same way. Raises Problem 410."""
    archive = session.scalars(select(RightsArchive).where(RightsArchive.digest.in_(fingerprints(token, context.academy.id)))).first()
    if archive is None or archive.state is not ArchiveState.READY or archive.ends_at < clock.now() or not _by_link(archive.request_id):
        raise Problem(410, "This copy has been downloaded already, or the link is too old.", remedy="Ask for a new copy.")
    return archive


def archive_of(person: Person, token: str) -> RightsArchive:
    """The copy that a link opens. Raises Problem 404 for somebody else, 410 when it is used up or too old."""
    archive = session.scalars(select(RightsArchive).where(RightsArchive.digest.in_(fingerprints(token, context.academy.id)))).first()
    if archive is not None and archive.person_id != person.id:
        raise Problem(404, "This page is not here.", remedy="Sign in with the account that asked for the copy.")
    if archive is None or archive.state is not ArchiveState.READY or archive.ends_at < clock.now():
        raise Problem(410, "This copy has been downloaded already, or the link is too old.", remedy="Ask for a new copy on your privacy page.")
    return archive


def take(archive: RightsArchive) -> File:
    """Use the link up; returns the file to send. Of two requests at once one gets Problem 410."""
    mine = update(RightsArchive).where(RightsArchive.id == archive.id, RightsArchive.state == ArchiveState.READY)
    taken: Any = session.execute(mine.values(state=ArchiveState.TAKEN, ends_at=clock.now() + TAKEN_STAYS).execution_options(synchronize_session=False))
    if taken.rowcount != 1:
        raise Problem(410, "This copy has been downloaded already.", remedy="Ask for a new copy on your privacy page.")
    return session.scalars(select(File).where(File.id == archive.file_id)).one()


def forget_archives() -> None:
    """Task, hourly on the platform, for all academies: copies that were taken or are too old go, with their bytes."""
    with everywhere("find copies that have ended") as opened:
        ended = opened.execute(select(RightsArchive.academy_id, RightsArchive.id, RightsArchive.file_id).where(RightsArchive.ends_at < clock.now())).all()
    for academy_id, id, file_id in ended:
        with everywhere("let go of a copy that has ended", write=True) as opened:
            opened.execute(delete(RightsArchive).where(RightsArchive.academy_id == academy_id, RightsArchive.id == id))
            if file_id is not None:
                remove_rows(opened, [file_id])
    remove_bytes()
