# SPDX-License-Identifier: MIT
"""Staff pages about people: the list, invitations, roles, what each role may do, what happened."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import func, or_, select

from upart.accounts.actions import managing
from upart.accounts.forms import InvitationForm, RolesForm
from upart.accounts.limits import MAILS, count_try
from upart.accounts.models import Person
from upart.accounts.views.doors import to
from upart.context import context
from upart.db import session
from upart.events.models import Event
from upart.hooks.find import get_or_404, paged
from upart.hooks.plugged import plugged
from upart.hooks.records import ROLES, Area
from upart.hooks.routes import Blueprint, may, permitted
from upart.jobs.actions import unpark
from upart.jobs.models import Job, JobState
from upart.theming.forms import Form, show
from upart.theming.render import menu, render

people = Blueprint("people", __name__)

PAGE = 50


@people.get("/manage/", policy=may("people.manage"))
def manage() -> Response:
    """The owner's first page: what needs a human, and where things are."""
    parked = session.scalar(select(func.count(Job.id)).where(Job.state == JobState.PARKED)) or 0
    return render("accounts/manage.html", parked=parked, manage_menu=menu(context.academy, Area.MANAGE), audit=permitted("people.audit"))


@people.get("/manage/people/", policy=may("people.manage", fresh=True), query=("q", "after"))
def everybody() -> Response:
    """All people of the academy, by name; `q` finds by name or address."""
    q = request.args.get("q", "").strip()[:100]
    found = select(Person)
    if q:
        pattern = q.lower()
        found = found.where(or_(func.lower(Person.name).contains(pattern, autoescape=True), func.lower(Person.email).contains(pattern, autoescape=True)))
    page = paged(found, Person.name, Person.id, after=request.args.get("after"), size=PAGE)
    return render("accounts/people.html", people=page.rows, after=page.after, q=q)


@people.get("/manage/people/invite", policy=may("people.invite"))
def invite() -> Response:
    """Ask whom to invite."""
    return show("accounts/invite.html", InvitationForm())


@people.post("/manage/people/invite", policy=may("people.invite"))
def send_invitation() -> Response:
    """Mail the invitation."""
    form = InvitationForm.posted()
    if not form.validate():
        return show("accounts/invite.html", form)
    count_try("invite", [str(context.person.id)], limit=5 * MAILS)
    managing.invite(form["email"].data, form["name"].data.strip(), form["roles"].data)
    return to(url_for(".everybody"))


@people.get("/manage/people/<uuid:id>", policy=may("people.manage", fresh=True))
def person(id: UUID) -> Response:
    """One person and their roles."""
    row = get_or_404(Person, id)
    return show("accounts/person.html", RolesForm(roles=row.roles), row=row)


@people.post("/manage/people/<uuid:id>", policy=may("people.roles", fresh=True))
def change_roles(id: UUID) -> Response:
    """Give other roles."""
    row, form = get_or_404(Person, id), RolesForm.posted()
    if not form.validate():
        return show("accounts/person.html", form, row=row)
    managing.give_roles(row, form["roles"].data)
    return to(url_for(".everybody"))


@people.post("/manage/people/<uuid:id>/suspend", policy=may("people.roles", fresh=True))
def suspend(id: UUID) -> Response:
    """Keep a person out."""
    managing.suspend(get_or_404(Person, id))
    return to(url_for(".person", id=id))


@people.post("/manage/people/<uuid:id>/lift", policy=may("people.roles", fresh=True))
def lift(id: UUID) -> Response:
    """Let a person in again."""
    managing.lift_suspension(get_or_404(Person, id))
    return to(url_for(".person", id=id))


@people.get("/manage/roles", policy=may("people.manage"))
def roles() -> Response:
    """Who can see and do what: permissions by role, and how many people have each role."""
    counts = {role: len(managing.holders(role)) for role in ROLES}
    rows = sorted(plugged().permissions().values(), key=lambda one: one.name)
    return render(
        "accounts/roles.html", form=Form(), roles=ROLES, counts=counts, permissions=rows, granted=context.academy.roles, edits=permitted("people.roles")
    )


@people.post("/manage/roles/<role>", policy=may("people.roles", fresh=True))
def change_permissions(role: str) -> Response:
    """Change what a role may do here."""
    managing.set_permissions(role, request.form.getlist("permission"))
    return to(url_for(".roles"))


@people.get("/manage/audit", policy=may("people.audit"), query=("after",))
def audit() -> Response:
    """What happened, newest first; who did it."""
    page = paged(select(Event), Event.at, Event.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    ids = {event.actor_id for event in page.rows} | {event.object_id for event in page.rows if event.object_table == "person"}
    names = {row.id: row.name for row in session.scalars(select(Person).where(Person.id.in_(ids - {None})))}
    return render("accounts/audit.html", events=page.rows, after=page.after, names=names, types=plugged().events())


@people.get("/manage/jobs", policy=may("people.audit"))
def parked_jobs() -> Response:
    """Work that failed too often and waits for a human."""
    rows = session.scalars(select(Job).where(Job.state == JobState.PARKED).order_by(Job.run_at).limit(200)).all()
    return render("accounts/jobs.html", form=Form(), jobs=rows)


@people.post("/manage/jobs/<uuid:id>/again", policy=may("people.audit"))
def try_again(id: UUID) -> Response:
    """Let a parked job be tried again."""
    unpark(get_or_404(Job, id))
    return to(url_for(".parked_jobs"))
