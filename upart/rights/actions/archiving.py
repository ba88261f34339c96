# SPDX-License-Identifier: MIT
"""The copy of all that is held: asked for, made by a job, taken once within 7 days (GDPR art. 15, 20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from upart import clock
from upart.accounts.actions.tokens import link
from upart.accounts.models import Person
from upart.context import context
from upart.db import everywhere, reading, session, uuid7
from upart.errors import Problem
from upart.keys import fingerprint, fingerprints, new_token
from upart.mail.actions import send
from upart.privacy.taxonomy import Category, Purpose
from upart.rights.actions.asking import lock, received, unfinished
from upart.rights.actions.attempting import Finish
from upart.rights.actions.working import begin
from upart.rights.contents import fill
from upart.rights.engine.archive import ArchiveWriter
from upart.rights.engine.subjects import DataSubject
from upart.rights.models import ArchiveState, AskedBy, RequestKind, RightsArchive, RightsRequest
from upart.rights.subjects import with_account_of
from upart.storage.incoming import Incoming
from upart.storage.models import File
from upart.storage.places import place
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


def make_archive(request: UUID) -> Finish | None:
    """Step, outside of a session: write the copy to the disk; what it returns makes it known and mails the link."""
    with reading(context.academy):
        archive = session.scalars(select(RightsArchive).where(RightsArchive.request_id == request)).first()
        person = session.scalars(select(Person).where(Person.id == archive.person_id)).first() if archive is not None else None
        if archive is None or person is None or archive.state is not ArchiveState.WAITING:
            return None
        subjects, name, id = subjects_for(person), str.__str__(person.name), uuid7()
    with Incoming(place()) as incoming:
        write_archive(incoming, subjects, name)
        place().put(context.academy.id, id, incoming.done())
        size, sha256 = incoming.size, incoming.sha256
    return lambda: _ready(request, id, size, sha256)


def write_archive(out: Any, subjects: list[DataSubject], name: str) -> None:
    """Write the whole copy into anything that has `write`. Opens its own reading sessions."""
    writer = ArchiveWriter(out)
    fill(writer, subjects, name)
    writer.close()


def _ready(request: UUID, id: UUID, size: int, sha256: str) -> None:
    archive = session.scalars(select(RightsArchive).where(RightsArchive.request_id == request)).one()
    person = session.scalars(select(Person).where(Person.id == archive.person_id)).one()
    now, token = clock.now(), new_token()
    name = f"{context.academy.slug}-{now:%Y-%m-%d}.zip"
    kept = File(
        id=id, about_id=person.id, name=name, sha256=sha256, category=Category.CONTENT_PRIVATE.value, content_type="application/zip", size=size, own_bytes=False
    )
    session.add(kept)
    session.flush()
    archive.file_id, archive.digest = id, fingerprint(token, context.academy.id)
    archive.state, archive.made_at, archive.ends_at = ArchiveState.READY, now, now + LIVES
    path = "/privacy/requests/copy" if _by_link(request) else "/privacy/archive"
    send(person, Purpose.RIGHTS, template="rights/mail/archive.txt", values={"link": link(path, token), "ends": archive.ends_at, "by_link": _by_link(request)})


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
