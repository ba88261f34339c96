# SPDX-License-Identifier: MIT
"""Make a draft of a course that is there: what its writer sees of it now, and nobody who learns in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from upart.plugin import Model, Person, emit, get_or_404, session
from upart_courses.actions.coming import to_come
from upart_courses.actions.drafting import cover_of, typed
from upart_courses.actions.filling import keep_files
from upart_courses.actions.outlining import Written, arrange
from upart_courses.actions.pacing import plan_of
from upart_courses.actions.writing import FACTS, begin, lock, outline_of
from upart_courses.models import Course, Faq, Lesson, LessonKind, Level, Section
from upart_courses.models.assessed import Assignment, Question, Quiz
from upart_courses.release import COMPLETION

Row = TypeVar("Row", bound=Model)

SETTINGS = ("visibility", "entry", "prerequisites", "certifies")
"""What is copied of a course besides what can be typed in."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A course and its copy; `rows`: of each section and lesson of the first the one that was made of it."""

    source: Course
    copy: Course
    rows: dict[UUID, Section | Lesson] = field(default_factory=dict)

    @property
    def lessons(self) -> Mapping[UUID, Lesson]:
        """The lessons of the copy by the ids of those that they were made of."""
        return {id: row for id, row in self.rows.items() if isinstance(row, Lesson)}


def _plan(copied: Copied) -> None:
    """Let the parts of the copy open as those of the course do; what is done before is of the copy."""
    for id, rule in plan_of(copied.source).items():
        made = copied.rows.get(UUID(id))
        waits = next((name for name in ("section", "lesson") if name in rule), None) if rule.get("kind") == COMPLETION else None
        before = copied.rows.get(UUID(rule[waits])) if waits else None
        if isinstance(made, Section) and (waits is None or before is not None):
            made.release = {**rule, waits: str(before.id)} if waits and before is not None else {**rule}


def _files(copied: Copied) -> None:
    """Let the library know that the lessons of the copy show its files too; the files themselves are there once."""
    for lesson in copied.lessons.values():
        keep_files(lesson)


def _quizzes(copied: Copied) -> None:
    """Let the quizzes of the copy ask what those of the course do; attempts stay with the course."""
    quizzes = session.scalars(select(Quiz).where(Quiz.lesson_id.in_(copied.lessons))).all()
    made = {one.id: _again(one, lesson_id=copied.lessons[one.lesson_id].id) for one in quizzes}
    session.flush()
    for question in session.scalars(select(Question).where(Question.quiz_id.in_(made)).order_by(Question.quiz_id, Question.position)):
        _again(question, quiz_id=made[question.quiz_id].id, version=1)


def _assignments(copied: Copied) -> None:
    """Let the assignments of the copy be worth the same; a deadline is of a round, so the copy has none."""
    for one in session.scalars(select(Assignment).where(Assignment.lesson_id.in_(copied.lessons))):
        _again(one, lesson_id=copied.lessons[one.lesson_id].id, due="", zone="", due_at=None)


def _faq(copied: Copied) -> None:
    """Let the page of the copy answer the same questions."""
    for one in session.scalars(select(Faq).where(Faq.course_id == copied.source.id)):
        _again(one, course_id=copied.copy.id)


def _again(row: Row, **other: Any) -> Row:
    """A second row that says the same, but for these columns."""
    said = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in ("academy_id", "id")}
    made = type(row)(**said | other)
    session.add(made)
    return made


PARTS: tuple[Callable[[Copied], None], ...] = (_plan, _files, _quizzes, _assignments, _faq)
"""What hangs on sections and lessons and goes along, in order: each makes its own rows for the copy. What else hangs on a lesson joins here."""


def duplicate(author: Person, course: Course, id: UUID, title: str) -> Course:
    """Make a draft with another title out of a course: facts, cover, sections, lessons, plan, tasks, access, with what its drafts say; no learners, no rights.

    With the same id again it is the same copy.
    """
    lock(course)
    facts = typed(course, course)
    values = {name: facts[name] for name in FACTS[Course] if name not in ("title", "slug")} | {name: getattr(course, name) for name in SETTINGS}
    made = begin(id, author, title, {**values, "level": Level(values["level"]), "cover_id": cover_of(course)})
    copy = get_or_404(Course, id)
    if made:
        copied = Copied(course, copy)
        _outline(copied, to_come(course))
        for part in PARTS:
            part(copied)
        arrange(copy, outline_of(copy))
        emit("courses.created", copy, copy_of=course.id)
    return copy


def _outline(copied: Copied, outline: Written) -> None:
    number = 0
    for place, (heading, inside) in enumerate(outline, start=1):
        section = copied.rows[heading.id] = Section(course_id=copied.copy.id, title=heading.title, position=place)
        session.add(section)
        session.flush()
        for lesson in inside:
            number += 1
            copied.rows[lesson.id] = _lesson(copied, section, lesson, number)
    session.flush()


def _lesson(copied: Copied, section: Section, lesson: Lesson, number: int) -> Lesson:
    said: dict[str, Any] = {"required": lesson.required, **typed(copied.source, lesson), "section_id": section.id, "published": True}
    row = Lesson(course_id=copied.copy.id, slug=lesson.slug, position=number, **{**said, "kind": LessonKind(said["kind"])})
    session.add(row)
    return row
