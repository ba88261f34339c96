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
from upart_courses.actions.tasked import keep_tasks
from upart_courses.blocks import misread, new_block, text_block
from upart_courses.kinds import BY_NAME, Block
from upart_courses.models import Course, CourseState, Enrolment, Entry, Faq, Lesson, LessonEvent, LessonEventKind, LessonKind, Level, Section, Visibility
from upart_courses.packages.tree import Piece
from upart_courses.questions import QuestionKind, fault, read_lines

EVENINGS = (2, 1, 3, 1)
"""Days between two lessons of somebody who learns when there is time."""


def write_course(folder: Path, people: Mapping[str, Person]) -> Course:
    """Make a published course from a folder: course.toml, a folder per section, a Markdown file per lesson.

    `people` are the teachers by first name in lower case. What course.toml may leave out: `faq`, `visibility`, `entry`, `after` (addresses of courses
    that come before it and are there already), and of a section its `release`, where `section` is a folder. Raises Problem 422 naming the file at fault.
    """
    data = _toml((folder / "course.toml").read_text(encoding="utf-8"), folder / "course.toml")
    place = (session.scalar(select(func.count(Course.id))) or 0) + 1
    course = Course(
        slug=folder.name, author=people.get(data["teacher"]), title=data["title"], summary=data["summary"].strip(), lead=data["lead"].strip(),
        description=data["description"].strip(), field=data["subject"], level=Level(data["level"]), language=data["language"], cover=data["cover"],
        outcomes=list(data["outcomes"]), state=CourseState.PUBLISHED, published_at=clock.now(), position=place,
        visibility=Visibility(data.get("visibility", "public")), entry=Entry(data.get("entry", "open")),
    )  # fmt: skip
    session.add(course)
    first = session.scalars(select(Course.id).where(Course.slug.in_(data.get("after", ()))).order_by(Course.position))
    course.prerequisites = [str(id) for id in first]
    session.flush()
    if "faq" in data:
        session.add(Faq(course_id=course.id, text=data["faq"].strip()))
    made: dict[str, Section] = {}
    for number, part in enumerate(data["sections"], start=1):
        section = made[part["folder"]] = Section(course_id=course.id, title=part["title"], position=number)
        session.add(section)
        session.flush()
        section.release = _release(part.get("release"), made)
        for file in sorted((folder / part["folder"]).glob("*.md")):
            add_lesson(course, section, file)
    return course


def _release(rule: Mapping[str, Any] | None, made: Mapping[str, Section]) -> dict[str, Any] | None:
    """When a section opens, as its row keeps it."""
    return {**rule, "section": str(made[rule["section"]].id)} if rule is not None and "section" in rule else dict(rule) if rule is not None else None


def add_lesson(course: Course, section: Section, file: Path) -> Lesson:
    """Append a lesson read from a Markdown file with TOML front matter, and count it. Its `blocks` stand below the text.

    A quiz may have `rules` and `questions`, whose `lines` are written as teachers type them; an assignment `rules`.
    """
    _, head, body = file.read_text(encoding="utf-8").split("+++", 2)
    data = _toml(head, file)
    made = [_block(one, file) for one in data.get("blocks", ())]
    required, blocks = data.get("required", True), [*text_block(body.strip()), *(block for _piece, block in made)]
    course.lessons += 1
    course.needed += required
    course.minutes += data["minutes"]
    lesson = Lesson(
        course_id=course.id, section_id=section.id, slug=file.stem.partition("-")[2], title=data["title"], kind=LessonKind(data["kind"]),
        minutes=data["minutes"], preview=data["preview"], position=course.lessons, required=required, blocks=blocks,
    )  # fmt: skip
    session.add(lesson)
    session.flush()
    keep_tasks(lesson, made)
    return lesson


def _block(given: Mapping[str, Any], file: Path) -> tuple[Piece, Block]:
    kind, words = BY_NAME.get(given.get("kind", "")), {name: value for name, value in given.items() if name not in ("rules", "questions")}
    if kind is None or (wrong := misread(kind, words)):
        what = "a block of no kind" if kind is None else f"{wrong[0][0]}: {wrong[0][1]}"
        raise Problem(422, f"{file} cannot be read: {what}.", remedy=f"There are: {', '.join(BY_NAME)}.")
    piece = Piece(kind.name, rules=dict(given.get("rules", {})), questions=[_question(one, file) for one in given.get("questions", ())])
    return piece, new_block(kind.name, **{name: value for name, value in words.items() if name != "kind"})


def _question(given: Mapping[str, Any], file: Path) -> dict[str, Any]:
    kind = QuestionKind(given["kind"])
    lines, right = read_lines(kind, given["lines"])
    if what := fault(kind, lines, right):
        raise Problem(422, f"{file} cannot be read: {given['prompt']} {what}", remedy="Correct the question and try again.")
    return {
        "kind": kind,
        "prompt": given["prompt"],
        "points": given.get("points", 1),
        "lines": lines,
        "right": right,
        "explanation": given.get("explanation", ""),
    }


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
