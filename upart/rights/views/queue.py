# SPDX-License-Identifier: MIT
"""The officer's side: the list of requests, the page of each, and every act upon it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from upart.accounts.views.doors import to
from upart.context import context
from upart.db import unmasked
from upart.errors import Problem
from upart.hooks.find import get_or_404
from upart.hooks.routes import Blueprint, may
from upart.privacy.taxonomy import Reason
from upart.rights.actions import deciding, history, working
from upart.rights.actions.attempting import OPEN
from upart.rights.actions.dead_letters import dead_letters
from upart.rights.actions.reminding import ANSWER
from upart.rights.answering import AnswerForm, ExtendForm, GrantForm, NoteForm, RefuseForm
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.naming import RIGHTS
from upart.rights.showing import officers as showing
from upart.rights.showing.asked import asked_of
from upart.rights.showing.requests import said, steps_of
from upart.rights.states import ENDED
from upart.theming.forms import Form, options, refuse
from upart.theming.locales import gettext as _
from upart.theming.render import render

WORK = "an officer is at work on requests"

queue = Blueprint("queue", __name__)
PRIVATE = may(ANSWER, fresh=True)

FORMS: dict[str, type[Form]] = {"grant": GrantForm, "refuse": RefuseForm, "answer": AnswerForm, "note": NoteForm, "extend": ExtendForm}
"""The forms of the page of a request, by the last part of their address."""

Act = Callable[[RightsRequest], None]


@queue.get("/manage/requests/", policy=PRIVATE, query=("show", "kind", "after"))
@unmasked(WORK)
def everything() -> Response:
    """All requests that fit a filter."""
    show = request.args.get("show", "open")
    show = show if show in showing.FILTERS else "open"
    kind = next((kind for kind in RequestKind if kind.value == request.args.get("kind")), None)
    page = showing.queue(show, kind, request.args.get("after"))
    return render(
        "rights/queue.html",
        asked=showing.asked(page.rows),
        after=page.after,
        show=show,
        kind=kind.value if kind else "",
        filters=showing.FILTERS,
        kinds=RIGHTS,
        untold=len(dead_letters()),
    )


@queue.get("/manage/requests/<uuid:id>", policy=PRIVATE, query=("start",))
@unmasked(WORK)
def one(id: UUID) -> Response:
    """One request, with all that can be done about it."""
    return _page(_row(id))


@queue.post("/manage/requests/<uuid:id>/take", policy=PRIVATE)
@unmasked(WORK)
def take(id: UUID) -> Response:
    """Say that one is at work on it."""
    return _done(id, deciding.take)


@queue.post("/manage/requests/<uuid:id>/release", policy=PRIVATE)
@unmasked(WORK)
def release(id: UUID) -> Response:
    """Give it back."""
    return _done(id, deciding.release)


@queue.post("/manage/requests/<uuid:id>/try", policy=PRIVATE)
@unmasked(WORK)
def try_now(id: UUID) -> Response:
    """Try the open steps at once."""
    return _done(id, working.hasten)


@queue.post("/manage/requests/<uuid:id>/grant", policy=PRIVATE)
@unmasked(WORK)
def grant(id: UUID) -> Response:
    """Let it be carried out."""
    return _act(id, "grant", "granted", lambda row, form: deciding.grant(row, form["granted"].data or ""))


@queue.post("/manage/requests/<uuid:id>/refuse", policy=PRIVATE)
@unmasked(WORK)
def say_no(id: UUID) -> Response:
    """Refuse it, or some of its steps, with a reason."""
    return _act(id, "refuse", "refused", _refuse)


@queue.post("/manage/requests/<uuid:id>/answer", policy=PRIVATE)
@unmasked(WORK)
def answer(id: UUID) -> Response:
    """Write to the person."""
    return _act(id, "answer", "answer", lambda row, form: deciding.answer(row, form["answer"].data))


@queue.post("/manage/requests/<uuid:id>/note", policy=PRIVATE)
@unmasked(WORK)
def note(id: UUID) -> Response:
    """Leave a line for colleagues."""
    return _act(id, "note", "note", lambda row, form: deciding.note(row, form["note"].data))


@queue.post("/manage/requests/<uuid:id>/extend", policy=PRIVATE)
@unmasked(WORK)
def extend(id: UUID) -> Response:
    """Take two months more."""
    return _act(id, "extend", "why", lambda row, form: deciding.extend(row, form["why"].data))


def _row(id: UUID) -> RightsRequest:
    return get_or_404(RightsRequest, id)


def _done(id: UUID, act: Act) -> Response:
    act(_row(id))
    return to(url_for(".one", id=id))


def _act(id: UUID, name: str, field: str, act: Callable[[RightsRequest, Form], None]) -> Response:
    """Do what a form says; what was typed stays on the page when it cannot be done, with the reason beside it."""
    row, form = _row(id), FORMS[name].posted()
    _offer_steps(row, form)
    status = 422
    if form.validate():
        try:
            act(row, form)
            return to(url_for(".one", id=id))
        except Problem as problem:
            status = problem.status
            refuse(form, field, f"{problem.message} {problem.remedy}")
    return _page(row, form, status)


def _refuse(row: RightsRequest, form: Form) -> None:
    deciding.refuse(row, Reason(form["reason"].data), form["refused"].data, [UUID(id) for id in form["steps"].data or ()])


def _offer_steps(row: RightsRequest, form: Form) -> None:
    if isinstance(form, RefuseForm):
        lines = [(line.title, step) for line in steps_of(row) for step in line.steps if step.state in OPEN]
        form["steps"].choices = options({str(step.id): title for title, step in lines})  # type: ignore[attr-defined]


def _page(row: RightsRequest, wrong: Form | None = None, status: int = 200) -> Response:
    asked = showing.asked([row])[0]
    starts = showing.starts(row, asked.who)
    chosen = starts.get(request.args.get("start", ""), ("", ""))[1]
    forms = {name: kind(answer=chosen) if kind is AnswerForm else kind() for name, kind in FORMS.items()}
    forms |= {name: wrong for name, kind in FORMS.items() if type(wrong) is kind}
    for form in forms.values():
        _offer_steps(row, form)
    lines, holder = said(row, for_person=False), history.taken_by([row.id]).get(row.id)
    values: dict[str, Any] = {
        "names": showing.names_of(entry.officer_id for _title, entry in lines), "steps": steps_of(row), "said": lines, "mine": holder == context.person.id,
        "clock": showing.clock_of(row), "facts": showing.facts(row), "starts": starts, "forms": forms, "form": wrong or Form(), "hidden": _hidden(row),
        "decides": row.state is RequestState.NEEDS_DECISION, "at_work": row.state in (RequestState.RUNNING, RequestState.PARTIALLY_DONE),
        "is_open": row.state not in ENDED, "wish": asked_of(row, fresh=context.fresh), "extends": row.extended_at is None and row.state not in ENDED,
    }  # fmt: skip
    return render("rights/officer.html", status, row=row, asked=asked, **values)


def _hidden(row: RightsRequest) -> str:
    """Why the person does not see the request on a page of theirs, if they do not."""
    if row.kind is RequestKind.AUTHORITY and row.person_id is None:
        return _("Nothing: they are told of it later.")
    return "" if row.person_id is not None else _("Nothing on a page: nobody is known by this address, or they are gone.")
