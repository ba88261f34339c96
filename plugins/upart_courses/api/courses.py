# SPDX-License-Identifier: MIT
"""Courses for programs: the same verbs as on the pages, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

from msgspec import UNSET, Meta, UnsetType

from upart.plugin import (
    Added,
    Body,
    Fault,
    Include,
    NotHere,
    PictureOut,
    Resource,
    Unfit,
    allow,
    context,
    get_or_404,
    may,
    open_preview,
    signed_in,
)
from upart.plugin import gettext as _
from upart_courses import public, visible
from upart_courses.actions import certifying, coming, learning, outlining, preceding, publishing, reaching, writing
from upart_courses.actions.preceding import MOST
from upart_courses.api import added
from upart_courses.api.access import Line, writable
from upart_courses.api.sent import read_blocks, whole
from upart_courses.blocks import text_block
from upart_courses.forms.courses import COVERS, DAY, LANGUAGES, tidy
from upart_courses.kinds import BY_NAME
from upart_courses.limits import LONG
from upart_courses.limits import MOST as MOST_BLOCKS
from upart_courses.models import Course, CourseState, Enrolment, Entry, Lesson, LessonKind, Level, Visibility

Text = Annotated[str, Meta(max_length=LONG)]
Minutes = Annotated[int, Meta(ge=1, le=DAY)]

Blocks = Annotated[list[dict[str, Any]], Meta(max_length=MOST_BLOCKS, description=f"In order, each with `kind` ({', '.join(BY_NAME)}) and the fields of it.")]

TEACH, LEARN = may("courses.teach"), may("courses.learn")


class CourseIn(Body):
    """With what a course begins: a draft with a first section."""

    title: Line
    field: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S", description="Subject, such as “Music theory”.")]
    language: Annotated[str, Meta(description="ISO 639-1; the academy's, if left out.")] | UnsetType = UNSET


class CoursePatch(Body):
    """The facts of a course. A published one keeps its address and needs a summary."""

    title: Line | UnsetType = UNSET
    slug: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)] | UnsetType = UNSET
    summary: Annotated[str, Meta(max_length=240)] | UnsetType = UNSET
    lead: Annotated[str, Meta(max_length=600)] | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    field: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")] | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    language: str | UnsetType = UNSET
    cover: Annotated[str, Meta(description="Name of a drawing.")] | UnsetType = UNSET
    outcomes: Annotated[list[Annotated[str, Meta(min_length=1, max_length=160, pattern=r"\S")]], Meta(max_length=12)] | UnsetType = UNSET
    visibility: Annotated[Visibility, Meta(description="Who sees its page once it is published.")] | UnsetType = UNSET
    entry: Annotated[Entry, Meta(description="Who may enrol: everybody who sees it, or whoever has a right to it.")] | UnsetType = UNSET
    certifies: Annotated[bool, Meta(description="Does whoever finishes it get a certificate?")] | UnsetType = UNSET
    prerequisites: Annotated[list[UUID], Meta(max_length=MOST, description="Ids of courses to be finished before it.")] | UnsetType = UNSET


class LessonIn(Body):
    """A lesson at the end of a section, of the last one if none is named."""

    course_id: UUID
    title: Line
    section_id: UUID | UnsetType = UNSET
    kind: LessonKind = LessonKind.TEXT
    minutes: Minutes = 10
    preview: Annotated[bool, Meta(description="May visitors read it?")] = False
    body: Annotated[str, Meta(max_length=LONG, description="Markdown: a lesson of one text. Give `blocks` for more.")] = ""
    blocks: Blocks | UnsetType = UNSET


class LessonPatch(Body):
    """What a lesson says. In another section it goes to the end."""

    title: Line | UnsetType = UNSET
    section_id: UUID | UnsetType = UNSET
    kind: LessonKind | UnsetType = UNSET
    minutes: Minutes | UnsetType = UNSET
    preview: bool | UnsetType = UNSET
    required: Annotated[bool, Meta(description="Is the course finished only with it?")] | UnsetType = UNSET
    body: Annotated[str, Meta(max_length=LONG, description="Markdown, in place of all blocks.")] | UnsetType = UNSET
    blocks: Blocks | UnsetType = UNSET


class EnrolmentIn(Body):
    """The course in which the acting person wants to learn, and a group of it, if they choose one."""

    course_id: UUID
    cohort_id: UUID | UnsetType | None = UNSET


courses = Resource(
    "courses", Course, scope="courses:courses", writes=TEACH, small=True, sentence="Courses: those that are published, and to teachers their own drafts.",
    readable=(
        "id", "slug", "title", "summary", "lead", "description", "field", "level", "language", "cover", "outcomes", "state", "lesson_count", "minutes",
        "position", "changed_at", "published_at", "visibility", "entry", "certifies", "prerequisites", "grouped",
    ),
    renamed={"lesson_count": "lessons"}, long=("description",), filters=("id", "slug", "field", "level", "language", "state", "published_at"),
    sorts=("position", "title", "changed_at"), adds={"picture": Added(PictureOut, added.covers, needs=("cover", "cover_id"))},
    includes={"sections": Include("sections", by="course_id", many=True), "lessons": Include("lessons", by="course_id", many=True)},
    samples={"create": {"title": "Rye bread", "field": "Baking"}, "update": {"summary": "Three loaves, from the starter on."}},
)  # fmt: skip

lessons = Resource(
    "lessons", Lesson, scope="courses:courses", writes=TEACH, guarded={"body": visible.bodies, "blocks": visible.bodies}, long=("body", "blocks"),
    sentence="Lessons. `blocks` and `body` (their words, Markdown) are null for whoever may not read them: previews are for all, others for the course.",
    readable=("id", "course_id", "section_id", "slug", "title", "kind", "minutes", "preview", "position", "body", "required", "blocks"),
    filters=("id", "course_id", "section_id", "slug", "preview"), sorts=("position",), small=True,
    includes={"course": Include("courses", by="course_id"), "section": Include("sections", by="section_id")},
    holds=lambda lesson: writing.lock(get_or_404(Course, lesson.course_id)),
    samples={"update": {"title": "Why dough rises", "minutes": 12}},
)  # fmt: skip

enrolments = Resource(
    "enrolments", Enrolment, scope="courses:enrolments", policy=signed_in, writes=LEARN,
    sentence="Who learns in which course: one's own, and to teachers those of their courses.",
    readable=("id", "learner_id", "course_id", "enrolled_at", "last_activity_at", "completed_at", "left_at", "cohort_id"),
    filters=("id", "learner_id", "course_id", "cohort_id"), sorts=("id",), includes={"course": Include("courses", by="course_id")},
    adds={"progress": Added(added.ProgressOut, added.progress, needs=("course_id",))},
)  # fmt: skip


@courses.preview
def preview(rows: Sequence[Course], token: str) -> Mapping[UUID, Mapping[str, Any]]:
    """The course of that token, with what is written on its draft."""
    for course in rows:
        open_preview(course, token)
    return {course.id: added.course_as_drafted(course) for course in rows}


@lessons.preview
def preview_lesson(rows: Sequence[Lesson], token: str) -> Mapping[UUID, Mapping[str, Any]]:
    """A lesson of the course of that token, with what is written on its draft; also a new one that waits, and none that will be gone."""
    added.open_course(rows, token)
    return added.lessons_as_drafted(rows)


@courses.create(CourseIn)
def begin(body: CourseIn) -> Course:
    """Begin a course: a draft that only its author and managers see."""
    language = context.academy.settings["language"] if body.language is UNSET else body.language
    _known(language=language)
    return writing.create(context.person, uuid4(), tidy(body.title), tidy(body.field), language, next(iter(COVERS)))


@courses.update(CoursePatch)
def change(course: Course, body: CoursePatch) -> Course:
    """Change the facts of a course. Visitors see them at once when it is published."""
    writable(course)
    given: dict[str, Any] = {name: tidy(value) if type(value) is str else value for name, value in body.given().items()}
    access = {name: given.pop(name, getattr(course, name)) for name in ("visibility", "entry")}
    before, certifies = given.pop("prerequisites", None), given.pop("certifies", None)
    _known(**given)
    facts = {name: getattr(course, name) for name in writing.FACTS[Course]} | given
    if course.state is CourseState.PUBLISHED and not facts["summary"]:
        raise Unfit([Fault("/summary", "missing", _("A published course needs this."))])
    if course.published_at and facts["slug"] != course.slug:
        raise Unfit([Fault("/slug", "fixed", _("A course that was published keeps its address."))])
    try:
        writing.save(course, facts, writing.version(course))
    except writing.Taken:
        raise Unfit([Fault("/slug", "taken", _("Another course has this address."))], 409) from None
    if before is not None:
        _set_before(course, before)
    if certifies is not None:
        certifying.set_issuing(course, certifies)
    reaching.set_access(course, **access)
    return course


def _set_before(course: Course, ids: list[UUID]) -> None:
    try:
        preceding.set_prerequisites(course, ids)
    except preceding.Circle as circle:
        raise Unfit([Fault("/prerequisites", "circle", _("They would wait for each other: %(way)s.", way=" → ".join(circle.args)))]) from None


@courses.delete
def remove(course: Course) -> None:
    """Delete a course with its lessons and all enrolments, for ever."""
    writable(course)
    publishing.remove(course)


@courses.verb("publish")
def publish(course: Course) -> Course:
    """Show a course to everybody, or show it again. 422 says what is missing."""
    writable(course)
    try:
        publishing.publish(course)
    except publishing.NotReady as error:
        raise Unfit([Fault("", "not_ready", needed) for needed in error.args], code="not_ready") from None
    return course


@courses.verb("archive")
def archive(course: Course) -> Course:
    """Offer a course no longer. Whoever is in it may go on."""
    writable(course)
    publishing.archive(course)
    return course


@lessons.create(LessonIn)
def add(body: LessonIn) -> Lesson:
    """Append a lesson to a section of a course."""
    course = writable(get_or_404(Course, body.course_id))
    parts = writing.outline_of(course)
    section = parts[-1][0].id if body.section_id is UNSET and parts else body.section_id
    facts: dict[str, Any] = {"title": tidy(body.title), "kind": body.kind, "minutes": body.minutes, "preview": body.preview}
    facts["blocks"] = text_block(tidy(body.body)) if body.blocks is UNSET else read_blocks(body.blocks)
    if course.state is not CourseState.DRAFT:
        whole(facts["blocks"])
    return coming.add_lesson(course, uuid4(), _section(parts, section), facts, at_once=True)


@lessons.update(LessonPatch)
def rewrite(lesson: Lesson, body: LessonPatch) -> Lesson:
    """Change what a lesson says."""
    course, given = writable(lesson.course_id), body.given()
    section = _section(writing.outline_of(course), given.pop("section_id", lesson.section_id))
    facts: dict[str, Any] = {name: tidy(value) if name == "title" else value for name, value in given.items() if name not in ("body", "blocks")}
    if "blocks" in given or "body" in given:
        facts["blocks"] = read_blocks(given["blocks"]) if "blocks" in given else text_block(tidy(given["body"]), lesson.blocks)
    if course.state is not CourseState.DRAFT:
        whole(facts.get("blocks", []), lesson.id)
    outlining.save_lesson(course, lesson, section, facts, writing.version(lesson))
    return lesson


@lessons.delete
def remove_lesson(lesson: Lesson) -> None:
    """Delete a lesson, for ever, and what learners did in it. A published course keeps one."""
    coming.remove_lesson(writable(lesson.course_id), lesson, at_once=True)


@enrolments.create(EnrolmentIn)
def enrol(body: EnrolmentIn) -> Enrolment:
    """Enrol in a course, or come back into it. 409 `not_offered` when it takes nobody, `group_needed` when it asks for a group, `full` when that is."""
    course = get_or_404(Course, body.course_id)
    if not public.sees(course, public.learning(course.id)):
        allow("courses.manage", course)
    return learning.enrol(context.person, course, group=None if body.cohort_id is UNSET else body.cohort_id)


@enrolments.verb("leave")
def leave(enrolment: Enrolment) -> Enrolment:
    """Leave a course. What was done stays for whoever comes back."""
    if enrolment.learner_id != context.person.id:
        raise NotHere
    learning.leave(enrolment)
    return enrolment


def _section(parts: writing.Outline, id: Any) -> UUID:
    found = next((section.id for section, _inside in parts if section.id == id), None)
    if found is None:
        raise Unfit([Fault("/section_id", "invalid", _("This section is not in the course."))])
    return found


def _known(**given: Any) -> None:
    """Refuse a language or a picture that is not there."""
    offered: Mapping[str, Any] = {"language": LANGUAGES, "cover": COVERS}
    wrong = [
        Fault(f"/{name}", "invalid", f"{_('There are')}: {', '.join(offered[name])}.") for name in offered if name in given and given[name] not in offered[name]
    ]
    if wrong:
        raise Unfit(wrong)


RESOURCES = (courses, lessons, enrolments)
