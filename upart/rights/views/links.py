# SPDX-License-Identifier: MIT
"""Rights without signing in: ask by address, open the mailed link, follow the request, take the copy."""

from __future__ import annotations

from flask import Response, request, url_for
from sqlalchemy import select

from upart.accounts.limits import MAILS, count_try
from upart.accounts.models import TokenPurpose
from upart.accounts.views.doors import network, to, token_in
from upart.db import session, unmasked
from upart.errors import Problem
from upart.hooks.routes import Blueprint, anyone_uncached
from upart.rights import naming
from upart.rights.actions.archiving import archive_by, take
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.beginning import cancel
from upart.rights.actions.linking import KINDS, ask_by_link, confirm, followed
from upart.rights.forms import LinkForm
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.showing.requests import lines_of, said, steps_of
from upart.rights.subjects import person_of
from upart.rights.views.copies import TOKEN, sent
from upart.storage.models import File
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render

links = Blueprint("links", __name__)

MAILED = "whoever opens the mailed link has shown that the mailbox is theirs"


@links.get("/privacy/ask", policy=anyone_uncached)
def ask() -> Response:
    """Ask for the address and the right."""
    return show("rights/ask.html", LinkForm(kind=RequestKind.ACCESS.value), kinds=naming.KINDS)


@links.post("/privacy/ask", policy=anyone_uncached)
def mail_link() -> Response:
    """Mail a link; the answer is the same for every address."""
    form = LinkForm.posted()
    if not form.validate():
        return show("rights/ask.html", form)
    count_try("rights", [form["email"].data, network()], limit=MAILS)
    ask_by_link(form["email"].data, next(kind for kind in KINDS if kind.value == form["kind"].data))
    return to(url_for("sign.mail_sent"))


@links.get("/privacy/requests/confirm", policy=anyone_uncached, query=("token",))
@unmasked(MAILED, keep=True)
def open_link() -> Response:
    """The page of the mailed link. Opening it changes nothing."""
    token = request.args.get("token", "")[:TOKEN]
    row = followed(token_in(token, TokenPurpose.RIGHTS))
    return render("rights/confirm.html", token=token, request=lines_of(row))


@links.post("/privacy/requests/confirm", policy=anyone_uncached)
@unmasked(MAILED, keep=True)
def confirm_link() -> Response:
    """The mailbox is proven: the request begins its way."""
    row = token_in(request.form.get("token", ""), TokenPurpose.RIGHTS)
    return render("rights/confirmed.html", request=lines_of(confirm(row)))


@links.get("/privacy/requests/follow", policy=anyone_uncached, query=("token",), shows=MAILED)
@unmasked(MAILED, keep=True)
def follow() -> Response:
    """Where the request is; for whoever got the link."""
    token = request.args.get("token", "")[:TOKEN]
    return _shown(followed(token_in(token, TokenPurpose.FOLLOW)), token)


@links.post("/privacy/requests/follow", policy=anyone_uncached, shows=MAILED)
@unmasked(MAILED, keep=True)
def act() -> Response:
    """Take the request back, or let it begin without waiting."""
    token, what = request.form.get("token", "")[:TOKEN], request.form.get("act", "")
    row = followed(token_in(token, TokenPurpose.FOLLOW))
    person = person_of(row)
    if what == "cancel":
        cancel(row)
    elif what == "begin" and person is not None and row.kind is RequestKind.ERASE and row.state is RequestState.PLANNED:
        ask_to_erase(person)
    else:
        raise Problem(409, _("This cannot be done with the request now."), remedy=_("Look at where it is."))
    return _shown(row, token)


def _shown(row: RightsRequest, token: str) -> Response:
    line = lines_of(row)
    return render("rights/request.html", request=line, words=row.words, steps=steps_of(row), said=said(row, for_person=True), token=token)


@links.get("/privacy/requests/copy", policy=anyone_uncached, query=("token",))
@unmasked(MAILED, keep=True)
def copy() -> Response:
    """The page of the copy's link."""
    token = request.args.get("token", "")[:TOKEN]
    archive = archive_by(token)
    file = session.scalars(select(File).where(File.id == archive.file_id)).one()
    return render("rights/copy.html", token=token, archive=archive, size=file.size, by_link=True)


@links.post("/privacy/requests/copy", policy=anyone_uncached)
@unmasked(MAILED, keep=True)
def download() -> Response:
    """The copy itself, once."""
    return sent(take(archive_by(request.form.get("token", "")[:TOKEN])))
