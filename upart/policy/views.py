# SPDX-License-Identifier: MIT
"""Staff pages: records to read and download; the breach desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import select

from upart import clock
from upart.accounts.views.doors import to
from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem, UpartError
from upart.hooks.find import get_or_404, paged
from upart.hooks.routes import Blueprint, may
from upart.policy import actions, breaching, fides, showing, wording
from upart.policy.forms import BreachForm, NewBreachForm, NoticeForm
from upart.policy.models import Breach
from upart.policy.showing import BREACHES, RECORDS
from upart.policy.written import FORMATS
from upart.theming.forms import Form, refuse, show
from upart.theming.locales import gettext as _
from upart.theming.render import render

records, breaches = Blueprint("records", __name__), Blueprint("breaches", __name__)

PAGE = 50
FIDES = "fides"


@records.get("/manage/privacy/", policy=may(RECORDS))
def overview() -> Response:
    """What there is to read."""
    return render("policy/overview.html", sheets=showing.sheets(context.academy))


def _offer(name: str) -> None:
    """Register the two addresses of one record: the page, and the same as a file."""

    def page() -> Response:
        """One of the records, compiled now."""
        kind = _kind(name)
        return render("policy/sheet.html", name=name, kind=kind, sheet=kind.make(context.academy), formats=_formats(name))

    def file() -> Response:
        """The same as a file."""
        kind, chosen, stem = _kind(name), request.args.get("format", "json"), f"{context.academy.slug}-{name}-{clock.now():%Y-%m-%d}"
        if chosen not in _formats(name):
            raise NotHere
        if chosen == FIDES:
            return _file(fides.manifest(context.academy), "application/yaml", f"{stem}.fides.yml")
        media, write = FORMATS[chosen]
        return _file(write(kind.make(context.academy)), media, f"{stem}.{chosen}")

    records.add_url_rule(f"/manage/privacy/{name}", name, page, policy=may(RECORDS))
    records.add_url_rule(f"/manage/privacy/{name}/download", f"{name}_file", file, policy=may(RECORDS), query=("format",))


for one_of_them in showing.SHEETS:
    _offer(one_of_them)


def _formats(name: str) -> list[str]:
    return [*FORMATS, *([FIDES] if name == "art30" else [])]


def _kind(name: str) -> showing.Kind:
    found = showing.sheets(context.academy).get(name)
    if found is None:
        raise NotHere
    return found


def _file(text: str, media: str, name: str) -> Response:
    return Response(text, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@breaches.get("/manage/privacy/breaches/", policy=may(BREACHES), query=("after",))
def everything() -> Response:
    """All breaches that were written down, the newest first."""
    page = paged(select(Breach), Breach.known_at, Breach.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    return render("policy/breaches.html", lines=showing.lines(page.rows), after=page.after)


@breaches.get("/manage/privacy/breaches/new", policy=may(BREACHES, fresh=True))
def new() -> Response:
    """Ask what is known at once."""
    return show("policy/new-breach.html", _offered(NewBreachForm(known=f"{clock.now():%Y-%m-%d %H:%M}")))


@breaches.post("/manage/privacy/breaches/new", policy=may(BREACHES, fresh=True))
def note() -> Response:
    """Write it down."""
    form = _offered(NewBreachForm.posted())
    if form.validate():
        data = form.data
        try:
            known = breaching.instant(data["known"], "")
            one = breaching.incident(data["table"], _begins(data["since"]), _begins(data["until"], days=1), known)
            row = actions.note(breaching.Incident(one.table, one.since, one.until, one.known_at, data["happened"] or ""))
            session.flush()
            return to(url_for(".one", id=row.id))
        except (UpartError, OverflowError) as error:
            refuse(form, "since", getattr(error, "message", _("This day cannot be used.")))
    return show("policy/new-breach.html", form)


def _offered(form: NewBreachForm) -> NewBreachForm:
    form["table"].choices = showing.choices()  # type: ignore[attr-defined]
    return form


def _begins(day: Any, days: int = 0) -> Any:
    return None if day is None else datetime.combine(day, time(), UTC) + timedelta(days=days)


@breaches.get("/manage/privacy/breaches/<uuid:id>", policy=may(BREACHES, fresh=True))
def one(id: UUID) -> Response:
    """One breach: whom it concerns, the clock, what the authority asks, the mail to the people."""
    return _page(_row(id))


@breaches.post("/manage/privacy/breaches/<uuid:id>", policy=may(BREACHES, fresh=True))
def complete(id: UUID) -> Response:
    """Put down what is known by now."""
    return _act(id, BreachForm, "nature", lambda row, form: actions.complete(row, **{name: text or "" for name, text in form.data.items()}))


@breaches.post("/manage/privacy/breaches/<uuid:id>/report", policy=may(BREACHES, fresh=True))
def report(id: UUID) -> Response:
    """Note that the authority was told."""
    actions.report(_row(id))
    return to(url_for(".one", id=id))


@breaches.post("/manage/privacy/breaches/<uuid:id>/tell", policy=may(BREACHES, fresh=True))
def tell(id: UUID) -> Response:
    """Write to everybody whom it concerns."""
    return _act(id, NoticeForm, "message", lambda row, form: actions.tell(row, form.data["line"], form.data["message"]))


@breaches.post("/manage/privacy/breaches/<uuid:id>/close", policy=may(BREACHES, fresh=True))
def close(id: UUID) -> Response:
    """End it."""
    actions.close(_row(id))
    return to(url_for(".one", id=id))


def _row(id: UUID) -> Breach:
    return get_or_404(Breach, id)


def _act(id: UUID, kind: type[Form], field: str, act: Callable[[Breach, Form], None]) -> Response:
    """Do what a form says; what was typed stays on the page when it cannot be done, with the reason beside it."""
    row, form, status = _row(id), kind.posted(), 422
    if form.validate():
        try:
            act(row, form)
            return to(url_for(".one", id=id))
        except Problem as problem:
            status = problem.status
            refuse(form, field, f"{problem.message} {problem.remedy}")
    return _page(row, form, status)


def _page(row: Breach, wrong: Form | None = None, status: int = 200) -> Response:
    one = actions.incident_of(row)
    try:
        found = breaching.concerned(one, context.academy)
    except UpartError:
        found = []  # the table's plugin was purged meanwhile, with its declarations
    words = BreachForm(nature=row.nature, effects=row.effects, remedies=row.remedies, late=row.late)
    forms = {"words": wrong if isinstance(wrong, BreachForm) else words, "notice": wrong if isinstance(wrong, NoticeForm) else NoticeForm()}
    return render(
        "policy/breach.html", status, row=row, line=showing.lines([row])[0], due=one.due_at, concerned=found[0] if found else None, forms=forms,
        form=wrong or Form(), told=actions.told(row), not_seen=breaching.not_seen(one), category=wording.category, country=showing.country,
        is_late=one.due_at < clock.now(),
    )  # fmt: skip
