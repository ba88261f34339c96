# SPDX-License-Identifier: MIT
"""How work for later stands: does anybody do it, has any failed for good, and is this the installation that may?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from upart import clock
from upart.db import everywhere
from upart.hooks.health import Finding, HealthCheck, critical, good, recommended
from upart.jobs.copies import REMEDY, why_copied
from upart.jobs.models import Job, JobState

IDLE = timedelta(minutes=5)
"""How long a job may be due before nobody seems to carry jobs out."""


def copied() -> Iterator[Finding]:
    """Is this a copy, from which no mail leaves?"""
    if why := why_copied():
        yield critical("copy", f"No mail leaves: this installation is a copy, or a backup was restored. {why}", REMEDY)


def worker() -> Iterator[Finding]:
    """Does anybody carry jobs out, and have any failed for good?"""
    now = clock.now()
    with everywhere("does a worker live?") as opened:
        due = opened.scalar(select(func.min(Job.run_at)).where(Job.state == JobState.WAITING, Job.run_at <= now, Job.lease_until.is_(None)))
        parked = opened.scalar(select(func.count(Job.id)).where(Job.state == JobState.PARKED)) or 0
    if due is not None and now - due > IDLE:
        waits = f"{int((now - due).total_seconds() // 60)} minutes"
        yield critical("worker", f"A job has been due for {waits}: nobody carries jobs out, or too few do.", "Run: upart worker, or upart serve --with-worker")
    else:
        yield good("worker", "No job waits that is due.")
    if parked:
        yield recommended("worker", f"{parked} jobs have failed for good and wait for a human.", "See Manage, Failed work, at each academy.")


CHECKS = [
    HealthCheck(key="copy", label="The right installation", run=copied, installation=True),
    HealthCheck(key="worker", label="Work in the background", run=worker, installation=True, page="failed.work"),
]
