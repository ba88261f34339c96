# SPDX-License-Identifier: MIT
"""Views of lists that staff keep, long work that they have begun, tables that they bring in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, OnErase, Origin, Purpose
from upart.privacy.words import any_link, days, found_by, key, not_personal, personal, processing, ref, subject, until

IMPORT_DAYS = 7
"""How long rows of a table that was sent are kept, and how long an import can be taken back."""


class ListView(AcademyOwned, Model):
    """What somebody asks of a list again and again, by a name of theirs. What was typed into the search field is no part of it."""

    __tablename__ = "manage_view"
    __title__ = "Views of lists that you keep"
    __table_args__ = (UniqueConstraint("academy_id", "person_id", "list", "name"),)
    __processing__ = processing(Purpose.PERSONALISE, Basis.CONTRACT, retain=until("its owner deletes it or leaves the academy"))

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("owner", on_erase=OnErase.DELETE)
    list: Mapped[str] = not_personal("name of a list")
    name: Mapped[str] = personal(Category.PREF_SETTINGS)
    asked: Mapped[dict[str, Any]] = not_personal("filters, order and columns: words of ours, never what was looked for", default=dict)
    shared: Mapped[bool] = not_personal("do others who see the list see it too?", default=False)
    made_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


class WorkState(StrEnum):
    """Where long work is. `cancelling`: it ends before its next piece."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"


class Work(AcademyOwned, Model):
    """Long work that somebody has begun and may look at: how far it is, what it has to say, what came of it."""

    __tablename__ = "manage_work"
    __title__ = "Long work that you have begun"
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=days(30), after="made_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("who began it", on_erase=OnErase.UNLINK)
    task: Mapped[str] = not_personal("name of a task")
    title: Mapped[str] = not_personal("what is done: a sentence of ours")
    place: Mapped[str] = not_personal("path of the page that shows what came of it", default="")
    state: Mapped[WorkState] = not_personal("running, ended or stopped", default=WorkState.RUNNING)
    done: Mapped[int] = not_personal("parts that are done", default=0)
    total: Mapped[int] = not_personal("parts in all", default=0)
    numbers: Mapped[dict[str, Any]] = not_personal("what came of it, in numbers by words of ours", default=dict)
    log: Mapped[list[str]] = not_personal("lines of ours with numbers of rows, no values", default=list)
    made_at: Mapped[datetime] = not_personal("when it was begun; says nothing of anybody once they are gone", index=True, default=clock.now)
    changed_at: Mapped[datetime] = not_personal("when it last came further", default=clock.now)


class ImportState(StrEnum):
    """Where an import is: read and shown, being done, done, being taken back, taken back."""

    READ = "read"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class ImportRun(AcademyOwned, Model):
    """A table that somebody has sent to be brought in. The file itself is not kept, only its rows, and these for a week."""

    __tablename__ = "manage_import"
    __title__ = "Tables that you have sent"
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=days(IMPORT_DAYS), after="made_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("who sent it", on_erase=OnErase.UNLINK)
    name: Mapped[str] = not_personal("name of an import")
    state: Mapped[ImportState] = not_personal("read, running, done, undone", default=ImportState.READ)
    encoding: Mapped[str] = not_personal("how its characters were written")
    head: Mapped[list[str]] = personal(Category.CONTENT_META, origin=Origin.FROM_OTHER, blank=[], default=list)
    columns: Mapped[dict[str, Any]] = not_personal("which column fills which field", default=dict)
    total: Mapped[int] = not_personal("number of rows", default=0)
    work_id: Mapped[UUID | None] = ref("manage_work", leads=False, default=None)
    made_at: Mapped[datetime] = not_personal("when it was begun; says nothing of anybody once they are gone", index=True, default=clock.now)


class RowState(StrEnum):
    """What became of a row: not yet anything, added, here already, left out, taken back."""

    WAITING = "waiting"
    ADDED = "added"
    SAME = "same"
    LEFT = "left"
    UNDONE = "undone"


class ImportRow(AcademyOwned, Model):
    """A row of such a table. Its words go as soon as they have become something here; of what was left out they stay for the week, to be corrected."""

    __tablename__ = "manage_import_row"
    __title__ = "Rows about you in tables that somebody has sent"
    __table_args__ = (UniqueConstraint("academy_id", "import_id", "number"), Index("ix_manage_import_row_digest", "academy_id", "address_digest"))
    __processing__ = processing(Purpose.ACCOUNT, Basis.LEGITIMATE_INTEREST, retain=days(IMPORT_DAYS), after="made_at", interest="to bring in people in one go")

    id: Mapped[UUID] = key()
    import_id: Mapped[UUID] = ref("manage_import", leads=False)
    number: Mapped[int] = not_personal("which row of the table")
    person_id: Mapped[UUID | None] = subject("who is in the row", on_erase=OnErase.DELETE)
    address_digest: Mapped[str] = found_by("pseudonym of the address in the row", default="")
    cells: Mapped[list[str]] = personal(Category.CONTACT_EMAIL, origin=Origin.FROM_OTHER, default=list)
    state: Mapped[RowState] = not_personal("waiting, added, here already, left out", default=RowState.WAITING)
    reason: Mapped[str] = not_personal("why it was left out: words of ours", default="")
    made_id: Mapped[UUID | None] = any_link("made_table", default=None)
    made_table: Mapped[str | None] = not_personal("table of what it became", default=None)
    made_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class HealthResult(AcademyOwned, Model):
    """What a slow check of how things stand has found last; those of the whole installation belong to the platform."""

    __tablename__ = "manage_health"
    __table_args__ = (UniqueConstraint("academy_id", "check"),)

    id: Mapped[UUID] = key()
    check: Mapped[str] = not_personal("key of a check")
    findings: Mapped[list[Any]] = not_personal("what it found: words of checks about the portal, none about people", default=list)
    at: Mapped[datetime] = not_personal("when it looked", default=clock.now)
