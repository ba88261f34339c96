# SPDX-License-Identifier: MIT
"""A course that many people learn in, and an academy with many courses: all that its pages count and list, in bulk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from upart_courses.blocks import new_block
from upart_courses.models import (
    Certificate,
    CertificateState,
    Cohort,
    Course,
    CourseState,
    Enrolment,
    Entitlement,
    Lesson,
    LessonEvent,
    LessonEventKind,
    Level,
    Review,
    Source,
)
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Sheet, Stage, Submission, Verdict

from benchmarks.people import COURSE, enrol_many
from upart import clock
from upart.accounts.models import Person
from upart.db import everywhere, uuid7
from upart.testing import Installation

DONE, WAITING = 5, 100
"""Lessons that each learner has done; how many wait for a grade, at most: a teacher goes on grading, however many learn."""

Rows = list[dict[str, Any]]


def tasks(made: Installation) -> None:
    """A quiz, an assignment and a group in the course."""
    with made.writing("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == COURSE)).one()
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == course).order_by(Lesson.position)).first()
        assert lesson is not None
        asked, wanted = new_block("quiz", title="Intervals"), new_block("assignment", title="A scale")
        lesson.blocks = [*lesson.blocks, asked, wanted]
        quiz = Quiz(lesson_id=lesson.id, block=asked["id"])
        session.add_all([quiz, Assignment(lesson_id=lesson.id, block=wanted["id"])])
        session.add(Cohort(course_id=course, name="Everybody", starts_on=clock.now().date()))
        session.flush()
        session.add(Sheet(quiz_id=quiz.id))


def fill(made: Installation, many: int) -> None:
    """Let so many people learn in the course: each has done lessons, a quiz and an assignment, has a certificate and says what they think."""
    with made.reading("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == COURSE)).one()
        before = set(session.scalars(select(Enrolment.id).where(Enrolment.course_id == course)))
    enrol_many(made, course, many - len(before))
    academy = made.academy("athena").id
    with made.app.app_context(), everywhere("let learners do what they do, to measure", write=True) as opened:
        places = opened.execute(select(Enrolment.id, Enrolment.learner_id).where(Enrolment.course_id == course).order_by(Enrolment.id)).all()
        new = [(n, place.id, place.learner_id) for n, place in enumerate(places) if place.id not in before]
        cohort = opened.scalar(select(Cohort.id).where(Cohort.course_id == course))
        opened.connection().execute(update(Enrolment.__table__).where(Enrolment.course_id == course).values(cohort_id=cohort))  # type: ignore[arg-type]
        for model, rows in _done(opened, course, new).items():
            opened.connection().execute(insert(model.__table__), [{"academy_id": academy, "id": uuid7(), **row} for row in rows])


def _done(opened: Session, course: UUID, new: list[tuple[int, UUID, UUID]]) -> dict[Any, Rows]:
    """The rows of what new learners have done, by model."""
    lessons = opened.scalars(select(Lesson.id).where(Lesson.course_id == course).order_by(Lesson.position).limit(DONE)).all()
    quiz, assignment, sheet = (opened.scalars(select(model.id)).one() for model in (Quiz, Assignment, Sheet))
    at, graded = clock.now(), {"points": 800, "passed": True, "feedback": "Well done.", "late": False}
    text = {"title": "Music", "academy": "Athena", "lessons": 10, "minutes": 300, "reason": ""}
    rows: dict[Any, Rows] = {model: [] for model in (LessonEvent, Attempt, Submission, Certificate, Review)}
    for n, place, learner in new:
        then = at - timedelta(seconds=n)
        waits = n < WAITING
        rows[LessonEvent] += [{"enrolment_id": place, "lesson_id": lesson, "kind": LessonEventKind.COMPLETED, "at": at} for lesson in lessons]
        tried = {"stage": Stage.GRADED, "started_at": then, "handed_in_at": then, "answers": {}, "marks": {}, "most": 1000}
        rows[Attempt].append({"enrolment_id": place, "quiz_id": quiz, "sheet_id": sheet, "number": 1, **tried, **graded})
        sent = {"verdict": Verdict.WAITING if waits else Verdict.GRADED, "handed_in_at": then, "text": "C D E F G A B"}
        rows[Submission].append({"enrolment_id": place, "assignment_id": assignment, "number": 1, **sent, **graded})
        issued = {"code": uuid7().hex, "course": text["title"], "name": f"Learner {n}", "state": CertificateState.ISSUED, "public": False, "findable": False}
        rows[Certificate].append({"learner_id": learner, "course_id": course, **text, **issued, "issued_at": then})
        rows[Review].append({"author_id": learner, "course_id": course, "stars": 4, "text": "Clear and calm.", "written_at": then, "hidden_because": ""})
    return rows


def courses(made: Installation, many: int) -> None:
    """So many courses at athena, all of Theo's, in each of which Lena learns."""
    academy, at = made.academy("athena").id, clock.now()
    with made.app.app_context(), everywhere("fill an academy with courses, to measure", write=True) as opened:
        like = opened.scalars(select(Course).where(Course.academy_id == academy)).first()
        assert like is not None
        theo, lena = (opened.scalars(select(Person.id).where(Person.academy_id == academy, Person.name == name)).one() for name in ("Theo", "Lena"))
        there = len(opened.scalars(select(Course.id).where(Course.academy_id == academy)).all())
        facts = {column.name: getattr(like, column.key) for column in Course.__table__.columns if column.name not in ("id", "slug", "title", "position")}
        facts |= {"author_id": theo, "state": CourseState.PUBLISHED, "level": Level.BEGINNER}
        new = [{**facts, "id": uuid7(), "slug": f"more-{n}", "title": f"Course {n}", "position": n + 10} for n in range(there, many)]
        common = {"academy_id": academy, "learner_id": lena}
        places = [{**common, "id": uuid7(), "course_id": one["id"], "enrolled_at": at, "last_activity_at": at} for one in new]
        rights = [{**common, "id": uuid7(), "course_id": one["id"], "source": Source.FREE, "reference": "", "starts_at": at} for one in new]
        for model, rows in ((Course, new), (Enrolment, places), (Entitlement, rights)):
            opened.connection().execute(insert(model.__table__), rows)
