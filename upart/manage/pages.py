# SPDX-License-Identifier: MIT
"""`list_pages()`: the pages of a declared list. A GET shows it; what is done to rows, taken out or kept is posted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for

from upart.errors import NotHere, Problem
from upart.events.actions import emit
from upart.hooks.routes import Blueprint, Policy, allow
from upart.manage import sheet
from upart.manage.actions import act_on, counted, digest_of, forget_view, keep_view, matching, rows_of, views_of
from upart.manage.asked import Asked
from upart.manage.forms import ViewForm
from upart.manage.listing import Bulk, Listing
from upart.manage.showing import is_mine, known_words, shown
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render

QUERY = ("q", "order", "cols", "after", "saved")
"""Words of an address that every list reads, besides its filters."""


def list_pages(blueprint: Blueprint, path: str, listing: Listing, *, endpoint: str, policy: Policy) -> None:
    """Put the pages of a list on a blueprint: `path` (ending with "/") shows it, below it lie the doors of its acts, its download and its views.

    `endpoint` is the name of the page; the doors are called `<endpoint>_act` and so on; those for which the list declares nothing are not
    there. All of them have this `policy`; acts and the download also ask for the permissions that the list names for them.
    """
    pages = ListPages(listing, f"{blueprint.name}.{endpoint}")
    blueprint.lists.append((policy, listing))
    query = (*QUERY, *(one.key for one in listing.filters))
    doors: Sequence[tuple[str, str, str, Callable[..., Response], str]] = (
        ("", "", "GET", pages.look, f"{listing.sentence}."),
        ("act", "act", "POST", pages.act, f"Many at once: {listing.sentence}."),
        ("download", "download", "POST", pages.download, f"Downloaded: {listing.sentence}."),
        ("views", "views", "GET", pages.views, f"Views of a list: {listing.sentence}."),
        ("keep_view", "views", "POST", pages.keep_view, f"Keep a view: {listing.sentence}."),
        ("forget_view", "views/<uuid:id>/delete", "POST", pages.forget_view, f"Delete a view: {listing.sentence}."),
    )
    without = {"act": not listing.bulk, "download": not listing.download}
    for name, below, method, view, sentence in (door for door in doors if not without.get(door[0])):
        asks: dict[str, Any] = {"query": query} if method == "GET" else {}
        full = f"{endpoint}_{name}" if name else endpoint
        blueprint.add_url_rule(f"{path}{below}", full, named(view, full, sentence), methods=[method], policy=policy, **asks)


def named(view: Callable[..., Response], name: str, sentence: str) -> Callable[..., Response]:
    """A view of its own, whose docstring is what people read who were looked at."""

    def door(**values: Any) -> Response:
        return view(**values)

    door.__name__, door.__doc__ = name, sentence
    return door


@dataclass(frozen=True)
class ListPages:
    """The pages of one list; `endpoint` is its full name."""

    listing: Listing
    endpoint: str

    def look(self) -> Response:
        """A page of the list."""
        asked = Asked.read(self.listing, request.args)
        more = self.listing.values() if self.listing.values is not None else {}
        return render(self.listing.template, list=shown(asked, self.endpoint, request.args.get("after")), **more)

    def act(self) -> Response:
        """Do something to the chosen rows, or to all that match; what cannot be undone, and all that match, only after a question with the number."""
        bulk = self._bulk(request.form.get("do", ""))
        asked = Asked.read(self.listing, request.form)
        ids = matching(asked) if request.form.get("all") else _ids(request.form.getlist("row"))
        rows = rows_of(self.listing, ids)
        if not rows:
            raise Problem(422, _("Nothing was chosen."), remedy=_("Tick some rows, then choose what to do with them."))
        sure = digest_of(row.id for row in rows)
        if (request.form.get("all") or not bulk.undo) and request.form.get("sure") != sure:
            return self._ask(bulk, asked, rows, sure)
        came = act_on(bulk, rows)
        back = next((one for one in self.listing.acts() if one.key == bulk.undo), None)
        found = {
            "listing": self.listing,
            "bulk": bulk,
            "undo": back,
            "done": came.done,
            "same": len(came.same),
            "left": [(name_of(self.listing, row), why) for row, why in came.left],
        }
        said = counted(bulk.done, len(came.done)) if came.done else _("Nothing was changed")
        return render(
            "manage/done.html", said=said, back=url_for(self.endpoint, **asked.words()), act=url_for(f"{self.endpoint}_act"), words=asked.words(), **found
        )

    def download(self) -> Response:
        """The list as CSV, whole: not one page of it. That it was taken out is written down."""
        allow(self.listing.download)
        return list_download(self.listing, Asked.read(self.listing, request.form))

    def views(self) -> Response:
        """Keep what is asked of the list as a view, and see the views that one keeps."""
        return self._views(ViewForm(), Asked.read(self.listing, request.args))

    def keep_view(self) -> Response:
        """Keep a view by a name."""
        form, asked = ViewForm.posted(), Asked.read(self.listing, request.form)
        if not form.validate():
            return self._views(form, asked)
        keep_view(asked, form["name"].data.strip(), shared=form["shared"].data)
        return to(url_for(self.endpoint, **asked.words(q="")))

    def forget_view(self, id: UUID) -> Response:
        """Delete a view of one's own; the list stays as it is."""
        forget_view(id)
        return to(url_for(f"{self.endpoint}_views"))

    def _views(self, form: ViewForm, asked: Asked) -> Response:
        mine = [(view, url_for(self.endpoint, **known_words(self.listing, view.asked))) for view in views_of(self.listing) if is_mine(view)]
        ways: dict[str, Any] = {
            "back": url_for(self.endpoint, **asked.words()),
            "keep": url_for(f"{self.endpoint}_keep_view"),
            "forget": f"{self.endpoint}_forget_view",
        }
        return show("manage/views.html", form, listing=self.listing, asked=asked, words=asked.words(q=""), mine=mine, **ways)

    def _ask(self, bulk: Bulk, asked: Asked, rows: Sequence[Any], sure: str) -> Response:
        everything = bool(request.form.get("all"))
        names = [name_of(self.listing, row) for row in rows[:5]]
        ways = {"back": url_for(self.endpoint, **asked.words()), "act": url_for(f"{self.endpoint}_act")}
        return render(
            "manage/sure.html", listing=self.listing, bulk=bulk, question=counted(bulk.question, len(rows)), names=names, more=len(rows) - len(names),
            rows=[] if everything else [row.id for row in rows], everything=everything, sure=sure, words=asked.words(), **ways,
        )  # fmt: skip

    def _bulk(self, key: str) -> Bulk:
        found = next((bulk for bulk in self.listing.bulk if bulk.key == key), None)
        if found is None:
            raise Problem(422, _("This form does not say what shall be done."), remedy=_("Tick some rows, then choose what to do with them."))
        if not found.allowed:
            raise NotHere
        return found


def list_download(listing: Listing, asked: Asked | None = None, *, about: Any = None) -> Response:
    """A list as CSV, whole, as it is asked for: of one's own pages too, for a list that is made when it is wanted, of what belongs to `about`.

    Private values count as shown; that it was taken out is written down. The route has to ask for the password. Needs a write session.
    """
    asked = asked if asked is not None else Asked.read(listing, request.form)
    out, rows = sheet.written(asked)
    emit("manage.downloaded", about, list=listing.name, rows=rows, columns=[column.key for column in asked.columns])
    return sheet.to_download(out, listing.name)


def name_of(listing: Listing, row: Any) -> str:
    """What names a row: the value of its first column."""
    first = listing.columns[0]
    return str(first.value(row) if first.value is not None else getattr(row, first.of.key))


def _ids(words: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(word) for word in words]
    except ValueError:
        raise Problem(400, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None


def to(address: str) -> Response:
    """See other (RFC 9110, 15.4.4)."""
    answer: Response = redirect(address, 303)  # type: ignore[assignment]
    return answer
