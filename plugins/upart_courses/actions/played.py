# SPDX-License-Identifier: MIT
"""What learners have reached in the learning packages of a course, for whoever teaches it: by the same few statements however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.plugin import gettext as _
from upart.plugin import media, session
from upart_courses.blocks import known
from upart_courses.models import Course, EarlierResult, Lesson, PackageResult, PackageStatus
from upart_courses.packaged import scorm_in, unplayable

Place = tuple[UUID, UUID, str]
"""An enrolment, a lesson, a block of it."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that learners see in a course: where it stands, and of how many parts it is."""

    lesson: Lesson
    block: str
    title: str
    parts: int

    @property
    def name(self) -> str:
        """Its title, or what it is."""
        return self.title or _("Learning package")


@dataclass(frozen=True, slots=True)
class Round:
    """What one learner has reached in a package from its beginning to a new start, or until now (`number` 0), part by part."""

    rows: Sequence[Any]
    parts: int
    number: int

    @property
    def done(self) -> int:
        """How many parts are done."""
        return sum(row.done_at is not None for row in self.rows)

    @property
    def is_done(self) -> bool:
        """Are all of them?"""
        return self.done >= self.parts

    @property
    def seconds(self) -> int:
        """How long they were in it."""
        return sum(row.seconds for row in self.rows)

    @property
    def score(self) -> Decimal | None:
        """What its parts count together; None where none counts."""
        scores = [one for one in map(points, self.rows) if one is not None]
        return sum(scores, Decimal(0)) if scores else None

    @property
    def word(self) -> str:
        """How it stands, in words."""
        if self.parts > 1 and not self.is_done:
            return _("%(n)s of %(all)s parts", n=self.done, all=self.parts)
        return in_words(self.rows[0]) if self.parts == 1 else _("finished")

    @property
    def shown_score(self) -> str:
        """The score as the package writes it; of several parts none, since each counts for itself."""
        return scored(self.rows[0]) if self.parts == 1 else ""


def points(row: Any) -> Decimal | None:
    """The score of a part as a number; None where it has none, or hides it."""
    try:
        found = Decimal(row.score) if row.score else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def scored(row: Any) -> str:
    """A score for people: "90/100", "90", or nothing."""
    return f"{row.score}/{row.most}" if row.score and row.most else row.score


def in_words(row: Any) -> str:
    """How one part stands, in words. Once done it stays so, whatever it says when it is opened again."""
    if row.done_at is not None:
        return _("passed") if row.status == PackageStatus.PASSED else _("finished")
    return _("not passed") if row.status == PackageStatus.FAILED else _("begun")


def spent(seconds: int) -> str:
    """A time as hours, minutes and seconds: "0:05:20"."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def packages(course: Course) -> list[Package]:
    """The packages of a course that can be played, in order."""
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position)).all()
    return packages_in(lessons)


def packages_in(lessons: Sequence[Lesson]) -> list[Package]:
    """The same of some lessons."""
    shown = [(lesson, one) for lesson in lessons for one in known(lesson.blocks) if one["kind"] == "package" and one["item"]]
    items = media({UUID(one["item"]) for _lesson, one in shown})
    files = [(lesson, one, items[UUID(one["item"])].file) for lesson, one in shown if UUID(one["item"]) in items]
    return [
        Package(lesson, one["id"], str(one.get("title") or ""), len(scorm_in(file).items))
        for lesson, one, file in files if unplayable(file) is None
    ]  # fmt: skip


def rounds(enrolments: Sequence[UUID], found: Sequence[Package]) -> Mapping[Place, list[Round]]:
    """What these learners have reached, the newest round first; whoever has not begun is not among them. By two statements."""
    parts = {(one.lesson.id, one.block): one.parts for one in found}
    if not parts:
        return {}
    rows: dict[tuple[Place, int], list[Any]] = {}
    tables: tuple[Any, ...] = (PackageResult, EarlierResult)
    for table in tables:
        there = select(table).where(table.enrolment_id.in_(enrolments), table.lesson_id.in_({one.lesson.id for one in found})).order_by(table.part)
        for row in session.scalars(there):
            if (row.lesson_id, row.block) in parts:
                rows.setdefault(((row.enrolment_id, row.lesson_id, row.block), getattr(row, "round", 0)), []).append(row)
    made: dict[Place, list[Round]] = {}
    for (place, number), some in sorted(rows.items(), key=lambda one: (one[0][1] > 0, -one[0][1])):
        made.setdefault(place, []).append(Round(some, parts[place[1:]], number))
    return made


def best(some: Sequence[Round]) -> Round:
    """The round that counts: one that is done before one that is not, then the one that counts most, then the newest."""
    return max(some, key=lambda one: (one.is_done, one.done, one.score if one.score is not None else Decimal(-1), one.number == 0, one.number))


def written(some: Sequence[Round]) -> tuple[str, str, str, str]:
    """The round that counts as cells of a table: score, of how much, how it stands, and the time spent in it."""
    if not some:
        return "", "", "", ""
    one = best(some)
    score, most = (one.rows[0].score, one.rows[0].most) if one.parts == 1 else ("", "")
    return score, most, one.word, spent(one.seconds)
