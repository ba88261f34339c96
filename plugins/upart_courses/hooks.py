# SPDX-License-Identifier: MIT
"""How courses plug in: a table of what they add, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from upart.plugin import (
    Area,
    Blueprint,
    EventType,
    Invariant,
    Manifest,
    MenuItem,
    Permission,
    Recipient,
    Resource,
    Searchable,
    Setting,
    Slot,
    Task,
    Waiting,
    hookimpl,
)
from upart_courses import api, api_access, audit, public, search, visible
from upart_courses.actions import drafting, examples, learning
from upart_courses.forms import PlayersForm
from upart_courses.models import Enrolment
from upart_courses.views import access, blocks, changes, cover, files, learn, outline, preview, roster, scorm, site, teach, waiting

manifest = Manifest(
    id="courses",
    version="0.2",
    hook_api=">=1,<2",
    table_prefix="courses_",
    models="upart_courses.models",
    migrations="migrations",
    paths=("/learn/",),
    slots=("course.card.badge", "course.aside", "lesson.after", "manage.course.tab"),
)

LEARNED = (  # of the demo: who, where, lessons done, days since
    ("lena", "music-theory-from-zero", 5, 12),
    ("lena", "your-first-sourdough", 4, 47),
)


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Catalogue, course pages and lessons; one's own courses; pages of teachers."""
    learners, teachers = (learn.learn, files.file_pages), (outline.outline_pages, blocks.block_pages, cover.cover_pages, changes.change_pages)
    return [site.site, *learners, scorm.scorm_pages, teach.teach, *teachers, preview.preview_pages, access.access_pages, roster.roster_pages]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """The catalogue for everybody, one's own courses for learners, writing them for teachers and managers."""
    return [
        MenuItem(label="My learning", endpoint="learn.mine", order=5, permission="courses.learn"),
        MenuItem(label="Courses", endpoint="courses.catalogue", order=10),
        MenuItem(
            label="Courses",
            endpoint="teach_courses.courses",
            order=10,
            area=Area.TEACH,
            permission="courses.teach",
            icon="book-open",
            hint="Write courses and see who learns in them.",
        ),
    ]


@hookimpl
def upart_permissions() -> list[Permission]:
    """Learn, teach, manage."""
    return [
        Permission(name="courses.learn", sentence="Enrol in courses and learn", roles=("owner", "manager", "officer", "teacher", "learner")),
        Permission(name="courses.teach", sentence="Write own courses, see who learns in them, read all lessons", roles=("owner", "manager", "teacher")),
        Permission(name="courses.manage", sentence="Write everybody's courses and see all learners; needs the one above", roles=("owner", "manager")),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to courses, and in them."""
    return [
        EventType(name="courses.created", sentence="began a course"),
        EventType(name="courses.changed", sentence="changed a course"),
        EventType(name="courses.changes_kept", sentence="could not publish the planned changes of a course, and kept them as drafts", webhook=False),
        EventType(name="courses.published", sentence="published a course"),
        EventType(name="courses.archived", sentence="archived a course"),
        EventType(name="courses.deleted", sentence="deleted a course"),
        EventType(name="courses.enrolled", sentence="enrolled in a course"),
        EventType(name="courses.left", sentence="left a course"),
        EventType(name="courses.completed", sentence="completed a course"),
        EventType(name="courses.entitled", sentence="gave somebody access to a course"),
        EventType(name="courses.revoked", sentence="took somebody's access to a course back"),
        EventType(name="courses.released", sentence="opened all parts of a course to everybody"),
        EventType(name="courses.paced", sentence="decided when a part of a course opens to one learner"),
    ]


@hookimpl
def upart_waiting() -> list[Waiting]:
    """Plans that were not kept."""
    return [Waiting(key="courses.kept", matters=waiting.kept, permission="courses.teach")]


@hookimpl
def upart_jobs() -> list[Task]:
    """Changes that were planned; who has finished since a lesson is not needed any more."""
    return [
        Task(name=drafting.PUBLISH, run=drafting.publish_planned, sentence="Publish planned changes of a course"),
        Task(name=learning.SETTLE, run=learning.settle, sentence="Complete a course for whoever lacks nothing of it any more"),
    ]


@hookimpl
def upart_resources() -> list[Resource]:
    """Courses, their sections and lessons, enrolments, rights."""
    return [*api.RESOURCES, *api_access.RESOURCES]


@hookimpl
def upart_visible(actor: Any, model: type[Any]) -> Any:
    """Published courses for everybody; what more somebody sees who learns, teaches or manages."""
    return visible.rows(actor, model)


@hookimpl
def upart_slots() -> list[Slot]:
    """Three courses on the landing page."""
    return [Slot(name="home.section", template="courses/home.html", values=site.home, order=10)]


@hookimpl
def upart_settings() -> list[Setting]:
    """Players of others."""
    hint = (
        "Lessons may show videos of YouTube and Vimeo, after a click. Name others here, a line each: host, who runs it, country. The privacy policy names them."
    )
    return [Setting(key="courses.videos", label="Videos from elsewhere", form=PlayersForm, hint=hint)]


@hookimpl
def upart_recipients_here(academy: Any) -> list[Recipient]:
    """Whoever plays the videos from elsewhere in lessons that people read."""
    return public.played_by(academy)


@hookimpl
def upart_invariants() -> list[Invariant]:
    """What the counters of a course say is true."""
    return [audit.COUNTERS]


@hookimpl
def upart_searchables() -> list[Searchable]:
    """Courses and lessons."""
    return list(search.SEARCHABLES)


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """A file from elsewhere takes nobody into a course that takes nobody."""
    return learning.against_bringing(subject) if operation == "rights.import" and isinstance(subject, Enrolment) else []


@hookimpl
def upart_demo(academy: Any, people: Mapping[str, Any]) -> None:
    """The example courses of `demo/<slug of the academy>/`, and who has come how far in them."""
    courses = {folder.name: examples.write_course(folder, people) for folder in sorted((Path(__file__).parent / "demo" / academy.slug).glob("*/"))}
    for name, course, done, days in LEARNED:
        if name in people and course in courses:
            examples.learn_along(people[name], courses[course], done, days)
