# SPDX-License-Identifier: MIT
"""What must hold of jobs: each is done and gone, or waits; nothing is half claimed or tried for ever."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from upart.hooks.records import Invariant
from upart.jobs.leases import MAX_ATTEMPTS
from upart.jobs.models import Job, JobState


def _half_claimed(opened: Session) -> Iterator[str]:
    halves = or_(Job.lease_id.is_(None) != Job.lease_until.is_(None), and_(Job.state == JobState.PARKED, Job.lease_id.is_not(None)))
    yield from (f"job {id} of {task}" for id, task in opened.execute(select(Job.id, Job.task).where(halves)))


def _endless(opened: Session) -> Iterator[str]:
    tired = (Job.state == JobState.WAITING, Job.lease_id.is_(None), or_(Job.attempts >= MAX_ATTEMPTS, Job.attempts < 0))
    yield from (f"job {id} of {task}, begun {tries} times" for id, task, tries in opened.execute(select(Job.id, Job.task, Job.attempts).where(*tired)))


JOBS = [
    Invariant(sentence="A job is claimed with its lease, or not at all; a parked one is not claimed.", broken=_half_claimed),
    Invariant(sentence="A job that was tried often enough is parked.", broken=_endless),
]
