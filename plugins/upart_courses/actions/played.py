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
from upart_courses.packaged import scorm_in, unplayable, version_of_bytes

Place = tuple[UUID, UUID, str]
"""An enrolment, a lesson, a block of it."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that learners see in a course: where it stands, of how many parts it is, and of which bytes."""

    lesson: Lesson
    block: str
    title: str
    parts: int
    version: str

    @property
    def name(self) -> str:
        """Its title, or what it is."""
        return self.title or _("Learning package")


@dataclass(frozen=True, slots=True)
class Round:
    """What one learner has reached in a package from its beginning to a new start or a new file, or until now (`number` 0), part by part."""

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
    """The packages of a course that can be played, in order: of lessons that learners see."""
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id, Lesson.published).order_by(Lesson.position)).all()
    return packages_in(lessons)


def packages_in(lessons: Sequence[Lesson]) -> list[Package]:
    """The same of some lessons."""
    shown = [(lesson, one) for lesson in lessons for one in known(lesson.blocks) if one["kind"] == "package" and one["item"]]
    items = media({UUID(one["item"]) for _lesson, one in shown})
    files = [(lesson, one, items[UUID(one["item"])].file) for lesson, one in shown if UUID(one["item"]) in items]
    return [
        Package(lesson, one["id"], str(one.get("title") or ""), len(scorm_in(file).items), version_of_bytes(file))
        for lesson, one, file in files if unplayable(file) is None
    ]  # fmt: skip


def rounds(enrolments: Sequence[UUID], found: Sequence[Package]) -> Mapping[Place, list[Round]]:
    """What these learners have reached, the newest round first; whoever has not begun is not among them. By two statements.

    What was reached with other bytes of a package is an earlier round, also before the first report on the new ones makes it one.
    """
    here = {(one.lesson.id, one.block): one for one in found}
    if not here:
        return {}
    rows: dict[Place, dict[int, list[Any]]] = {}
    for row in _rows_of(EarlierResult, enrolments, found):
        rows.setdefault((row.enrolment_id, row.lesson_id, row.block), {}).setdefault(row.round, []).append(row)
    following = {place: max(some) + 1 for place, some in rows.items()}
    for row in _rows_of(PackageResult, enrolments, found):
        place: Place = (row.enrolment_id, row.lesson_id, row.block)
        now = place[1:] in here and row.version == here[place[1:]].version
        rows.setdefault(place, {}).setdefault(0 if now else following.get(place, 1), []).append(row)
    newest_first = {place: sorted(some.items(), key=lambda one: (one[0] > 0, -one[0])) for place, some in rows.items() if place[1:] in here}
    return {place: [Round(each, here[place[1:]].parts, number) for number, each in some] for place, some in newest_first.items()}


def _rows_of(table: Any, enrolments: Sequence[UUID], found: Sequence[Package]) -> Sequence[Any]:
    there = select(table).where(table.enrolment_id.in_(enrolments), table.lesson_id.in_({one.lesson.id for one in found}))
    return session.scalars(there.order_by(table.part)).all()


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
