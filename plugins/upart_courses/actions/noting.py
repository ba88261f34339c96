# SPDX-License-Identifier: MIT
"""Learners' own notes on lessons: write, change, find, take along. They outlive the lesson, the access to it and the place in the course."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select, update

from upart.plugin import clock, context, prepared, session
from upart.plugin import gettext as _
from upart_courses.actions.learning import be_active
from upart_courses.models import Course, Enrolment, Lesson, Note

TEXT = prepared(select(Note.text).where(Note.enrolment_id == bindparam("enrolment_id"), Note.lesson_id == bindparam("lesson_id")))
PLACES = prepared(
    select(Enrolment.id, Enrolment.left_at, Course.slug, Course.title)
    .add_columns(exists().where(Note.academy_id == Enrolment.academy_id, Note.enrolment_id == Enrolment.id).label("noted"))
    .join_from(Enrolment, Course, (Course.academy_id == Enrolment.academy_id) & (Course.id == Enrolment.course_id))
    .where(Enrolment.learner_id == bindparam("learner_id"))
)
OTHERWISE = re.compile(r"\s{0,3}(#|=+\s*$|-+\s*$|`{3}|~{3}|<[!?]|<(script|pre|style|textarea)\b)", re.IGNORECASE)
"""Lines that would be a heading in Markdown, or make one of the line above; or would turn all that follows into code or HTML until it ends
(CommonMark 0.31, 4.2, 4.3, 4.5 and 4.6)."""


@dataclass(frozen=True, slots=True)
class Written:
    """A note with its lesson as the outline has it; None: it is not in the course any more. `closed`: it is not open to its learner now."""

    row: Note
    lesson: Row[Any] | None
    closed: bool

    @property
    def title(self) -> str:
        """What the lesson is called, or was."""
        return self.lesson.title if self.lesson is not None else self.row.heading


@dataclass(frozen=True, slots=True)
class Chapter:
    """The notes of one section, in the order of its lessons. Without a title: of lessons that have gone."""

    title: str
    notes: Sequence[Written]


def text_of(enrolment_id: UUID, lesson_id: UUID) -> str:
    """What this learner has noted about a lesson; "" for nothing."""
    row = TEXT.first(enrolment_id=enrolment_id, lesson_id=lesson_id)
    return row.text if row is not None else ""


def place_of(course_id: UUID) -> Enrolment | None:
    """The acting person's place in a course, also one that they have left."""
    return session.scalars(select(Enrolment).where(Enrolment.learner_id == context.person.id, Enrolment.course_id == course_id)).first()


def note_of(enrolment: Enrolment, lesson_id: UUID) -> Note | None:
    """The note of a lesson."""
    return session.scalars(select(Note).where(Note.enrolment_id == enrolment.id, Note.lesson_id == lesson_id)).first()


def write(enrolment: Enrolment, lesson: Lesson, text: str) -> None:
    """Keep what a learner notes about a lesson; nothing is no note. Both are held, so that two tabs come one after the other."""
    row = note_of(enrolment, lesson.id)
    if row is not None:
        row.heading = lesson.title
        change(row, text)
    elif text:
        session.add(Note(enrolment_id=enrolment.id, lesson_id=lesson.id, heading=lesson.title, text=text))
    be_active(enrolment)


def change(row: Note, text: str) -> None:
    """Keep another text; with none the note is deleted."""
    if not text:
        session.delete(row)
    elif text != row.text:
        row.text, row.written_at = text, clock.now()


def outlive(lessons: Sequence[UUID]) -> None:
    """Before lessons are deleted: notes about them stay with those who wrote them. Holds the lessons, so that nobody writes another one meanwhile."""
    session.execute(select(Lesson.id).where(Lesson.id.in_(lessons)).order_by(Lesson.id).with_for_update())
    session.execute(update(Note).where(Note.lesson_id.in_(lessons)).values(lesson_id=None))


def of_course(enrolment: Enrolment, sections: Sequence[Any], closed: Collection[UUID], wanted: str = "") -> list[Chapter]:
    """A learner's notes by section, in the order of the outline; `closed`: lessons that they cannot open; `wanted`: words, each of which a note holds."""
    rows = session.scalars(select(Note).where(Note.enrolment_id == enrolment.id).order_by(Note.written_at, Note.id)).all()
    by_lesson = {row.lesson_id: row for row in rows if row.lesson_id is not None}
    found = [
        Chapter(section.title, [Written(by_lesson.pop(one.id), one, one.id in closed) for one in section.lessons if one.id in by_lesson])
        for section in sections
    ]  # fmt: skip
    gone = [Written(row, None, True) for row in rows if row.lesson_id is None or row.lesson_id in by_lesson]
    chapters = [Chapter(one.title, [note for note in one.notes if _holds(note, wanted)]) for one in (*found, Chapter("", gone))]
    return [one for one in chapters if one.notes]


def _holds(note: Written, wanted: str) -> bool:
    text = f"{note.title} {note.row.text}".casefold()
    return all(word in text for word in wanted.casefold().split())


def places() -> Sequence[Row[Any]]:
    """The acting person's places in courses, also those that they have left: `id`, `left_at`, `slug`, `title`, and whether they have notes there (`noted`)."""
    return PLACES(learner_id=context.person.id)


def as_markdown(course: str, chapters: Sequence[Chapter]) -> str:
    """Notes as a file: sections and lessons are its headings, and lines stay lines (CommonMark 0.31)."""
    parts = [f"# {_('My notes')}: {course}"]
    for chapter in chapters:
        parts.append(f"## {chapter.title or _('Lessons that are not in the course any more')}")
        for note in chapter.notes:
            parts += [f"### {note.title}", "\n".join(_lines(note.row.text))]
    return "\n\n".join(parts) + "\n"


def _lines(text: str) -> Iterator[str]:
    """No line is a heading, none begins what it does not end, and each that another one follows ends as a line."""
    lines = [re.sub(r"^(\s*)", r"\1\\", line, count=1) if OTHERWISE.match(line) else line.rstrip() for line in text.splitlines()]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        yield f"{line}  " if line and following else line
