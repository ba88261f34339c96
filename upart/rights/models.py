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
from upart.privacy.taxonomy import Basis, Category, OnErase, Purpose
from upart.privacy.words import file, key, months, not_personal, personal, processing, ref, subject


class RequestKind(StrEnum):
    """Which right is used."""

    ACCESS = "access"
    ERASE = "erase"


class RequestState(StrEnum):
    """Where a request is. `partially_done`: some part failed and is tried again; nothing but all parts done makes it `done`."""

    RUNNING = "running"
    PARTIALLY_DONE = "partially_done"
    DONE = "done"


class StepState(StrEnum):
    """Where a part of a request is."""

    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


class RightsRequest(AcademyOwned, Model):
    """A right that somebody uses. The addresses, by which rows without a link are found, go with the person."""

    __tablename__ = "rights_request"
    __title__ = "Rights that you used"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="received_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("person", on_erase=OnErase.UNLINK)
    account_id: Mapped[UUID | None] = subject("holder", on_erase=OnErase.UNLINK, table="account", default=None)
    kind: Mapped[RequestKind] = not_personal("which right is used")
    state: Mapped[RequestState] = not_personal("where the request is", default=RequestState.RUNNING)
    addresses: Mapped[list[str]] = personal(Category.CONTACT_EMAIL, about=("person", "holder"), blank=[], default=list)
    with_account: Mapped[bool] = not_personal("does the account go as well?", default=False)
    received_at: Mapped[datetime] = not_personal("when it came; names nobody once it is answered", index=True, default=clock.now)
    due_on: Mapped[date] = not_personal("until when it must be answered")
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
    changed_at: Mapped[datetime] = not_personal("when it last changed", index=True, default=clock.now)


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
    digest: Mapped[str] = personal(Category.AUTH_SECRET, secret=True)
    state: Mapped[ArchiveState] = not_personal("waiting, ready or taken", default=ArchiveState.WAITING)
    made_at: Mapped[datetime | None] = not_personal("when it was made", default=None)
    ends_at: Mapped[datetime] = not_personal("until when it can be downloaded", index=True)
