# SPDX-License-Identifier: MIT
"""Quizzes and assignments of lessons: their questions and rules, and what learners have answered and handed in.

Points of learners are hundredths, whole numbers: a part of a point is exact, and no sum is rounded twice.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import (
    AcademyOwned,
    Basis,
    Category,
    File,
    Model,
    Purpose,
    clock,
    file,
    key,
    not_personal,
    personal,
    personal_json,
    processing,
    ref,
    related,
    until,
)
from upart_courses.questions import QuestionKind

ENDS = until("the enrolment that they belong to goes")


class Reveal(StrEnum):
    """What learners see of a quiz that they have handed in."""

    POINTS = "points"
    MARKS = "marks"
    ANSWERS = "answers"


class Stage(StrEnum):
    """A quiz is being answered, then graded: by itself, or it waits for a teacher."""

    RUNNING = "running"
    WAITING = "waiting"
    GRADED = "graded"


class Verdict(StrEnum):
    """Work that was handed in waits for a teacher; it is graded, or comes back to be done better."""

    WAITING = "waiting"
    RETURNED = "returned"
    GRADED = "graded"


class Quiz(AcademyOwned, Model):
    """The rules of a quiz that stands as a block in a lesson. `attempts`, `minutes`, `pool`: 0 for any number, no limit, all questions."""

    __tablename__ = "courses_quiz"
    __table_args__ = (UniqueConstraint("academy_id", "lesson_id", "block"),)
    __known_by__ = ("lesson_id", "block")

    id: Mapped[UUID] = key()
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    block: Mapped[str] = not_personal("which part of the lesson")
    attempts: Mapped[int] = not_personal("how often it may be tried", default=0)
    minutes: Mapped[int] = not_personal("time for one attempt", default=0)
    pool: Mapped[int] = not_personal("how many of the questions are asked", default=0)
    pass_percent: Mapped[int] = not_personal("share of the points that passes", default=60)
    reveal: Mapped[Reveal] = not_personal("what is shown after it was handed in", default=Reveal.ANSWERS)


class Question(AcademyOwned, Model):
    """A question of a quiz, as it will be asked from now on. `version` counts each change; attempts keep what they were asked."""

    __tablename__ = "courses_question"

    id: Mapped[UUID] = key()
    quiz_id: Mapped[UUID] = ref("courses_quiz", ondelete="CASCADE")
    position: Mapped[int] = not_personal("order in the quiz", default=0)
    version: Mapped[int] = not_personal("counts each change", default=1)
    kind: Mapped[QuestionKind] = not_personal("how it is answered")
    prompt: Mapped[str] = not_personal("what is asked, Markdown; published by the academy")
    points: Mapped[int] = not_personal("what it is worth", default=1)
    lines: Mapped[list[Any]] = not_personal("choices, in order; or answers that are accepted", default=list)
    right: Mapped[list[Any]] = not_personal("places of the right choices", default=list)
    explanation: Mapped[str] = not_personal("shown after it was answered, Markdown; published by the academy", default="")


class Sheet(AcademyOwned, Model):
    """The questions of an attempt as they were asked, with what is right: apart from the attempt, so that nobody's copy of their data tells the answers."""

    __tablename__ = "courses_sheet"

    id: Mapped[UUID] = key()
    quiz_id: Mapped[UUID] = ref("courses_quiz", ondelete="CASCADE")
    asked: Mapped[list[Any]] = not_personal("questions as the academy asked them", default=list)


class Attempt(AcademyOwned, Model):
    """A learner answers a quiz. `asked` are the questions as they were then; `answers["given"]` and `marks["points"]` follow its order."""

    __tablename__ = "courses_attempt"
    __title__ = "Attempts at quizzes"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "quiz_id", "number"), Index("ix_courses_attempt_stage", "academy_id", "stage", "quiz_id"))
    __known_by__ = ("enrolment_id", "quiz_id", "number")
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=ENDS)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    quiz_id: Mapped[UUID] = ref("courses_quiz", ondelete="CASCADE")
    sheet_id: Mapped[UUID] = ref("courses_sheet", ondelete="CASCADE")
    number: Mapped[int] = not_personal("counts the attempts of a learner")
    stage: Mapped[Stage] = personal(Category.EDU_RESULT, default=Stage.RUNNING)
    started_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    ends_at: Mapped[datetime | None] = not_personal("when its time is over, if it has a limit", default=None)
    handed_in_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    late: Mapped[bool] = personal(Category.EDU_RESULT, default=False)
    answers: Mapped[dict[str, Any]] = personal_json({"given.*.*": Category.EDU_RESULT}, default=dict)
    marks: Mapped[dict[str, Any]] = personal_json({"points.*": Category.EDU_RESULT}, default=dict)
    points: Mapped[int | None] = personal(Category.EDU_RESULT, default=None)
    most: Mapped[int] = not_personal("points of all questions that were asked", default=0)
    passed: Mapped[bool | None] = personal(Category.EDU_RESULT, default=None)
    feedback: Mapped[str] = personal(Category.EDU_RESULT, default="")

    sheet: Mapped[Sheet] = related(Sheet, "sheet_id")

    @property
    def asked(self) -> list[Any]:
        """The questions as they were asked."""
        return self.sheet.asked

    @property
    def ran_out(self) -> bool:
        """Was it closed when its time was over, and never handed in?"""
        return self.handed_in_at is None and self.ends_at is not None and self.stage in (Stage.WAITING, Stage.GRADED)


class Allowance(AcademyOwned, Model):
    """A learner may try a quiz more often than the others, and has longer for each attempt."""

    __tablename__ = "courses_allowance"
    __title__ = "More attempts and time for quizzes"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "quiz_id"),)
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=ENDS)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    quiz_id: Mapped[UUID] = ref("courses_quiz", ondelete="CASCADE")
    more_attempts: Mapped[int] = personal(Category.EDU_RESULT, default=0)
    more_minutes: Mapped[int] = personal(Category.EDU_RESULT, default=0)


class Assignment(AcademyOwned, Model):
    """The rules of an assignment that stands as a block in a lesson. `due`: the wall time that was typed, in `zone`; `due_at`: the instant of it."""

    __tablename__ = "courses_assignment"
    __table_args__ = (UniqueConstraint("academy_id", "lesson_id", "block"),)
    __known_by__ = ("lesson_id", "block")

    id: Mapped[UUID] = key()
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    block: Mapped[str] = not_personal("which part of the lesson")
    points: Mapped[int] = not_personal("what it is worth", default=10)
    pass_points: Mapped[int] = not_personal("points that pass", default=6)
    files: Mapped[int] = not_personal("how many files may be handed in", default=1)
    due: Mapped[str] = not_personal("day and time of the deadline as it was typed", default="")
    zone: Mapped[str] = not_personal("time zone of the deadline", default="")
    due_at: Mapped[datetime | None] = not_personal("instant of the deadline", default=None)


class Extension(AcademyOwned, Model):
    """A learner has longer for an assignment than the others."""

    __tablename__ = "courses_extension"
    __title__ = "More time for assignments"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "assignment_id"),)
    __known_by__ = ("enrolment_id", "assignment_id")
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=ENDS)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    assignment_id: Mapped[UUID] = ref("courses_assignment", ondelete="CASCADE")
    due_at: Mapped[datetime] = personal(Category.EDU_RESULT)


class Submission(AcademyOwned, Model):
    """Work that a learner has handed in; what comes again after it was returned is another row."""

    __tablename__ = "courses_submission"
    __title__ = "Work handed in"
    __table_args__ = (
        UniqueConstraint("academy_id", "enrolment_id", "assignment_id", "number"),
        Index("ix_courses_submission_verdict", "academy_id", "verdict", "assignment_id"),
    )
    __known_by__ = ("enrolment_id", "assignment_id", "number")
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=ENDS)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    assignment_id: Mapped[UUID] = ref("courses_assignment", ondelete="CASCADE")
    number: Mapped[int] = not_personal("counts what a learner has handed in")
    verdict: Mapped[Verdict] = personal(Category.EDU_RESULT, default=Verdict.WAITING)
    handed_in_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    late: Mapped[bool] = personal(Category.EDU_RESULT, default=False)
    text: Mapped[str] = personal(Category.CONTENT_PRIVATE, default="")
    points: Mapped[int | None] = personal(Category.EDU_RESULT, default=None)
    passed: Mapped[bool | None] = personal(Category.EDU_RESULT, default=None)
    feedback: Mapped[str] = personal(Category.EDU_RESULT, default="")


class HandedIn(AcademyOwned, Model):
    """A file of work that was handed in."""

    __tablename__ = "courses_handed_in"
    __title__ = "Files handed in"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=ENDS)

    id: Mapped[UUID] = key()
    submission_id: Mapped[UUID] = ref("courses_submission", leads=True, ondelete="CASCADE")
    file_id: Mapped[UUID | None] = file(Category.CONTENT_PRIVATE)

    file: Mapped[File | None] = related(File, "file_id")
