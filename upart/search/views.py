# SPDX-License-Identifier: MIT
"""The page where everybody searches what they may read."""

from __future__ import annotations

from flask import Response, request

from upart.context import context
from upart.errors import NotHere
from upart.hooks.routes import Blueprint, anyone_uncached
from upart.hooks.searched import searchables
from upart.search.finding import PAGES, Found, find
from upart.search.words import LONGEST, MOST, Asked, asked
from upart.theming.locales import gettext as _
from upart.theming.render import render

site = Blueprint("search", __name__)


@site.get("/search", policy=anyone_uncached, query=("q", "in", "page"))
def page() -> Response:
    """What was found, by kind; `in` one kind alone, by pages."""
    typed, only = request.args.get("q", "").strip(), request.args.get("in", "")
    at = _page(request.args.get("page", "1"))
    kinds = {one.kind: _(one.label) for one in searchables(context.academy.plugins)}
    if only and only not in kinds:
        raise NotHere
    question = asked(typed)
    problem = _problem(typed, question)
    found: list[Found] = [] if problem else find(question, only, at)
    return render(
        "search/search.html", 422 if len(typed) > LONGEST else 200, q=typed[:LONGEST], asked=bool(typed), problem=problem, found=found, labels=kinds,
        only=only, page=at, pages=PAGES, longest=LONGEST, most=MOST, cut=question.more,
    )  # fmt: skip


def searches() -> bool:
    """Is there anything to search at the current academy? Pages ask it for the link in their head."""
    return not context.academy.is_paused and bool(searchables(context.academy.plugins))


def _page(text: str) -> int:
    if text not in map(str, range(1, PAGES + 1)):
        raise NotHere
    return int(text)


def _problem(typed: str, question: Asked) -> str:
    if len(typed) > LONGEST:
        return _("That is too long to search for: at most %(most)s characters.", most=LONGEST)
    if typed and not question.terms:
        return _("There is no word in it. Type at least one letter or digit.")
    return ""
