# SPDX-License-Identifier: MIT
"""The copy of all that is held: ask for it, open the mailed link, download it once."""

from __future__ import annotations

from flask import Response, request, url_for
from sqlalchemy import select
from werkzeug.wsgi import FileWrapper

from upart.accounts.limits import count_try
from upart.accounts.views.doors import to
from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.hooks.routes import Blueprint, fresh
from upart.rights.actions.archiving import archive_of, ask_for_archive, take
from upart.storage.models import File
from upart.storage.places import place
from upart.theming.locales import gettext as _
from upart.theming.render import render

copies = Blueprint("copies", __name__)

PIECE = 64 * 1024
COPIES = 10
"""So many copies within 15 minutes: each is work for the portal (GDPR art. 12(5): not again and again)."""

TOKEN = 200
"""Characters of a token that are looked at."""


@copies.post("/privacy/mine/archive", policy=fresh)
def ask() -> Response:
    """Let the copy be made; asking twice makes one."""
    count_try("rights.copy", [str(context.person.id)], limit=COPIES)
    ask_for_archive(context.person)
    return to(url_for("mine.held"))


@copies.get("/privacy/archive", policy=fresh, query=("token",))
def link() -> Response:
    """The page of the mailed link: what it is and how large. Opening it changes nothing."""
    token = request.args.get("token", "")[:TOKEN]
    archive = archive_of(context.person, token)
    file = session.scalars(select(File).where(File.id == archive.file_id)).one()
    return render("rights/copy.html", token=token, archive=archive, size=file.size)


@copies.post("/privacy/archive", policy=fresh)
def download() -> Response:
    """The copy itself, once: streamed from where it lies, kept by no cache."""
    return sent(take(archive_of(context.person, request.form.get("token", "")[:TOKEN])))


def sent(file: File) -> Response:
    """A copy as the answer to a request. Raises Problem 410 when its bytes are lost."""
    try:
        opened = place().open(file.academy_id, file.id)
    except FileNotFoundError:
        raise Problem(410, _("This copy is lost."), remedy=_("Ask for a new copy on your privacy page.")) from None
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    response = Response(FileWrapper(opened, PIECE), content_type=file.content_type, direct_passthrough=True, headers=headers)
    response.content_length = file.size
    return response
