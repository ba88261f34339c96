# SPDX-License-Identifier: MIT
"""Search or jump: pages that somebody may open, and rows of the lists that she may see, by a few letters.

It is a page; a script shows its answer in a dialog, for which the same address answers as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import or_

from upart.context import context
from upart.db import session, stands_in
from upart.db.types import UNSTORABLE
from upart.errors import NotHere
from upart.hooks.plugged import plugged
from upart.hooks.records import Area
from upart.hooks.routes import Blueprint, permitted, signed_in
from upart.manage.asked import WORDS
from upart.manage.listing import Listing, is_private
from upart.manage.pages import name_of
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext
from upart.theming.render import menu, render

STAFF = (Area.MANAGE, Area.TEACH)
AREAS: dict[Area, str] = {Area.MANAGE: "Manage", Area.TEACH: "Teaching", Area.ACCOUNT: "Your account"}
"""Navigations whose entries are found, with what they are called."""

LEAST, MOST = 2, 6
"""Letters from which rows are looked for, and rows of one list that are shown."""

jumping = Blueprint("jumping", __name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A page or a row: what it is called, where it is, what kind of thing it is."""

    label: str
    url: str
    kind: str
    icon: str


@jumping.get("/manage/find", policy=signed_in, query=("q",))
def find() -> Response:
    """Search or jump."""
    if not any(menu(context.academy, area) for area in STAFF):
        raise NotHere
    asked = request.args.get("q", "").strip()[:WORDS]
    q = "" if UNSTORABLE.search(asked) else asked.lower()
    found = [*_pages(q), *_rows(q), *_pages(q, by_hint=True)]
    said = ngettext("One found", "%(num)s found", len(found)) if found else _("Nothing found")
    for_script = request.accept_mimetypes.best == "application/json"
    answer = jsonify(said=said, found=[asdict(one) for one in found]) if for_script else render("manage/find.html", found=found, q=asked)
    answer.vary.add("Accept")
    return answer


def _pages(q: str, *, by_hint: bool = False) -> Iterator[Found]:
    """Entries of navigations in whose name the words stand, or of the others those with a word in their sentence that begins so."""
    for area, kind in AREAS.items():
        for entry in menu(context.academy, area):
            named, hinted = q in entry["label"].lower(), len(q) > LEAST and f" {q}" in f" {entry['hint'].lower()}"
            if (hinted and not named) if by_hint else named:
                yield Found(entry["label"], entry["url"], _(kind), entry["icon"] or "circle-dot")


def _rows(q: str) -> Iterator[Found]:
    """Rows of lists by their names: only of lists that the person may open, and never by an address or the like."""
    if len(q) < LEAST:
        return
    for listing in _lists():
        columns = [column for column in listing.search if not is_private(column)]
        named = or_(*(stands_in(q, column) for column in columns))
        rows = session.scalars(listing.select().where(named).order_by(listing.columns[0].of, listing.model.id).limit(MOST)).unique().all()
        for row in rows:
            yield Found(name_of(listing, row), listing.opens(row) if listing.opens else "", _(listing.title), "user" if listing.people else "book-open")


def _lists() -> Iterator[Listing]:
    owners = [plugin for plugin in plugged().everything() if plugin.id == "core" or plugin.id in context.academy.plugins]
    lists: Iterator[tuple[Any, Listing]] = (one for plugin in owners for blueprint in plugin.blueprints for one in blueprint.lists)
    for policy, listing in lists:
        can_be_found = listing.opens is not None and listing.columns[0].of is not None and not all(map(is_private, listing.search))
        if can_be_found and (not policy.permission or permitted(policy.permission)):
            yield listing
