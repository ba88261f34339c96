# SPDX-License-Identifier: MIT
"""Courses from folders, and learners who have come some way: what a demo is made of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from upart.plugin import Person, Problem, clock, session
from upart_courses.actions.certifying import certify
from upart_courses.models import Course, CourseState, Enrolment, Lesson, LessonEvent, LessonEventKind, LessonKind, Level, Section

EVENINGS = (2, 1, 3, 1)
"""Days between two lessons of somebody who learns when there is time."""


def write_course(folder: Path, people: Mapping[str, Person]) -> Course:
    """Make a published course from a folder: course.toml, a folder per section, a Markdown file per lesson.

    `people` are the teachers by first name in lower case. Raises Problem 422 naming the file at fault.
    """
    data = _toml((folder / "course.toml").read_text(encoding="utf-8"), folder / "course.toml")
    place = (session.scalar(select(func.count(Course.id))) or 0) + 1
    course = Course(
        slug=folder.name, author=people.get(data["teacher"]), title=data["title"], summary=data["summary"].strip(), lead=data["lead"].strip(),
        description=data["description"].strip(), field=data["subject"], level=Level(data["level"]), language=data["language"], cover=data["cover"],
        outcomes=list(data["outcomes"]), state=CourseState.PUBLISHED, published_at=clock.now(), position=place,
    )  # fmt: skip
    session.add(course)
    session.flush()
    for number, part in enumerate(data["sections"], start=1):
        section = Section(course_id=course.id, title=part["title"], position=number)
        session.add(section)
        session.flush()
        for file in sorted((folder / part["folder"]).glob("*.md")):
            add_lesson(course, section, file)
    return course


def add_lesson(course: Course, section: Section, file: Path) -> Lesson:
    """Append a lesson read from a Markdown file with TOML front matter, and count it."""
    _, head, body = file.read_text(encoding="utf-8").split("+++", 2)
    data = _toml(head, file)
    course.lessons += 1
    course.needed += 1
    course.minutes += data["minutes"]
    lesson = Lesson(
        course_id=course.id, section_id=section.id, slug=file.stem.partition("-")[2], title=data["title"], kind=LessonKind(data["kind"]),
        minutes=data["minutes"], preview=data["preview"], position=course.lessons, body=body.strip(),
    )  # fmt: skip
    session.add(lesson)
    return lesson


def learn_along(learner: Person, course: Course, done: int, days: int) -> Enrolment:
    """Let a learner have enrolled `days` ago, and have done that many lessons since, the next one opened."""
    at = (clock.now() - timedelta(days=days)).replace(hour=18, minute=40)
    enrolment = Enrolment(learner_id=learner.id, course_id=course.id, enrolled_at=at)
    session.add(enrolment)
    session.flush()
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position)).all()
    for number, (lesson, pause) in enumerate(zip(lessons[: done + 1], cycle(EVENINGS), strict=False)):
        session.add(LessonEvent(enrolment_id=enrolment.id, lesson_id=lesson.id, kind=LessonEventKind.OPENED, at=at))
        if number < done:
            at += timedelta(minutes=lesson.minutes)
            session.add(LessonEvent(enrolment_id=enrolment.id, lesson_id=lesson.id, kind=LessonEventKind.COMPLETED, at=at))
            at += timedelta(days=pause if number + 1 < done else 0, seconds=20)
    enrolment.last_activity_at = at
    if done >= len(lessons):
        enrolment.completed_at = at
        certify(course, [enrolment])
    return enrolment


def _toml(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Problem(422, f"{file} cannot be read: {error}.", remedy="Correct the line and try again.") from None
