# SPDX-License-Identifier: MIT
"""How courses plug in: a table of what they add, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
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
from upart_courses import api, audit, public, search, visible
from upart_courses.actions import attempting, certifying, drafting, examples, learning, restricting, unpacking
from upart_courses.actions import cohorts as grouping
from upart_courses.actions.learners import LEARNERS
from upart_courses.forms.courses import PlayersForm
from upart_courses.models import Enrolment
from upart_courses.views import (
    access,
    blocks,
    certificates,
    changes,
    cohorts,
    cover,
    duplicate,
    faq,
    files,
    grades,
    handover,
    learn,
    moved,
    notes,
    outline,
    packages,
    played,
    preview,
    quizzes,
    reached,
    reviews,
    roster,
    scorm,
    seen,
    site,
    tables,
    tasks,
    teach,
    trial,
    waiting,
)

manifest = Manifest(
    id="courses",
    version="0.2",
    hook_api=">=1,<2",
    table_prefix="courses_",
    models="upart_courses.models",
    migrations="migrations",
    paths=("/learn/", "/certificates/"),
    slots=("course.card.badge", "course.aside", "courses.price", "lesson.after", "manage.course.tab"),
)

LEARNED = (  # of the demo: who, where, lessons done, days since
    ("lena", "music-theory-from-zero", 5, 12),
    ("lena", "your-first-sourdough", 4, 47),
)


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Catalogue, course pages and lessons; one's own courses; pages of teachers."""
    learners, teachers = (
        (learn.learn, files.file_pages, moved.moved_pages, scorm.scorm_pages, notes.note_pages),
        (outline.outline_pages, blocks.block_pages, cover.cover_pages, changes.change_pages),
    )
    looks = (preview.preview_pages, seen.seen_pages)
    graded = (tasks.task_pages, reached.result_pages, quizzes.quiz_pages, trial.trial_pages, grades.grade_pages, played.played_pages)
    groups = (cohorts.cohort_pages, tables.table_pages)
    told = (certificates.certificate_pages, certificates.issued_pages, reviews.review_pages, reviews.reviewed_pages, faq.faq_pages)
    return [
        site.site,
        *learners,
        teach.teach,
        *teachers,
        *graded,
        *looks,
        access.access_pages,
        roster.roster_pages,
        *told,
        *groups,
        packages.package_pages,
        duplicate.duplicate_pages,
        handover.handover_pages,
    ]


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
        Permission(name="courses.import", sentence="Bring learners into all courses by a table, also new people", roles=("owner", "manager")),
        Permission(name="courses.manage", sentence="Write everybody's courses and see all learners; needs the one above", roles=("owner", "manager")),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to courses, and in them."""
    return [
        EventType(name="courses.created", sentence="began a course"),
        EventType(name="courses.imported", sentence="brought a course in"),
        EventType(name="courses.changed", sentence="changed a course"),
        EventType(name="courses.changes_kept", sentence="could not publish the planned changes of a course, and kept them as drafts", webhook=False),
        EventType(name="courses.published", sentence="published a course"),
        EventType(name="courses.archived", sentence="archived a course"),
        EventType(name="courses.deleted", sentence="deleted a course"),
        EventType(name="courses.handed_over", sentence="gave a course another teacher"),
        EventType(name="courses.enrolled", sentence="enrolled in a course"),
        EventType(name="courses.left", sentence="left a course"),
        EventType(name="courses.completed", sentence="completed a course"),
        EventType(name="courses.handed_in", sentence="handed in a quiz or an assignment"),
        EventType(name="courses.graded", sentence="got a grade, or gave one"),
        EventType(name="courses.returned", sentence="gave an assignment back"),
        EventType(name="courses.grades_downloaded", sentence="took out the grades of a course", webhook=False),
        EventType(name="courses.extended", sentence="changed the deadline of one learner", webhook=False),
        EventType(name="courses.allowed", sentence="changed how often or how long one learner may answer a quiz", webhook=False),
        EventType(name="courses.started_over", sentence="started a learning package over, or let somebody do so"),
        EventType(name="courses.entitled", sentence="gave somebody access to a course"),
        EventType(name="courses.revoked", sentence="took somebody's access to a course back"),
        EventType(name="courses.released", sentence="opened all parts of a course to everybody"),
        EventType(name="courses.grouped", sentence="put somebody into a group of a course, or out of it"),
        EventType(name="courses.group_changed", sentence="changed a group of a course"),
        EventType(name="courses.group_deleted", sentence="deleted a group of a course"),
        EventType(name="courses.paced", sentence="decided when a part of a course opens to one learner"),
        EventType(name="courses.certified", sentence="issued a certificate of a course"),
        EventType(name="courses.certificate_withdrawn", sentence="withdrew a certificate: its holder has not finished the course after all"),
        EventType(name="courses.certificate_revoked", sentence="took a certificate back"),
        EventType(name="courses.certificate_returned", sentence="gave a certificate back"),
        EventType(name="courses.certificate_shown", sentence="let others see their certificate"),
        EventType(name="courses.reviewed", sentence="reviewed a course"),
        EventType(name="courses.review_deleted", sentence="deleted their review of a course"),
        EventType(name="courses.review_hidden", sentence="hid the words of a review"),
        EventType(name="courses.review_shown", sentence="showed the words of a review again"),
        EventType(name="courses.certificate_hidden", sentence="let nobody else see their certificate"),
    ]


@hookimpl
def upart_waiting() -> list[Waiting]:
    """Plans that were not kept."""
    return [
        Waiting(key="courses.kept", matters=waiting.kept, permission="courses.teach"),
        Waiting(key="courses.ungraded", matters=waiting.ungraded, permission="courses.teach"),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Planned changes; quizzes whose time is over; who has finished since a lesson is not needed any more; certificates that are owed; tables of learners."""
    return [
        Task(name=drafting.PUBLISH, run=drafting.publish_planned, sentence="Publish planned changes of a course"),
        Task(name=unpacking.BRING, run=unpacking.bring, sentence="Bring a course in from a package"),
        Task(name=unpacking.TIDY, run=unpacking.tidy, sentence="Remove the files of a course that was taken back"),
        Task(name=learning.SETTLE, run=learning.settle, sentence="Complete a course for whoever lacks nothing of it any more"),
        Task(name=restricting.MAKE_UP, run=learning.make_up, sentence="Complete a course for a learner whose data were restricted"),
        Task(name=attempting.TIME_OVER, run=attempting.time_over, sentence="Close a quiz whose time is over"),
        Task(name=grouping.TURN, run=grouping.turn, every=timedelta(days=1), sentence="Draw pages anew on which a group stood that is over"),
        Task(name=attempting.OVERDUE, run=attempting.overdue, every=timedelta(days=1), sentence="Look for quizzes whose time is over"),
        Task(name=certifying.CATCH_UP, run=certifying.catch_up, sentence="Give certificates to whoever finished a course without one"),
        *LEARNERS.tasks,
    ]


@hookimpl
def upart_resources() -> list[Resource]:
    """Courses, their sections and lessons, enrolments, rights; attempts at quizzes and work handed in; certificates, reviews, groups."""
    return list(api.RESOURCES)


@hookimpl
def upart_visible(actor: Any, model: type[Any], named: frozenset[str]) -> Any:
    """Published courses for everybody; what more somebody sees who learns, teaches or manages, or who has the address."""
    return visible.rows(actor, model, named)


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
