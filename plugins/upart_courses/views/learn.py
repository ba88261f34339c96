# SPDX-License-Identifier: MIT
"""Pages of learners: their courses, going on, and what they do with lessons."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug import Response

from upart.plugin import Blueprint, Problem, context, get_or_404, may, paged, pictures, render, session
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import learning, noting
from upart_courses.actions.entitling import may_enter
from upart_courses.here import course_at
from upart_courses.models import Course, Enrolment, Entry, Lesson
from upart_courses.views.site import standing

learn = Blueprint("learn", __name__)

LEARN = may("courses.learn")
PAGE = 24


@learn.get("/learn/", policy=LEARN, query=("after",))
def mine() -> Response:
    """The courses in which somebody learns, the one they touched last first; and their certificates, also of courses that they have left."""
    # By their ids: with the order in the same statement SQLite goes through the enrolments of everybody.
    places = noting.places()
    found = select(Enrolment).where(Enrolment.id.in_([one.id for one in places if one.left_at is None])).options(joinedload(Enrolment.course))
    page = paged(found, Enrolment.last_activity_at, Enrolment.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    progress = public.progress(e.id for e in page.rows)
    lessons = public.lessons_of([e.course_id for e in page.rows])
    covers = pictures((e.course.cover_id for e in page.rows), public=True)
    here = [public.Learner(e.id, e.course_id, e.enrolled_at, progress[e.id], e.cohort_id) for e in page.rows]
    locks, rightful = public.locked_of(here, lessons), public.rightful() if any(e.course.entry is Entry.ENTITLED for e in page.rows) else ()
    certificates = public.certificates([e.course_id for e in page.rows if e.completed_at])
    cards = [
        {
            "course": e.course, "picture": covers.get(e.course.cover_id), "missing": e.course.entry is Entry.ENTITLED and e.course_id not in rightful,
            "certificate": certificates.get(e.course_id), **standing(progress[e.id], e.completed_at, lessons[e.course_id], locks[e.id]),
        }
        for e in page.rows
    ]  # fmt: skip
    noted = sorted((one for one in places if one.left_at is not None and one.noted), key=lambda one: one.title)
    return render("courses/mine.html", cards=cards, after=page.after, noted=noted, held=public.held())


@learn.get("/learn/<slug>/", policy=LEARN)
def go_on(slug: str) -> Response:
    """Go to where one was in a course: for mails and bookmarks."""
    row, mine = course_at(slug)
    here = public.Learner(mine.id, row.id, mine.enrolled_at, mine.progress, mine.cohort_id) if mine is not None and public.goes_on(row, mine) else None
    return _go_on(slug, here)


@learn.get("/courses/<slug>/enrol", policy=LEARN)
def ask_to_enrol(slug: str) -> Response:
    """Where a visitor comes back to after signing in: the course's page, which has the button. Changes nothing."""
    course_at(slug)
    return redirect(url_for("courses.course", slug=slug), 303)


@learn.post("/courses/<slug>/enrol", policy=LEARN)
def enrol(slug: str) -> Response:
    """Enrol, and begin."""
    row, _mine = course_at(slug)
    enrolment = learning.enrol(context.person, get_or_404(Course, row.id), group=_group(request.form.get("group", "")))
    return _go_on(slug, public.Learner(enrolment.id, row.id, enrolment.enrolled_at, public.progress([enrolment.id])[enrolment.id], enrolment.cohort_id))


def _group(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Problem(422, _("This course has no such group."), remedy=_("Choose one of the list."), code="no_group") from None


@learn.post("/courses/<slug>/leave", policy=LEARN)
def leave(slug: str) -> Response:
    """Leave a course; its page offers to come back. Whoever has a place in a group is asked first (`sure`)."""
    row, _mine = course_at(slug)
    enrolment = learning.enrolment_of(context.person, get_or_404(Course, row.id))
    if enrolment is not None and enrolment.left_at is None and enrolment.cohort is not None and not _sure():
        return render("courses/leave.html", course=row, group=enrolment.cohort)
    if enrolment is not None:
        learning.leave(enrolment)
    return redirect(url_for("courses.course", slug=slug), 303)


@learn.post("/learn/<slug>/<lesson>/opened", policy=LEARN)
def opened(slug: str, lesson: str) -> Response:
    """Note where somebody is. Sent by the page's script: opening a page is a GET, and a GET changes nothing."""
    learning.open_lesson(*place(slug, lesson))
    return Response(status=204)


@learn.post("/learn/<slug>/<lesson>/done", policy=LEARN)
def done(slug: str, lesson: str) -> Response:
    """Mark a lesson as done and go on to the next that is not; after the last one to the course."""
    enrolment, row = place(slug, lesson)
    return _go_on(slug, public.Learner(enrolment.id, row.course_id, enrolment.enrolled_at, learning.complete(enrolment, row), enrolment.cohort_id))


@learn.post("/learn/<slug>/<lesson>/not-done", policy=LEARN)
def not_done(slug: str, lesson: str) -> Response:
    """Mark a lesson as not done after all, and stay there. Whose certificate would not hold any more is asked first (`sure`)."""
    enrolment, row = place(slug, lesson)
    if not _sure() and (certificate := learning.at_stake(enrolment, row)) is not None:
        return render("courses/undo.html", course=enrolment.course, lesson=row, certificate=certificate)
    learning.take_back(enrolment, row)
    return redirect(url_for("courses.lesson", slug=slug, lesson=lesson), 303)


def _sure() -> bool:
    return request.form.get("sure") == "y"


def place(slug: str, lesson: str) -> tuple[Enrolment, Lesson]:
    """A lesson of a course in which the acting person is, and which is open to them. Holds the lesson, so that it cannot go meanwhile."""
    course = get_or_404(Course, slug=slug)
    found = select(Lesson).where(Lesson.course_id == course.id, Lesson.slug == lesson, Lesson.published).with_for_update(read=True, key_share=True)
    row, enrolment = session.scalars(found).first(), learning.enrolment_of(context.person, course)
    if row is None or enrolment is None or enrolment.left_at is not None:
        raise Problem(404, _("This lesson is not here, or you are not in its course."), remedy=_("Open the course to see its lessons."))
    if not may_enter(context.person, course):
        raise Problem(409, _("Your access to this course is over."), remedy=_("Ask the academy for it."), code="no_right")
    here = public.Learner(enrolment.id, course.id, enrolment.enrolled_at, public.progress([enrolment.id])[enrolment.id], enrolment.cohort_id)
    if row.section_id in public.locked_of([here], public.lessons_of([course.id]))[here.id] and not public.teaches(course):
        raise Problem(409, _("This part of the course is not open yet."), remedy=_("Open the course to see what opens it."), code="locked")
    return enrolment, row


def _go_on(slug: str, here: public.Learner | None) -> Response:
    """To the next lesson that is open and not done, or to the course."""
    if here is not None:
        lessons = public.lessons_of([here.course_id])
        locks = public.locked_of([here], lessons)[here.id]
        slugs = {lesson.id: lesson.slug for lesson in lessons[here.course_id] if lesson.section_id not in locks}
        following = here.come.next_among(list(slugs))
        if following is not None:
            return redirect(url_for("courses.lesson", slug=slug, lesson=slugs[following]), 303)
    return redirect(url_for("courses.course", slug=slug), 303)
