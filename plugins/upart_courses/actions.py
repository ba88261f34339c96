# SPDX-License-Identifier: MIT
"""What people can do with courses. Callers open the door and commit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from upart.plugin import Person, Problem, session
from upart_courses.models import Course, CourseState, Lesson, LessonKind, Level, Section


def write_course(folder: Path, people: Mapping[str, Person]) -> Course:
    """Make a published course from a folder: course.toml, a folder per section, a Markdown file per lesson.

    `people` are the teachers by first name in lower case. Raises Problem 422 naming the file at fault.
    """
    data = _toml((folder / "course.toml").read_text(encoding="utf-8"), folder / "course.toml")
    course = Course(
        slug=folder.name, author=people.get(data["teacher"]), title=data["title"], summary=data["summary"], lead=data["lead"],
        description=data["description"], field=data["subject"], level=Level(data["level"]), language=data["language"], cover=data["cover"],
        outcomes=list(data["outcomes"]), state=CourseState.PUBLISHED, position=(session.scalar(select(func.count(Course.id))) or 0) + 1,
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
    course.minutes += data["minutes"]
    lesson = Lesson(
        course_id=course.id, section_id=section.id, slug=file.stem.partition("-")[2], title=data["title"], kind=LessonKind(data["kind"]),
        minutes=data["minutes"], preview=data["preview"], position=course.lessons, body=body.strip(),
    )  # fmt: skip
    session.add(lesson)
    return lesson


def _toml(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Problem(422, f"{file} cannot be read: {error}.", remedy="Correct the line and try again.") from None
