# SPDX-License-Identifier: MIT
"""Who may learn in a course, who does, and what they did there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from upart.plugin import (
    AcademyOwned,
    Basis,
    Category,
    Model,
    OnErase,
    Person,
    Purpose,
    clock,
    key,
    months,
    not_personal,
    personal,
    processing,
    ref,
    related,
    subject,
    until,
)
from upart_courses.models.cohorts import Cohort
from upart_courses.models.courses import Course

PRESENT = text("left_at IS NULL")
ROSTER = ("academy_id", "course_id", "enrolled_at", "id", "left_at", "learner_id")
"""Who is in a course now, in the order of its roster. The last two let SQLite count and look for names without opening the rows."""


class Source(StrEnum):
    """Where a right to a course comes from."""

    FREE = "free"
    GRANT = "grant"
    PURCHASE = "purchase"
    IMPORT = "import"


class LessonEventKind(StrEnum):
    """What a learner did with a lesson. `reset`: they took its completion back."""

    OPENED = "opened"
    COMPLETED = "completed"
    RESET = "reset"


class Enrolment(AcademyOwned, Model):
    """A learner in a course, once. Who leaves keeps the row for a while, so that coming back goes on where they were."""

    __tablename__ = "courses_enrolment"
    __table_args__ = (
        UniqueConstraint("academy_id", "learner_id", "course_id"),
        Index("ix_courses_enrolment_roster", *ROSTER, sqlite_where=PRESENT, postgresql_where=PRESENT),
    )
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="last_activity_at")
    __importable__ = True

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    course_id: Mapped[UUID] = ref("courses_course")
    cohort_id: Mapped[UUID | None] = ref("courses_cohort", leads=False, default=None)
    enrolled_at: Mapped[datetime] = personal(Category.EDU_ENROLMENT, default=clock.now)
    last_activity_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
    completed_at: Mapped[datetime | None] = personal(Category.EDU_RESULT, default=None)
    left_at: Mapped[datetime | None] = personal(Category.EDU_ENROLMENT, default=None)

    learner: Mapped[Person] = related(Person, "learner_id")
    course: Mapped[Course] = related(Course, "course_id")
    cohort: Mapped[Cohort | None] = related(Cohort, "cohort_id")


class Brought(AcademyOwned, Model):
    """What a row of a table has brought about for a learner, so that just that can be taken back."""

    __tablename__ = "courses_brought"
    __title__ = "What somebody has brought in about you by a table"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that it belongs to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    cohort_id: Mapped[UUID | None] = ref("courses_cohort", leads=False, default=None)
    enrolled: Mapped[bool] = not_personal("did the place in the course come with it?")
    entitled: Mapped[bool] = not_personal("did a right to the course come with it?")
    completed: Mapped[bool] = not_personal("did the end of the course come with it?")
    guest: Mapped[bool] = not_personal("was the person a guest whom a table has brought in?")
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


class LessonEvent(AcademyOwned, Model):
    """What a learner did with a lesson, one row each time, never changed. Progress is read from these rows and kept nowhere.

    `brought_id`: not the learner said so, but a table from elsewhere.
    """

    __tablename__ = "courses_lesson_event"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that they belong to goes"))
    __importable__ = True

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    brought_id: Mapped[UUID | None] = ref("courses_brought", leads=False, ondelete="CASCADE", default=None)
    kind: Mapped[LessonEventKind] = personal(Category.EDU_RESULT)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


class Playing(AcademyOwned, Model):
    """How far a learner has played a video or sound of a lesson, so that it goes on there, on whatever device."""

    __tablename__ = "courses_playing"
    __title__ = "Places in videos and sounds"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "lesson_id", "block"),)
    __known_by__ = ("enrolment_id", "lesson_id", "block")
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that they belong to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    block: Mapped[str] = not_personal("which part of the lesson")
    seconds: Mapped[int] = personal(Category.USAGE_ACTIVITY)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


class Opening(AcademyOwned, Model):
    """A section opens to one learner at another time than to the others: earlier or later."""

    __tablename__ = "courses_opening"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "section_id"),)
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that it belongs to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    section_id: Mapped[UUID] = ref("courses_section", ondelete="CASCADE")
    opens_at: Mapped[datetime] = personal(Category.EDU_ENROLMENT)


class Entitlement(AcademyOwned, Model):
    """A right to learn in a course. Somebody may have several; one that is live is enough. `reference`: what it is counted by at its source."""

    __tablename__ = "courses_entitlement"
    __table_args__ = (UniqueConstraint("academy_id", "learner_id", "course_id", "source", "reference", name="uq_courses_entitlement_once"),)
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the person leaves the academy, or the academy deletes the course"))

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    course_id: Mapped[UUID] = ref("courses_course")
    source: Mapped[Source] = personal(Category.EDU_ENROLMENT)
    reference: Mapped[str] = personal(Category.EDU_ENROLMENT, default="")
    starts_at: Mapped[datetime] = personal(Category.EDU_ENROLMENT, default=clock.now)
    ends_at: Mapped[datetime | None] = personal(Category.EDU_ENROLMENT, default=None)
    revoked_at: Mapped[datetime | None] = personal(Category.EDU_ENROLMENT, default=None)

    learner: Mapped[Person] = related(Person, "learner_id")
