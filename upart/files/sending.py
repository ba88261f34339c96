# SPDX-License-Identifier: MIT
"""How a file leaves the house: whole or in part, as it came, and so that nothing in it runs."""

from __future__ import annotations

import logging
import unicodedata
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from upart.context import context
from upart.errors import Problem
from upart.files.addresses import version
from upart.storage.kinds import by_type
from upart.storage.models import File, FileState
from upart.storage.places import place
from upart.theming.headers import ANYWHERE, FOR_EVER, PRIVATE, PUBLIC
from upart.theming.locales import gettext as _

log = logging.getLogger("upart.files")

ALONE = "default-src 'none'; img-src 'self'; media-src 'self'"
"""A file that is opened by itself runs nothing."""

SANDBOX = f"{ALONE}; sandbox"
"""Nor does it belong to any site; a sound or video could not load itself then, and pictures and they run nothing anyway."""

PIECE = 64 * 1024


def stored_bytes(row: File) -> BinaryIO:
    """The bytes of a file, readable from any position; whoever calls closes them. Raises Problem 410 for one whose bytes are gone."""
    try:
        if row.state is FileState.GONE:
            raise FileNotFoundError
        return place().open(row.academy_id, row.id)
    except FileNotFoundError:
        log.error("the bytes of file %s of academy %s are gone", row.id, context.academy.slug)
        raise Problem(410, _("This file is lost."), remedy=_("Tell the academy, or send it once more if it was yours.")) from None


def file_answer(row: File) -> Response:
    """A file as it is stored, whole or in part (RFC 9110, 14): 206, 416, and for HEAD its size. Raises Problem 410 for one whose bytes are gone.

    Whoever calls has asked whether this person may have it.
    """
    opened = stored_bytes(row)
    body = FileWrapper(opened, PIECE)
    response = Response(body, content_type=row.content_type, direct_passthrough=True, headers=_headers(row))
    response.content_length = row.size
    response.set_etag(row.sha256[:32])
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=row.size)
    except RequestedRangeNotSatisfiable:
        body.close()
        return Response(status=416, headers={"Content-Range": f"bytes */{row.size}", "Cache-Control": PRIVATE})
    if request.method == "HEAD" or response.status_code in (304, 412):
        body.close()
    return response


def _headers(row: File) -> dict[str, str]:
    kind = by_type(row.content_type)
    shown = row.own_bytes or (kind is not None and kind.plays)
    return {
        **(ANYWHERE if row.public else {}),
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; {_file_name(row.name)}",
        "Cache-Control": _caching(row),
        "Content-Security-Policy": ALONE if shown else SANDBOX,
    }


def _caching(row: File) -> str:
    """For ever where the address names the bytes; not what is about somebody, so that it is gone when they are."""
    if not row.public:
        return PRIVATE
    return FOR_EVER if row.about_id is None and request.args.get("v", "") == version(row) else PUBLIC


def _file_name(name: str) -> str:
    """The parameters that carry a name (RFC 6266, 4.3): plain for old programs, whole for all others."""
    simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace("\\", "_").replace('"', "_")
    return f"filename=\"{simple}\"; filename*=UTF-8''{quote(name, safe='')}"
