# SPDX-License-Identifier: MIT
"""Bring data along from another installation: a report first, then all of it or nothing (GDPR art. 20)."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import insert, or_, select
from sqlalchemy.exc import IntegrityError

from upart import clock
from upart.accounts.actions.entering import COPY, note_entered
from upart.accounts.models import Account, Person
from upart.context import context
from upart.db import Model, everywhere, reading, session
from upart.errors import Problem, UpartError
from upart.events.actions import emit
from upart.files.actions import upload
from upart.privacy.taxonomy import Category
from upart.rights.importing.fitting import Fitting
from upart.rights.importing.opened import MB, OpenedCopy, opened_copy
from upart.rights.importing.outcome import FileOf, Plan
from upart.rights.models import RightsImport
from upart.storage.kinds import Refused
from upart.storage.models import File
from upart.storage.places import place
from upart.storage.removing import remove_bytes, remove_rows
from upart.theming.locales import gettext as _

LIVES = timedelta(days=1)
CHUNK = 500
LARGEST = 200 * MB
"""Bytes of a copy that comes in by a page."""

Files = dict[UUID, File]


def plan_of(copy: OpenedCopy, person_id: UUID, actor: Person | None) -> Plan:
    """What a copy would become for this person of the current academy, `actor`, or for a new one (None). Opens a reading door of its own."""
    with reading(context.academy, actor):
        return Fitting(copy, person_id, actor).plan()


def keep(stream: Any, name: str | None, person: Person) -> None:
    """Keep a copy until its sender has seen the report, instead of one that was kept before. Comes before the first statement of its door."""
    file = upload(stream, name, Category.CONTENT_PRIVATE, about=person)
    session.flush()
    row = session.scalars(select(RightsImport).where(RightsImport.person_id == person.id).with_for_update()).first()
    if row is None:
        row = RightsImport(person_id=person.id)
        session.add(row)
    row.file_id, row.ends_at = file.id, clock.now() + LIVES


def kept(person_id: UUID) -> RightsImport | None:
    """The copy that a person has sent and not confirmed."""
    row = session.scalars(select(RightsImport).where(RightsImport.person_id == person_id)).first()
    return row if row is not None and row.ends_at > clock.now() and row.file_id is not None else None


def let_go(person: Person) -> None:
    """Do not bring it in; the copy goes."""
    row = session.scalars(select(RightsImport).where(RightsImport.person_id == person.id)).first()
    if row is not None:
        session.delete(row)


def confirm(person: Person, id: UUID) -> Plan:
    """Bring in what a person has sent, all that fits. Comes before the first statement of its door.

    Whoever confirms twice, or another copy than the one that is kept by now, gets Problem 410.
    """
    with reading(context.academy, person):
        row = kept(person.id)
        if row is None or row.id != id or row.file_id is None:
            raise Problem(410, _("This copy is not here any more."), remedy=_("Send it again."))
        file_id = row.file_id
    with place().open(context.academy.id, file_id) as source, opened_copy(source) as copy:
        plan = plan_of(copy, person.id, person)
        files = _take_files(copy, plan)
    still = select(RightsImport).where(RightsImport.id == id, RightsImport.person_id == person.id, RightsImport.file_id == file_id)
    if (row := session.scalars(still.with_for_update()).first()) is None:
        raise Problem(410, _("This copy is not here any more."), remedy=_("Send it again."))
    session.delete(row)
    _write(plan, person, files)
    return plan


def bring_new(copy: OpenedCopy, plan: Plan, person: Person) -> None:
    """Bring in a copy for somebody whom this academy does not know yet (`new_person`). Comes before the first statement of its door."""
    files = _take_files(copy, plan)
    session.add(person)
    session.flush()
    note_entered(person, COPY)
    _write(plan, person, files)


def new_person(id: UUID, said: dict[str, Any], email: str) -> Person:
    """A guest of this academy as the copy says; whoever signs up with the address later is the same person. Not yet added."""
    zone, language = said.get("zone"), str(said.get("language") or "")
    person = Person(id=id, name=str(said.get("name") or email.partition("@")[0]).split("\n")[0][:120], email=email)
    if zone in available_timezones():
        person.zone = zone
    if language.isascii() and language.isalpha() and len(language) == 2:
        person.language = language.lower()
    return person


def _take_files(copy: OpenedCopy, plan: Plan) -> Files:
    """Files come in as any other: their kind by content, pictures drawn anew, within the academy's space."""
    files: Files = {}
    for id, wanted in plan.files.items():
        try:
            with copy.open(wanted.part) as stream:
                files[id] = upload(stream, wanted.name, Category(wanted.category))
        except Refused as refused:
            if wanted.needed:
                raise Problem(422, _("A file of this copy cannot be taken in: %(name)s.", name=wanted.name), remedy=refused.remedy) from None
    return files


def _write(plan: Plan, person: Person, files: Files) -> None:
    """All rows, in the one transaction of the door."""
    for file in files.values():
        file.about_id = person.id
    session.flush()
    try:
        for table, rows in plan.rows:
            for values in _alike(rows, files):
                for at in range(0, len(values), CHUNK):
                    session.execute(insert(Model.metadata.tables[table]), values[at : at + CHUNK])
    except IntegrityError:
        raise Problem(409, _("Something has changed here meanwhile."), remedy=_("Nothing was brought in. Look at the report again.")) from None
    emit("rights.imported", person, rows=plan.count, files=len(files))


def _alike(rows: list[dict[str, Any]], files: Files) -> list[list[dict[str, Any]]]:
    """Rows in their order, those together that fill the same columns; the others get what they would have by themselves."""
    filled = ({name: _file_in(value, files) for name, value in row.items()} for row in rows)
    return [list(some) for _names, some in groupby(filled, key=lambda row: row.keys())]


def _file_in(value: Any, files: Files) -> Any:
    if not isinstance(value, FileOf):
        return value
    return files[value.id].id if value.id in files else None


def forget_imports() -> None:
    """Task, hourly on the platform, for all academies: copies that nobody has confirmed go, with their bytes."""
    with everywhere("find copies that nobody has confirmed") as opened:
        ended = opened.execute(select(RightsImport.id, RightsImport.file_id).where(RightsImport.ends_at < clock.now())).all()
    for id, file_id in ended:
        with everywhere("let go of a copy that nobody has confirmed", write=True) as opened:
            if (row := opened.scalars(select(RightsImport).where(RightsImport.id == id, RightsImport.ends_at < clock.now())).first()) is None:
                continue
            opened.delete(row)
            opened.flush()
            if file_id is not None:
                remove_rows(opened, [file_id])
    remove_bytes()


def not_known(email: str) -> None:
    """Raise UpartError when the current academy knows somebody with this address. Opens a reading session of its own."""
    with everywhere("does an academy know somebody with this address?") as opened:
        account = select(Account.id).where(Account.email == email).scalar_subquery()
        mine = select(Person.id).where(Person.academy_id == context.academy.id, or_(Person.email == email, Person.account_id == account))
        known = opened.scalar(mine.limit(1))
    if known is not None:
        raise UpartError(
            f"{context.academy.name} knows somebody with the address {email}.",
            remedy="Only they can bring data to themselves: signed in, at /privacy/mine/import. Or give another address with --email.",
        )
