# SPDX-License-Identifier: MIT
"""What other plugins, and this plugin's own pages, may ask about courses, and do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select

from upart.plugin import Person, Recipient, clock, context, everywhere, permitted, prepared
from upart_courses import pace
from upart_courses.actions.cohorts import Group, groups_of, put_into
from upart_courses.actions.entitling import entitle, is_entitled, is_live, revoke, rights_of
from upart_courses.actions.learning import Progress, enrol, leave, progress
from upart_courses.embeds import embed_of
from upart_courses.measures import MEASURES, Counted, Measure
from upart_courses.models import (
    Certificate,
    CertificateState,
    Course,
    CourseState,
    Enrolment,
    Entitlement,
    Entry,
    Faq,
    Lesson,
    Note,
    Section,
    Source,
    Visibility,
)
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Submission
from upart_courses.pace import Learner
from upart_courses.release import Lock

__all__ = [
    "MEASURES",
    "Counted",
    "Group",
    "Learner",
    "Learning",
    "Lock",
    "Measure",
    "OutlineSection",
    "Progress",
    "Source",
    "catalogue",
    "certificates",
    "enrol",
    "entitle",
    "goes_on",
    "groups_of",
    "held",
    "is_entitled",
    "learners",
    "learning",
    "leave",
    "lessons_of",
    "locked",
    "locked_of",
    "outline",
    "played_by",
    "progress",
    "put_into",
    "reads",
    "revoke",
    "rightful",
    "rights_of",
    "sees",
    "teaches",
    "writes",
]

CARD = (
    Course.id,
    Course.slug,
    Course.title,
    Course.summary,
    Course.cover,
    Course.cover_id,
    Course.lessons,
    Course.minutes,
    Course.level,
    Course.field,
    Course.language,
)
PUBLISHED = Course.state == CourseState.PUBLISHED
NOW = bindparam("now", type_=Entitlement.starts_at.type)
RIGHTFUL = select(Entitlement.course_id).where(Entitlement.learner_id == bindparam("learner_id"), is_live(NOW))

CATALOGUE = prepared(select(*CARD).where(PUBLISHED, Course.visibility == Visibility.PUBLIC).order_by(Course.position, Course.id))
CATALOGUE_OF = prepared(  # what somebody finds who has signed in
    select(*CARD)
    .where(PUBLISHED, or_(Course.visibility.in_((Visibility.PUBLIC, Visibility.MEMBERS)), Course.id.in_(RIGHTFUL)))
    .order_by(Course.position, Course.id)
)
COURSE = prepared(
    select(Course, Person.name.label("teacher"), Faq.text.label("faq"))
    .outerjoin_from(Course, Person, (Person.academy_id == Course.academy_id) & (Person.id == Course.author_id))
    .outerjoin(Faq, (Faq.academy_id == Course.academy_id) & (Faq.course_id == Course.id))
    .where(Course.slug == bindparam("slug"))
)
OUTLINE = prepared(
    select(Section.id.label("section_id"), Section.title.label("section"), Lesson.id, Lesson.title, Lesson.slug, Lesson.kind, Lesson.minutes, Lesson.preview)
    .add_columns(Lesson.position, Lesson.required, Lesson.added_at, Section.release)
    .join_from(Lesson, Section, (Section.academy_id == Lesson.academy_id) & (Section.id == Lesson.section_id))
    .where(Lesson.course_id == bindparam("course_id"), Lesson.published)
    .order_by(Lesson.position)
)
BODY = prepared(
    select(Lesson.id, Lesson.slug, Lesson.blocks, Lesson.preview).where(
        Lesson.course_id == bindparam("course_id"), Lesson.slug == bindparam("slug"), Lesson.published
    )
)
PASSED = tuple(  # the blocks of a lesson that the learner of this place has passed: of quizzes, and of assignments
    select(func.aggregate_strings(rules.block, " "))
    .join(act, (act.academy_id == rules.academy_id) & (link == rules.id))
    .where(rules.lesson_id == Lesson.id, act.enrolment_id == bindparam("enrolment_id"), act.passed.is_(True))
    .correlate(Lesson)
    .scalar_subquery()
    for rules, act, link in ((Quiz, Attempt, Attempt.quiz_id), (Assignment, Submission, Submission.assignment_id))
)
BODY_NOTED = prepared(  # with what the learner of this place has noted beside it, and passed in it: one statement for each of their lessons
    select(Lesson.id, Lesson.slug, Lesson.blocks, Lesson.preview, Note.text.label("note"))
    .add_columns(PASSED[0].label("quizzes"), PASSED[1].label("assignments"))
    .outerjoin_from(Lesson, Note, (Note.academy_id == Lesson.academy_id) & (Note.lesson_id == Lesson.id) & (Note.enrolment_id == bindparam("enrolment_id")))
    .where(Lesson.course_id == bindparam("course_id"), Lesson.slug == bindparam("slug"), Lesson.published)
)
ANSWERING = exists(select(Attempt.id).where(Attempt.academy_id == Enrolment.academy_id, Attempt.enrolment_id == Enrolment.id, Attempt.stage == Stage.RUNNING))
ENROLMENT = prepared(
    select(Enrolment.id, Enrolment.enrolled_at, Enrolment.completed_at, Enrolment.cohort_id)
    .add_columns(exists(RIGHTFUL.where(Entitlement.course_id == bindparam("course_id"))).label("entitled"), ANSWERING.label("answers"))
    .where(Enrolment.learner_id == bindparam("learner_id"), Enrolment.course_id == bindparam("course_id"), Enrolment.left_at.is_(None))
)  # fmt: skip
RIGHTS = prepared(RIGHTFUL)
LESSONS = prepared(
    select(Lesson.course_id, Lesson.id, Lesson.slug, Lesson.title, Lesson.section_id, Lesson.required, Lesson.added_at, Section.release, Course.released_at)
    .join_from(Lesson, Section, (Section.academy_id == Lesson.academy_id) & (Section.id == Lesson.section_id))
    .join(Course, (Course.academy_id == Lesson.academy_id) & (Course.id == Lesson.course_id))
    .where(Lesson.course_id.in_(bindparam("courses", expanding=True)), Lesson.published)
    .order_by(Lesson.course_id, Lesson.position)
)  # fmt: skip
CERTIFICATES = prepared(
    select(Certificate.course_id, Certificate.code).where(
        Certificate.learner_id == bindparam("learner_id"), Certificate.course_id.in_(bindparam("courses", expanding=True))
    )
)  # fmt: skip
HELD = prepared(
    select(Certificate.code, Certificate.course, Certificate.issued_at)
    .where(Certificate.learner_id == bindparam("learner_id"), Certificate.state == CertificateState.ISSUED)
    .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
)  # fmt: skip
WITHIN = select(func.count()).select_from(Enrolment).where(Enrolment.course_id == Course.id, Enrolment.left_at.is_(None)).correlate(Course).scalar_subquery()
LEARNERS = prepared(  # counted course by course: grouped, SQLite reads each id from the index, at twice the time
    select(Course.id.label("course_id"), WITHIN.label("number")).where(Course.id.in_(bindparam("courses", expanding=True))), counts=True
)


@dataclass
class OutlineSection:
    """A part of a course as its outline shows it: title, minutes, lessons in order."""

    id: UUID
    title: str
    minutes: int = 0
    lessons: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Learning:
    """A learner's place in a course, how far they have come in it, whether they have a right to it that holds now, and whether they are in a quiz."""

    id: UUID
    enrolled_at: datetime
    completed_at: datetime | None
    progress: Progress
    entitled: bool = True
    cohort_id: UUID | None = None
    answers: bool = False


def catalogue() -> Sequence[Row[Any]]:
    """The published courses that the acting person finds in the catalogue, in its order; visitors find what everybody may see."""
    return CATALOGUE() if context.person is None else CATALOGUE_OF(learner_id=context.person.id, now=clock.now())


def outline(course_id: UUID) -> list[OutlineSection]:
    """Sections and lessons of a course, in order; sections without lessons are left out."""
    sections: dict[UUID, OutlineSection] = {}
    for lesson in OUTLINE(course_id=course_id):
        section = sections.setdefault(lesson.section_id, OutlineSection(lesson.section_id, lesson.section))
        section.lessons.append(lesson)
        section.minutes += lesson.minutes
    return list(sections.values())


def learning(course_id: UUID) -> Learning | None:
    """The acting person's place in a course, or None for visitors and people who are not in it."""
    row = ENROLMENT.first(course_id=course_id, learner_id=context.person.id, now=clock.now()) if context.person is not None else None
    return (
        Learning(row.id, row.enrolled_at, row.completed_at, progress([row.id])[row.id], bool(row.entitled), row.cohort_id, bool(row.answers))
        if row is not None
        else None
    )


def rightful() -> frozenset[UUID]:
    """The courses to which the acting person has a right that holds now, whether they are in them or not."""
    return frozenset(row.course_id for row in RIGHTS(learner_id=context.person.id, now=clock.now())) if context.person is not None else frozenset()


def lessons_of(courses: Sequence[UUID]) -> Mapping[UUID, list[Row[Any]]]:
    """The lessons of several courses, each in order, by one statement."""
    found: dict[UUID, list[Row[Any]]] = {id: [] for id in courses}
    for lesson in LESSONS(courses=list(courses)):
        found[lesson.course_id].append(lesson)
    return found


def locked_of(learners: Sequence[Learner], lessons: Mapping[UUID, Sequence[Row[Any]]]) -> dict[UUID, dict[UUID, Lock]]:
    """Of several learners the sections that are not open to them yet, by one statement; `lessons` as `lessons_of` gives them."""
    planned = {id: pace.parts(rows) for id, rows in lessons.items() if rows and rows[0].released_at is None}
    return pace.closed(learners, planned)


def certificates(courses: Sequence[UUID]) -> Mapping[UUID, str]:
    """The codes of the acting person's certificates of these courses, by one statement, or none: the page of one is `/certificates/CODE`."""
    if context.person is None or not courses:
        return {}
    return {row.course_id: row.code for row in CERTIFICATES(learner_id=context.person.id, courses=list(courses))}


def held() -> Sequence[Row[Any]]:
    """The acting person's certificates that hold, the newest first, whether they still are in the course or not: `code`, title of the `course`, `issued_at`."""
    return HELD(learner_id=context.person.id) if context.person is not None else []


def learners(courses: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many people are in each of several courses, by one statement."""
    return dict.fromkeys(courses, 0) | {row.course_id: row.number for row in LEARNERS(courses=list(courses))}


def played_by(academy: Any) -> list[Recipient]:
    """Who plays the videos from elsewhere in lessons of an academy that people read, by name."""
    with everywhere("who plays videos in lessons of an academy?") as opened:
        read = (Course.academy_id == Lesson.academy_id, Course.id == Lesson.course_id, Course.state != CourseState.DRAFT, Lesson.published)
        found = opened.scalars(select(Lesson.embeds).distinct().join(Course, and_(*read)).where(Lesson.academy_id == academy.id, Lesson.embeds != ""))
        addresses = {address for text in found for address in text.splitlines()}
    players = {embed.player.name: embed.player for address in addresses if (embed := embed_of(address, academy.settings)) is not None}
    return [players[name].recipient for name in sorted(players)]


def writes(course: Course | Row[Any]) -> bool:
    """May the acting person write this course and see its learners? Teachers their own, managers all."""
    return permitted("courses.manage") or (permitted("courses.teach") and course.author_id == context.person.id)


def sees(course: Course | Row[Any], mine: Learning | None) -> bool:
    """May the acting person see the page of this course? A draft only its writers, an archived one also its learners, a published one as it says."""
    if writes(course) or (mine is not None and course.state is not CourseState.DRAFT):
        return True
    if course.state is not CourseState.PUBLISHED:
        return False
    if course.visibility in (Visibility.PUBLIC, Visibility.UNLISTED) or permitted("courses.teach"):
        return True
    return context.person is not None and (course.visibility is Visibility.MEMBERS or course.id in rightful())


def goes_on(course: Course | Row[Any], mine: Learning | None) -> bool:
    """May the acting person, who has a place in this course, learn in it now? Where it asks for a right, one of theirs has to hold."""
    return mine is not None and (course.entry is Entry.OPEN or mine.entitled)


def reads(course: Course | Row[Any], mine: Learning | None) -> bool:
    """May the acting person read lessons of a course that they see? Its learners what is open to them, everybody who teaches here all."""
    return goes_on(course, mine) or teaches(course)


def teaches(course: Course | Row[Any]) -> bool:
    """Does nothing in this course close for the acting person, because they write it or teach here?"""
    return writes(course) or permitted("courses.teach")


def locked(course: Course | Row[Any], mine: Learning | None, sections: Sequence[OutlineSection], at: datetime | None = None) -> dict[UUID, Lock]:
    """The sections of a course that are not open to the acting person, now or `at` an instant, each with what opens it.

    Nothing is closed to those who teach.
    """
    if mine is None or teaches(course) or course.released_at is not None:
        return {}
    parts = pace.parts([lesson for section in sections for lesson in section.lessons])
    return pace.closed([Learner(mine.id, course.id, mine.enrolled_at, mine.progress, mine.cohort_id)], {course.id: parts}, at)[mine.id]
