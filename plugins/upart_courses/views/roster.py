# SPDX-License-Identifier: MIT
"""Pages of teachers about one learner of a course: how far they are, what is open to them, by what right they are there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import Area, Blueprint, NotHere, Person, Problem, clock, context, get_or_404, refuse, render, session, show
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import cohorts, entitling, learning, pacing
from upart_courses.actions.restricting import unless_kept_still
from upart_courses.forms.cohorts import AddForm
from upart_courses.forms.courses import ExtendForm
from upart_courses.models import Course, CourseState, Enrolment, Entitlement, Section, Source
from upart_courses.release import first_instant
from upart_courses.views.listed import STATES
from upart_courses.views.site import said
from upart_courses.views.teach import TEACH, course_of

roster_pages = Blueprint("teach_roster", __name__, area=Area.TEACH)

SOURCES = {Source.FREE: "Enrolled free of charge", Source.GRANT: "Given by the academy", Source.PURCHASE: "Bought", Source.IMPORT: "Brought in by a list"}


@roster_pages.get("/<uuid:id>/learners/add", policy=TEACH)
def ask_to_add(id: UUID) -> Response:
    """Whom to take into the course."""
    course, form = course_of(id), AddForm()
    return _add(course, form, _groups(course, form))


def _groups(course: Course, form: AddForm) -> dict[UUID, cohorts.Group]:
    """The groups of a course. Offered are those that take somebody, and the one that was sent: why it takes nobody is said in words."""
    groups = cohorts.groups_of(course)
    form.choose_from(cohorts.labelled([one for one in groups if not (one.is_over or one.is_full) or str(one.row.id) == form.group.data]))
    return {one.row.id: one for one in groups}


def _add(course: Course, form: AddForm, groups: Mapping[UUID, cohorts.Group]) -> Response:
    return show("courses/teach/add-learner.html", form, course=course, states=STATES, groups=bool(groups))


@roster_pages.post("/<uuid:id>/learners/add", policy=TEACH)
def add(id: UUID) -> Response:
    """Give somebody of the academy a right, and take them in, into a group if one was chosen."""
    course, form = course_of(id), AddForm.posted()
    groups = _groups(course, form)
    if form.validate():
        ends = _last_moment(form)
        person = session.scalars(select(Person).where(Person.email == (form.email.data or "").lower())).first()
        if person is None:
            refuse(form, "email", _("Nobody of the academy has this address. Invite them first."))
        elif person.suspended_at is not None:
            refuse(form, "email", _("They cannot be taken in at present. Ask whoever manages the people of the academy."))
        elif course.state is not CourseState.PUBLISHED:
            refuse(form, "email", _("Nobody can be taken in before the course is published."))
        elif form.chosen is not None and groups[form.chosen].is_over:
            refuse(form, "group", _("The last day of this group is over. Choose another group, or none."))
        elif not form.errors and (enrolment := _taken_in(person, course, form, ends)) is not None:
            return redirect(url_for(".learner", id=id, enrolment=enrolment.id), 303)
    return _add(course, form, groups)


def _taken_in(person: Person, course: Course, form: AddForm, ends: datetime | None) -> Enrolment | None:
    """Their place in the course; None when no place is left in the group, which the form says then."""
    try:
        entitling.entitle(person, course, Source.GRANT, ends_at=ends)
        enrolment = learning.enrol(person, course, by_themselves=False, group=form.chosen)
        if form.chosen is not None:
            cohorts.put_into(enrolment, form.chosen)  # whoever was in the course already
    except Problem as problem:
        if problem.code != "full":
            raise
        refuse(form, "group", f"{problem.message} {problem.remedy}")
        return None
    return enrolment


def _last_moment(form: Any) -> datetime | None:
    """The end of the chosen day at the academy; refused in the form when it is over."""
    if form.ends_on.data is None:
        return None
    ends = first_instant(datetime.combine(form.ends_on.data + timedelta(days=1), time()), context.academy.settings["zone"])
    if ends <= clock.now():
        refuse(form, "ends_on", _("This day is over. Choose a later one."))
    return ends


@roster_pages.get("/<uuid:id>/learners/<uuid:enrolment>", policy=TEACH)
def learner(id: UUID, enrolment: UUID) -> Response:
    """How far one learner is, what is open to them, and by what right."""
    course, row = enrolment_at(id, enrolment)
    return _learner(course, row, ExtendForm())


def _learner(course: Course, row: Enrolment, form: ExtendForm) -> Response:
    come, sections = public.progress([row.id])[row.id], public.outline(course.id)
    lessons = public.lessons_of([course.id])
    locks = public.locked_of([public.Learner(row.id, course.id, row.enrolled_at, come, row.cohort_id)], lessons)[row.id]
    rights = [{"row": one, "source": _(SOURCES.get(one.source, one.source.value)), "live": _is_live(one)} for one in entitling.rights_of(row.learner, course)]
    return show(
        "courses/teach/learner.html", form, course=course, states=STATES, enrolment=row, sections=sections, done=come.done, locks=said(locks, sections),
        decided=pacing.decided_for(row), rights=rights, groups=bool(row.cohort_id or cohorts.cohorts_of(course.id)),
        group=public.Group(row.cohort, 0) if row.cohort is not None else None, zone=context.academy.settings["zone"],
    )  # fmt: skip


def _is_live(right: Entitlement) -> bool:
    now = clock.now()
    return right.revoked_at is None and right.starts_at <= now and (right.ends_at is None or right.ends_at > now)


@roster_pages.post("/<uuid:id>/learners/<uuid:enrolment>/pace", policy=TEACH)
def pace(id: UUID, enrolment: UUID) -> Response:
    """Open a section to one learner now, or let them follow the plan again; without a section: all that are closed."""
    course, row = enrolment_at(id, enrolment)
    chosen = request.form.get("section", "")
    sections = [get_or_404(Section, id=_uuid(chosen), course_id=id)] if chosen else session.scalars(select(Section).where(Section.course_id == id)).all()
    for section in sections:
        if section.release is not None or row.cohort_id is not None:
            pacing.open_for(row, section, None if request.form.get("to") == "plan" else clock.now())
    return redirect(url_for(".learner", id=course.id, enrolment=enrolment), 303)


@roster_pages.post("/<uuid:id>/learners/<uuid:enrolment>/grant", policy=TEACH)
def grant(id: UUID, enrolment: UUID) -> Response:
    """Give a right to somebody who is in the course, or give it another end."""
    course, row = enrolment_at(id, enrolment)
    form = ExtendForm.posted()
    ends = _last_moment(form) if form.validate() else None
    if row.learner.suspended_at is not None:
        refuse(form, "ends_on", _("They cannot be taken in at present. Ask whoever manages the people of the academy."))
    if form.errors:
        return _learner(course, row, form)
    unless_kept_still(row.learner)
    entitling.entitle(row.learner, course, Source.GRANT, ends_at=ends)
    return redirect(url_for(".learner", id=id, enrolment=enrolment), 303)


@roster_pages.post("/<uuid:id>/learners/<uuid:enrolment>/revoke", policy=TEACH)
def revoke(id: UUID, enrolment: UUID) -> Response:
    """Take one right back."""
    _course, row = enrolment_at(id, enrolment)
    entitling.revoke(get_or_404(Entitlement, id=_uuid(request.form.get("right", "")), course_id=id, learner_id=row.learner_id))
    return redirect(url_for(".learner", id=id, enrolment=enrolment), 303)


@roster_pages.get("/<uuid:id>/learners/<uuid:enrolment>/remove", policy=TEACH)
def ask_to_remove(id: UUID, enrolment: UUID) -> Response:
    """Say what taking somebody out means."""
    course, row = enrolment_at(id, enrolment)
    return render("courses/teach/remove-learner.html", course=course, states=STATES, enrolment=row)


@roster_pages.post("/<uuid:id>/learners/<uuid:enrolment>/remove", policy=TEACH)
def remove(id: UUID, enrolment: UUID) -> Response:
    """Take somebody out of the course, with the rights that the academy gave them."""
    course, row = enrolment_at(id, enrolment)
    for right in entitling.rights_of(row.learner, course):
        if right.source in (Source.GRANT, Source.FREE):
            entitling.revoke(right)
    learning.leave(row)
    return redirect(url_for("teach_courses.learners", id=id), 303)


def enrolment_at(id: UUID, enrolment: UUID) -> tuple[Course, Enrolment]:
    """Somebody who is in a course that the acting person may write. Whoever has left is not shown."""
    course, row = course_of(id), get_or_404(Enrolment, id=enrolment, course_id=id)
    if row.left_at is not None:
        raise NotHere
    return course, row


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None
