# SPDX-License-Identifier: MIT
"""Staff pages about people: the list, invitations, roles, what each role may do, what happened."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import select

from upart import clock
from upart.accounts.actions import bringing, managing
from upart.accounts.forms import ROLE_WORDS, InvitationForm, PermissionsForm, RolesForm
from upart.accounts.limits import MAILS, count_try
from upart.accounts.models import Person
from upart.accounts.views.doors import saved, to
from upart.accounts.views.listed import PEOPLE
from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.events.models import Event
from upart.hooks.find import Page, get_or_404, paged
from upart.hooks.plugged import plugged
from upart.hooks.records import ROLES
from upart.hooks.routes import Blueprint, may, permitted
from upart.manage.import_pages import import_pages
from upart.manage.inbox import matters
from upart.manage.pages import list_pages
from upart.theming.forms import Form, refuse, show
from upart.theming.render import render

people = Blueprint("people", __name__)

PAGE, LATELY = 50, 5


@people.get("/manage/", policy=may("people.manage"))
def manage() -> Response:
    """The owner's first page: what needs a human, what happened lately, how many people there are."""
    counts = managing.how_many()
    lately, names = _events(None, LATELY) if permitted("people.audit") else (None, {})
    return render(
        "accounts/manage.html", now=clock.now(), matters=matters(), counts=counts, lately=lately.rows if lately else None, names=names,
        types=plugged().events(),
    )  # fmt: skip


def _events(after: str | None, size: int) -> tuple[Page[Event], dict[UUID, str]]:
    """A page of events, newest first, and the names of the people in it."""
    page = paged(select(Event), Event.at, Event.id, after=after, size=size, newest_first=True)
    ids = {event.actor_id for event in page.rows} | {event.object_id for event in page.rows if event.object_table == "person"}
    return page, {row.id: row.name for row in session.scalars(select(Person).where(Person.id.in_(ids - {None})))}


list_pages(people, "/manage/people/", PEOPLE, endpoint="everybody", policy=may("people.manage", fresh=True))
import_pages(people, "/manage/people/import", bringing.PEOPLE, endpoint="bring", policy=may("people.import", fresh=True), back="people.everybody")


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
    return to(url_for(".everybody", saved="invited"))


@people.get("/manage/people/<uuid:id>", policy=may("people.manage", fresh=True), query=("saved",))
def person(id: UUID) -> Response:
    """One person and their roles."""
    row = get_or_404(Person, id)
    return show("accounts/person.html", RolesForm.opened(row), row=row, edits=permitted("people.roles"), saved=saved())


@people.post("/manage/people/<uuid:id>", policy=may("people.roles", fresh=True))
def change_roles(id: UUID) -> Response:
    """Give other roles."""
    row, form = get_or_404(Person, id), RolesForm.posted()
    if form.validate() and not form.overtaken(row):
        try:
            managing.give_roles(row, form["roles"].data)
            return to(url_for(".person", id=id, saved="roles"))
        except Problem as problem:
            return _refused(row, form, problem)
    return show("accounts/person.html", form, row=row, edits=True)


def _refused(row: Person, form: Form, problem: Problem) -> Response:
    """Say beside the roles why this cannot be done to a person; what may not be known stays unknown."""
    if problem.status == 404:
        raise problem
    refuse(form, "roles", f"{problem.message} {problem.remedy}")
    return show("accounts/person.html", form, problem.status, row=row, edits=True)


@people.post("/manage/people/<uuid:id>/suspend", policy=may("people.roles", fresh=True))
def suspend(id: UUID) -> Response:
    """Keep a person out."""
    row = get_or_404(Person, id)
    try:
        managing.suspend(row)
    except Problem as problem:
        return _refused(row, RolesForm.opened(row), problem)
    return to(url_for(".person", id=id, saved="suspended"))


@people.post("/manage/people/<uuid:id>/lift", policy=may("people.roles", fresh=True))
def lift(id: UUID) -> Response:
    """Let a person in again."""
    managing.lift_suspension(get_or_404(Person, id))
    return to(url_for(".person", id=id, saved="lifted"))


@people.get("/manage/roles", policy=may("people.manage"), query=("saved",))
def roles() -> Response:
    """Who can see and do what: permissions by role, and how many people have each role."""
    return _roles()


def _roles(overtaken: dict[str, Form] | None = None) -> Response:
    """`overtaken`: the form of a role that somebody else has changed meanwhile."""
    counts = managing.how_many()
    rows = sorted(plugged().permissions(context.academy.plugins).values(), key=lambda one: one.name)
    form_of = {role: PermissionsForm.opened({"permission": context.academy.roles[role]}) for role in ROLES} | (overtaken or {})
    return render(
        "accounts/roles.html",
        409 if overtaken else 200,
        form_of=form_of,
        roles=ROLES,
        words=ROLE_WORDS,
        counts=counts,
        permissions=rows,
        granted=context.academy.roles,
        edits=permitted("people.roles"),
        saved=saved(),
    )


@people.post("/manage/roles/<role>", policy=may("people.roles", fresh=True))
def change_permissions(role: str) -> Response:
    """Change what a role may do here."""
    form = PermissionsForm.posted()
    if form.overtaken({"permission": managing.permissions_of(role)}):
        return _roles({role: form})
    managing.set_permissions(role, form["permission"].data or [])
    return to(url_for(".roles", saved="permissions"))


@people.get("/manage/audit", policy=may("people.audit"), query=("after",))
def audit() -> Response:
    """What happened, newest first; who did it."""
    page, names = _events(request.args.get("after"), PAGE)
    return render("accounts/audit.html", events=page.rows, after=page.after, names=names, types=plugged().events())
