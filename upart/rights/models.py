# SPDX-License-Identifier: MIT
"""Requests of data subjects and the steps that carry them out."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Origin, Purpose, Reason
from upart.privacy.words import file, found_by, key, months, not_personal, personal, personal_json, processing, ref, subject


class RequestKind(StrEnum):
    """Which right is used."""

    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"
    OBJECT = "object"
    WITHDRAW = "withdraw"
    AUTHORITY = "authority"


class RequestState(StrEnum):
    """Where a request is; `upart/rights/states.py` says what may follow what.

    `verifying`: the link that proves a mailbox has not been opened. `planned`: its steps are known and wait for
    their time. `needs_decision`: a human decides. `needs_transfer`: the last owner must hand over first.
    `partially_done`: some part failed and is tried again; nothing but all parts done makes it `done`.
    """

    RECEIVED = "received"
    VERIFYING = "verifying"
    PLANNED = "planned"
    NEEDS_DECISION = "needs_decision"
    NEEDS_TRANSFER = "needs_transfer"
    RUNNING = "running"
    PARTIALLY_DONE = "partially_done"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class AskedBy(StrEnum):
    """Who used the right: the person, signed in; somebody by a mailed link; staff or a guardian on their behalf; an authority."""

    PERSON = "person"
    LINK = "link"
    OFFICER = "officer"
    GUARDIAN = "guardian"
    AUTHORITY = "authority"


class StepState(StrEnum):
    """Where a part of a request is. `refused`: a human has refused this part, with a reason."""

    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"
    REFUSED = "refused"


DETAILS = {
    **dict.fromkeys(("ground", "scope", "name", "row", "authority", "law", "reference", "whom", "tell_on", "why_later", "identity"), Category.CONTENT_PRIVATE),
    "values.*": Category.CONTACT_ADDRESS,
}
"""What a right needs besides its kind: ground and scope (with the name of a purpose or table, perhaps a row) of a
restriction or objection; the values of a correction, by column, which may be of any category and are shown as private ones;
what an authority's letter rests on, and whom it is about who may know of it only from some day; for a request on
somebody's behalf, how it was found out that it is theirs."""


class RightsRequest(AcademyOwned, Model):
    """A right that somebody uses. The addresses, by which rows without a link are found, go with the person.

    `due_on` is one calendar month after receipt, three when it was extended (GDPR art. 12(3)). `begins_at`: when an
    erasure begins whose person may still think better of it.
    """

    __tablename__ = "rights_request"
    __title__ = "Rights that you used"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="received_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("person", on_erase=OnErase.UNLINK)
    account_id: Mapped[UUID | None] = subject("holder", on_erase=OnErase.UNLINK, table="account", default=None)
    kind: Mapped[RequestKind] = not_personal("which right is used")
    state: Mapped[RequestState] = not_personal("where the request is", index=True, default=RequestState.RECEIVED)
    asked_by: Mapped[AskedBy] = not_personal("who used the right", default=AskedBy.PERSON)
    addresses: Mapped[list[str]] = personal(Category.CONTACT_EMAIL, about=("person", "holder"), blank=[], default=list)
    address_digest: Mapped[str] = found_by("pseudonym of an address that nobody is known by here", on_erase=OnErase.UNLINK, default="")
    details: Mapped[dict[str, Any]] = personal_json(DETAILS, about=("person", "holder"), blank={}, default=dict)
    words: Mapped[str] = personal(Category.CONTENT_PRIVATE, about=("person", "holder"), needed=Needed.OPTIONAL, blank="", default="")
    with_account: Mapped[bool] = not_personal("does the account go as well?", default=False)
    received_at: Mapped[datetime] = not_personal("when it came; names nobody once it is answered", index=True, default=clock.now)
    due_on: Mapped[date] = not_personal("until when it must be answered")
    extended_at: Mapped[datetime | None] = not_personal("when more time was taken", default=None)
    begins_at: Mapped[datetime | None] = not_personal("when it is carried out, if that has to wait", default=None)
    done_at: Mapped[datetime | None] = not_personal("when it was answered", default=None)


class RightsStep(AcademyOwned, Model):
    """One part of a request: a table group, a store outside the database, or the bytes on the disk."""

    __tablename__ = "rights_step"
    __table_args__ = (UniqueConstraint("academy_id", "request_id", "holder"),)
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="changed_at")

    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("rights_request")
    position: Mapped[int] = not_personal("order of the steps")
    holder: Mapped[str] = not_personal("what is done: a table, a store, the bytes")
    state: Mapped[StepState] = not_personal("waiting, failed or done", default=StepState.WAITING)
    attempts: Mapped[int] = not_personal("how often it was begun", default=0)
    counts: Mapped[dict[str, Any]] = not_personal("rows by table and fate", default=dict)
    kept_until: Mapped[date | None] = not_personal("until when a law keeps what stays", default=None)
    reason: Mapped[str] = not_personal("name of that law", default="")
    problem: Mapped[str] = not_personal("kind of the last failure, without its text", default="")
    refusal: Mapped[Reason | None] = not_personal("why this part was refused", default=None)
    changed_at: Mapped[datetime] = not_personal("when it last changed", index=True, default=clock.now)


class Act(StrEnum):
    """What somebody has done with a request. `answered` and `extended` are mailed to the person; `noted` is for colleagues.

    `held`: all is gone but what the only owner of an academy needs.
    """

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    TAKEN = "taken"
    RELEASED = "released"
    NOTED = "noted"
    ANSWERED = "answered"
    EXTENDED = "extended"
    GRANTED = "granted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    BEGUN = "begun"
    HELD = "held"
    REMINDED = "reminded"
    REPORTED = "reported"
    DONE = "done"


class RightsEntry(AcademyOwned, Model):
    """A line in the history of a request: who did what, with which words."""

    __tablename__ = "rights_entry"
    __title__ = "What was done about your requests"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="at")

    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("rights_request", leads=False)
    person_id: Mapped[UUID | None] = subject("person", on_erase=OnErase.UNLINK, default=None)
    officer_id: Mapped[UUID | None] = subject("officer", on_erase=OnErase.UNLINK, default=None)
    act: Mapped[Act] = not_personal("what was done")
    words: Mapped[str] = personal(Category.CONTENT_PRIVATE, about="person", by="officer", blank="", default="")
    at: Mapped[datetime] = not_personal("when; the names beside it go", index=True, default=clock.now)


class RightsImport(AcademyOwned, Model):
    """A copy from another installation that somebody has sent and not yet confirmed, for a day; a later one takes its place."""

    __tablename__ = "rights_import"
    __title__ = "Copies that you brought along"
    __table_args__ = (UniqueConstraint("academy_id", "person_id"),)
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(1), after="ends_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("person", on_erase=OnErase.DELETE)
    file_id: Mapped[UUID | None] = file(Category.CONTENT_PRIVATE)
    ends_at: Mapped[datetime] = not_personal("until when it can be confirmed", index=True)


class ArchiveState(StrEnum):
    """Where an archive is; `taken`: it was downloaded, once."""

    WAITING = "waiting"
    READY = "ready"
    TAKEN = "taken"


class RightsArchive(AcademyOwned, Model):
    """A copy of all that is held about somebody, for 7 days, to be downloaded once."""

    __tablename__ = "rights_archive"
    __title__ = "Copies that you asked for"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(1), after="ends_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("person", on_erase=OnErase.DELETE)
    request_id: Mapped[UUID] = ref("rights_request", leads=False)
    file_id: Mapped[UUID | None] = file(Category.CONTENT_PRIVATE, default=None)
    digest: Mapped[str] = personal(Category.AUTH_SECRET, origin=Origin.DERIVED, secret=True)
    state: Mapped[ArchiveState] = not_personal("waiting, ready or taken", default=ArchiveState.WAITING)
    made_at: Mapped[datetime | None] = not_personal("when it was made", default=None)
    ends_at: Mapped[datetime] = not_personal("until when it can be downloaded", index=True)


class RetentionRun(AcademyOwned, Model):
    """What of one table had been kept long enough when somebody looked: numbers, which name nobody."""

    __tablename__ = "retention_run"
    __title__ = "What was let go because its time was over"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(24), after="at")

    id: Mapped[UUID] = key()
    table: Mapped[str] = not_personal("name of a table")
    deleted: Mapped[int] = not_personal("rows that went")
    emptied: Mapped[int] = not_personal("columns that were emptied in rows that stay")
    at: Mapped[datetime] = not_personal("when the run began", index=True)


class Looked(AcademyOwned, Model):
    """Somebody opened a page that shows private data of somebody else: one line per page and person looked at."""

    __tablename__ = "looked"
    __title__ = "Who looked at your data"
    __processing__ = processing(
        Purpose.SECURE, Basis.LEGITIMATE_INTEREST, retain=months(12), after="at", interest="to show people who has seen their private data"
    )

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("person", on_erase=OnErase.DELETE)
    looker_id: Mapped[UUID | None] = subject("looker", on_erase=OnErase.UNLINK)
    role: Mapped[str] = not_personal("a role of the one who looked; names nobody once they are gone")
    page: Mapped[str] = not_personal("name of a page of the portal")
    categories: Mapped[list[str]] = not_personal("kinds of data that the page showed, in words of ours")
    at: Mapped[datetime] = not_personal("when; says nothing of anybody once both are gone", index=True, default=clock.now)
