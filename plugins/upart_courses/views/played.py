# SPDX-License-Identifier: MIT
"""Pages of teachers about what one learner has reached in a learning package, where they let them start over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, NotHere, Problem, get_or_404, render
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import learning, passing, played, restarting
from upart_courses.actions.scorm import files_of
from upart_courses.models import Course, Enrolment, Lesson
from upart_courses.packaged import scorm_in
from upart_courses.views.listed import STATES
from upart_courses.views.roster import enrolment_at
from upart_courses.views.teach import TEACH

played_pages = Blueprint("teach_played", __name__, area=Area.TEACH)

HERE = "/<uuid:id>/lessons/<uuid:lesson>/packages/<block>/learners/<uuid:enrolment>"


@played_pages.get(HERE, policy=TEACH)
def rounds(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """What each part of the package has reported, now and before it was started over."""
    course, whose, package = _package(id, lesson, block, enrolment)
    some = _rounds(whose, package)
    return render(
        "courses/teach/played.html", **_about(course, whose, package), rounds=some, best=played.best(some) if some else None,
        titles=[item.title for item in scorm_in(files_of(package.lesson.blocks)[block]).items], in_words=played.in_words, scored=played.scored,
        spent=played.spent,
    )  # fmt: skip


def _package(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> tuple[Course, Enrolment, played.Package]:
    """A package of a course that the acting person may write, and somebody who is in it. Raises NotHere."""
    course, whose = enrolment_at(id, enrolment)
    found = next((one for one in played.packages_in([get_or_404(Lesson, id=lesson, course_id=id)]) if one.block == block), None)
    if found is None:
        raise NotHere
    return course, whose, found


def _rounds(whose: Enrolment, package: played.Package) -> list[played.Round]:
    return played.rounds([whose.id], [package]).get((whose.id, package.lesson.id, package.block), [])


def _about(course: Course, whose: Enrolment, package: played.Package) -> dict[str, Any]:
    return {"course": course, "states": STATES, "enrolment": whose, "learner": whose.learner, "package": package}


@played_pages.get(f"{HERE}/start-over", policy=TEACH)
def ask_to_start_over(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """Say what stays and what goes."""
    course, whose, package = _package(id, lesson, block, enrolment)
    some = _rounds(whose, package)
    if not some or some[0].number:
        raise Problem(409, _("Nothing has begun in this package."), remedy=_("There is nothing to start over."), code="not_begun")
    done, needed = package.lesson.id in public.progress([whose.id])[whose.id].done, package.lesson.id in learning.needed(id)
    return render("courses/teach/start-over.html", **_about(course, whose, package), now=some[0], done=done, lesson_needed=needed)


@played_pages.post(f"{HERE}/start-over", policy=TEACH)
def start_over(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """Let them start over; with `undone` the lesson is not done after all."""
    _course, whose, package = _package(id, lesson, block, enrolment)
    restarting.start_over(passing.held(whose.id), package.lesson, block, undone=request.form.get("undone") == "y")
    return redirect(url_for(".rounds", id=id, lesson=lesson, block=block, enrolment=enrolment), 303)
