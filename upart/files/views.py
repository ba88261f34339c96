# SPDX-License-Identifier: MIT
"""The door through which files go out: by an address that was signed for this academy, or because the file is public."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from sqlalchemy import select

from upart.db import is_masked, session, unmasked
from upart.errors import NotHere, Problem
from upart.files.addresses import has_ended, is_signed
from upart.files.sending import file_answer
from upart.hooks.find import get_or_404
from upart.hooks.routes import Blueprint, Policy
from upart.storage.models import File
from upart.theming.locales import gettext as _

files = Blueprint("files", __name__)

by_address = Policy("by_address", open=True, knows=False)
"""Whoever has the address: its signature is the permission. Cookies are not looked at."""


@files.get("/files/<uuid:id>", policy=by_address, query=("w", "ends", "sig", "v"))
def one(id: UUID) -> Response:
    """A file, or of a picture the rendition that fits the asked width; whole or in part (RFC 9110, 14)."""
    ends, signature = request.args.get("ends", ""), request.args.get("sig", "")
    own = is_signed(id, ends, signature, own=True)
    signed = own or is_signed(id, ends, signature)
    with unmasked("an address that was signed for the person opens their file also while it is restricted", keep=own):
        row = get_or_404(File, id)
        chosen = _fitting(row, request.args.get("w", ""))
    if is_masked(row) or (not row.public and not signed):
        raise NotHere  # to the byte as for a file that is not there
    if not row.public and has_ended(ends):
        raise Problem(410, _("This link has ended."), remedy=_("Open the page that shows the file; it makes a new one."))
    return file_answer(chosen)


def _fitting(row: File, width: str) -> File:
    if not width.isascii() or not width.isdigit() or len(width) > 5:
        return row
    fitting = select(File).where(File.derived_from == row.id, File.rendition == "", File.width >= int(width)).order_by(File.width).limit(1)
    return session.scalars(fitting).first() or row
