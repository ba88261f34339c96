# SPDX-License-Identifier: MIT
"""Nothing is decided about learners whose data are restricted (GDPR art. 18): it waits for them alone, and is made up for when that ends."""

from __future__ import annotations

from collections.abc import Sequence

from upart.plugin import Person, Purpose, barred, enqueue, refuse_if_restricted
from upart_courses.models import Certificate, Enrolment, Entitlement, LessonEvent

MAKE_UP = "courses.make_up"
"""The task that does for one learner what was left out."""

TABLES = tuple(one.__tablename__ for one in (Enrolment, LessonEvent, Certificate))
"""What somebody is judged by, and what is written of it."""


def unrestricted(some: Sequence[Enrolment]) -> list[Enrolment]:
    """Those of whom something may be decided now. For each of the others a job waits. Safe to repeat."""
    waiting = barred(Purpose.LEARN, *TABLES)
    for one in some:
        if one.learner_id in waiting:
            enqueue(MAKE_UP, person=one.learner, dedupe_key=f"{MAKE_UP} {one.id}", enrolment=one.id)
    return [one for one in some if one.learner_id not in waiting]


def unless_restricted(enrolment: Enrolment, *tables: str) -> None:
    """Pass when something may be decided about this learner now. Raises Problem 409 (`restricted`): a job that does waits until it may."""
    refuse_if_restricted(enrolment.learner_id, Purpose.LEARN, *TABLES, *tables)


def unless_kept_still(learner: Person) -> None:
    """Pass when whoever teaches may give this learner a right now. Raises Problem 409 (`restricted`). What they have bought they get all the same.

    That they go on learning themselves opens nothing to others: their data are masked for whoever teaches.
    """
    for purpose in (Purpose.LEARN, Purpose.TEACH):
        refuse_if_restricted(learner, purpose, Enrolment.__tablename__, Entitlement.__tablename__)
