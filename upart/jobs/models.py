# SPDX-License-Identifier: MIT
"""The job table."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, OnErase, Purpose
from upart.privacy.words import key, not_personal, personal, processing, subject, until


class JobState(StrEnum):
    """A finished job is deleted; a parked one waits for a human."""

    WAITING = "waiting"
    PARKED = "parked"


class Job(AcademyOwned, Model):
    """Work for later. `person_id` is whom it is about, so that it goes with them."""

    __tablename__ = "job"
    __title__ = "Work that waits"
    __table_args__ = (UniqueConstraint("academy_id", "dedupe_key"), Index("ix_job_due", "state", "run_at"))
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=until("it is done"))

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("person", on_erase=OnErase.DELETE)
    task: Mapped[str] = not_personal("name of a task")
    payload: Mapped[dict[str, Any]] = not_personal("ids of rows, never names or addresses")
    dedupe_key: Mapped[str | None] = not_personal("made of a task's name and ids; one job per key", default=None)
    state: Mapped[JobState] = not_personal("waiting or parked", default=JobState.WAITING)
    run_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    lease_until: Mapped[datetime | None] = not_personal("until when a worker has it", default=None)
    lease_id: Mapped[UUID | None] = not_personal("which claim has it", default=None)
    attempts: Mapped[int] = not_personal("how often it was begun", default=0)
    problem: Mapped[str] = not_personal("kind of the last failure, without its text", default="")


JOB: Any = Job.__table__
"""The table itself, for statements that are built once."""
