# SPDX-License-Identifier: MIT
"""Addresses of files: whoever has one may open the file until it ends, so a page gives them only to people who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from upart import clock
from upart.context import context
from upart.db.masks import id_of, opened
from upart.errors import NotHere, Problem
from upart.keys import ring
from upart.theming.locales import gettext as _

PURPOSE = "file address"
TICKET = "ticket to a file"
HOUR = timedelta(hours=1)


def file_url(file: Any, *, width: int = 0, ends: timedelta = HOUR) -> str:
    """The address of a file on this academy's host, good for `ends` from now; a public file's is good for as long as it is public.

    `file` is a row of `file`, or any row with its `id` and `public`. `width` asks for the smallest rendition
    of a picture that is at least so many pixels wide. The address holds no name: addresses end up in logs.
    """
    query: dict[str, Any] = {"w": width} if width else {}
    if not file.public:
        until = int((clock.now() + ends).timestamp())
        query |= {"ends": until, "sig": ring().digest(PURPOSE, _signed(file.id, until, own=_is_own(file)), context.academy.id)}
    return f"/files/{file.id}{'?' if query else ''}{urlencode(query)}"


def ticket(value: str, *, ends: timedelta = HOUR) -> dict[str, Any]:
    """Query parameters `ends` and `sig` for an address of a plugin's own that sends a file: signed for `value` at this academy until `ends` from now.

    `value` names everything to which the address is bound, the person among it: f"{context.person.id} {lesson.id} {item}".
    """
    until = int((clock.now() + ends).timestamp())
    return {"ends": until, "sig": ring().digest(TICKET, f"{until} {value}", context.academy.id)}


def admit(value: str, ends: str, signature: str) -> None:
    """Pass with a ticket for exactly this. Raises NotHere (404) for one that is forged or another's, Problem 410 for one that has ended."""
    if not (ends.isascii() and ends.isdigit() and len(ends) < 12):
        raise NotHere
    if ring().signed(TICKET, f"{int(ends)} {value}.{signature}", context.academy.id) is None:
        raise NotHere
    if has_ended(ends):
        raise Problem(410, _("This link has ended."), remedy=_("Open the page that shows the file; it makes a new one."))


def lasting_url(file: Any) -> str:
    """The address of a file whose bytes are named in it, so that browsers keep them for ever; for everybody's files that are about nobody.

    Any other's is that of `file_url`. `file` is a row of `file`, or any row with its `id`, `public`, `about_id` and `sha256`.
    """
    return f"/files/{file.id}?v={version(file)}" if file.public and file.about_id is None else file_url(file)


def version(file: Any) -> str:
    """The part of an address that names the bytes of a file."""
    return str(file.sha256[:12])


def is_signed(id: UUID, ends: str, signature: str, *, own: bool = False) -> bool:
    """Did this academy sign that address, with whatever key of ours? `own`: for the person whom the file is about, or an officer at work for them."""
    if not (ends.isascii() and ends.isdigit() and len(ends) < 20):
        return False
    return ring().signed(PURPOSE, f"{_signed(id, int(ends), own=own)}.{signature}", context.academy.id) is not None


def has_ended(ends: str) -> bool:
    """Is a signed address too old?"""
    return int(ends) < clock.now().timestamp()


def _is_own(file: Any) -> bool:
    """Is the address made for the person whom the file is about, or for an officer who may see it although it is restricted?"""
    about, seen = getattr(file, "about_id", None), opened.get()
    return about is not None and (about == id_of(context.person) or seen is None or about in seen)


def _signed(id: UUID, until: int, *, own: bool = False) -> str:
    return f"{id} {until}{' own' if own else ''}"
