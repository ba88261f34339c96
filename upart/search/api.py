# SPDX-License-Identifier: MIT
"""The search for programs: the same finds as on the page, for whoever asks."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from upart.context import context
from upart.errors import Fault, Unfit
from upart.hooks.plugged import plugged
from upart.hooks.records import Searchable
from upart.hooks.resources import Body, Part, Resource
from upart.hooks.searched import searchables
from upart.search.finding import PAGES, Found, find
from upart.search.marking import Pieces
from upart.search.words import LONGEST, asked
from upart.theming.locales import gettext as _


class SearchIn(Body):
    """What is searched for."""

    q: Annotated[str, Meta(min_length=1, max_length=LONGEST, description="Words that must all be found; what stands in quotes as it stands there.")]
    kind: Annotated[str, Meta(max_length=60, description="Only in this resource, by pages: `courses`. Without it the first five of each.")] = ""
    page: Annotated[int, Meta(ge=1, le=PAGES, description="A page of one kind; `page.next` is the address of the next one.")] = 1


class PieceOut(msgspec.Struct):
    """A piece of text, which is to be shown as text; `hit`: it was asked for."""

    text: str
    hit: bool


class HitOut(msgspec.Struct):
    """Something that was found. `kind` and `id` name the object where it is a resource; `url` is its page on the portal."""

    kind: str
    label: Annotated[str, Meta(description="What objects of this kind are called, for people.")]
    id: UUID
    title: str
    title_pieces: list[PieceOut]
    snippet: Annotated[list[PieceOut], Meta(description="The place in its text where the first hit stands.")]
    detail: Annotated[str, Meta(description="Where it stands, such as the course of a lesson.")]
    url: Annotated[str, Meta(description="Begins at the academy's host.")]


search = Resource("search", scope="core:search", answers=HitOut, sentence="What somebody may read and that contains these words, the best of each kind first.")


@search.find(SearchIn)
def found(body: SearchIn) -> Part:
    """Search what you may read."""
    kinds = {_kind(one): one for one in searchables(context.academy.plugins)}
    question = asked(body.q.strip())
    wrong = [] if question.terms else [Fault("q", "parameter", _("There is no word in it. Type at least one letter or digit."))]
    if body.kind and body.kind not in kinds:
        wrong.append(Fault("kind", "parameter", f"This is one of: {', '.join(sorted(kinds)) or 'none'}."))
    if body.page > 1 and not body.kind:
        wrong.append(Fault("page", "parameter", "Pages need a kind."))
    if wrong:
        raise Unfit(wrong, 400, "parameter")
    names = {one.kind: name for name, one in kinds.items()}
    parts = find(question, kinds[body.kind].kind if body.kind else "", body.page)
    more = bool(body.kind) and any(part.more for part in parts) and body.page < PAGES
    return Part([hit for part in parts for hit in _hits(part, names[part.kind])], {"page": str(body.page + 1)} if more else None)


def _hits(part: Found, kind: str) -> list[HitOut]:
    return [
        HitOut(kind, _(part.label), hit.id, "".join(text for text, _hit in hit.title), _pieces(hit.title), _pieces(hit.text), hit.detail, hit.url)
        for hit in part.hits
    ]  # fmt: skip


def _pieces(pieces: Pieces) -> list[PieceOut]:
    return [PieceOut(text, hit) for text, hit in pieces]


def _kind(one: Searchable) -> str:
    """The name of its resource, else what the index calls it."""
    owners = [plugin for plugin in plugged().everything() if plugin.id == "core" or plugin.id in context.academy.plugins]
    return next((resource.name for owner in owners for resource in owner.resources if resource.model is one.model), one.kind)
