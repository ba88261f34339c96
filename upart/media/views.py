# SPDX-License-Identifier: MIT
"""Staff pages of the media library: the list, adding, one file with what is said of it, the trash."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from upart.accounts.models import Person
from upart.accounts.views.doors import to
from upart.context import context
from upart.db import is_masked, session, stands_in
from upart.errors import NotHere, Problem
from upart.files.addresses import file_url
from upart.hooks.find import get_or_404, paged
from upart.hooks.routes import Blueprint, may, permitted
from upart.media import actions, forms
from upart.media.actions import MANAGE, USE, Used
from upart.media.forms import ItemForm
from upart.media.models import MediaItem
from upart.media.showing import pictures
from upart.media.usage import uses
from upart.storage.kinds import Group, Refused
from upart.storage.models import File
from upart.theming.forms import refuse, show
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.theming.uploads import MB

media = Blueprint("media", __name__)

PAGE, AT_ONCE, LARGEST = 48, 50, 500 * MB
PEOPLE = "people.manage"
"""Permission with which somebody sees addresses of people anyway."""

KINDS = {
    "picture": "Pictures", "video": "Videos", "audio": "Sounds", "document": "Documents", "other": "Other files", "wordless": "Pictures without words",
}  # fmt: skip
GROUPS = {"document": ("document", "text"), "other": ("archive", "other")}
SAID = {
    "added": "Added. Say now what the pictures show.", "saved": "Saved.", "replaced": "Replaced. What used the old file shows the new one.",
    "trashed": "It is in the trash for 30 days.", "back": "It is back in the library.", "deleted": "Deleted for ever.", "captions": "The captions are saved.",
}  # fmt: skip


@media.get("/manage/media/", policy=may(USE), query=("q", "kind", "by", "as", "in", "after", "saved", "item"))
def library() -> Response:
    """The files of the academy, newest first; `q` finds by name and by what a picture shows."""
    return _library(request.args.to_dict())


def _library(asked: dict[str, str], status: int = 200, **values: Any) -> Response:
    q, kind, trash = asked.get("q", "").strip()[:100], asked.get("kind", ""), asked.get("in") == "trash"
    found = select(MediaItem).options(joinedload(MediaItem.file), joinedload(MediaItem.uploader))
    found = found.where(MediaItem.trashed_at.is_not(None) if trash else MediaItem.trashed_at.is_(None))
    if q:
        found = found.where(or_(*(stands_in(q, column) for column in (MediaItem.title, MediaItem.alt))))
    if kind == "wordless":
        found = found.where(MediaItem.kind == "picture", MediaItem.alt == "", MediaItem.decorative.is_(False))
    elif kind in KINDS:
        found = found.where(MediaItem.kind.in_(GROUPS.get(kind, (kind,))))
    if asked.get("by") == "me":
        found = found.where(MediaItem.uploader_id == context.person.id)
    page = paged(found, MediaItem.added_at, MediaItem.id, after=asked.get("after"), size=PAGE, newest_first=True)
    kept = {name: asked[name] for name in ("q", "kind", "by", "as", "in") if asked.get(name)}
    return render(
        "media/library.html", status, items=page.rows, after=page.after, shown=pictures(item.id for item in page.rows), q=q, kind=kind, kinds=KINDS, kept=kept,
        by=asked.get("by", ""), rows=asked.get("as") == "rows", trash=trash, masked=is_masked, largest=LARGEST, at_once=AT_ONCE,
        said=_(SAID.get(asked.get("saved", ""), "")), undo=_undoable(asked), **values,
    )  # fmt: skip


def _undoable(asked: dict[str, str]) -> MediaItem | None:
    """What has just been put into the trash."""
    try:
        id = UUID(asked.get("item", "")) if asked.get("saved") == "trashed" else None
    except ValueError:
        return None
    item = session.get(MediaItem, {"academy_id": context.academy.id, "id": id}) if id else None
    return item if item is not None and item.trashed_at is not None and actions.changes(item) else None


@media.post("/manage/media/", policy=may(USE), body=LARGEST)
def add() -> Response:
    """Add files. Each that cannot be stored says why; the others are kept. The script of the page sends one at a time and reads JSON."""
    taken: list[File] = []
    refused: list[dict[str, Any]] = []
    sent: FileStorage | None
    for sent in request.files.getlist("files")[:AT_ONCE] or (None,):
        try:
            taken.append(actions.take_in(sent))
        except Refused as problem:
            refused.append({"name": sent.filename if sent else "", "message": problem.message, "remedy": problem.remedy})
    items = [actions.add(file) for file in taken]
    if "one" in request.form:
        one = refused[0] if refused else {"url": url_for(".item", id=items[0].id)}
        return _json(one, 422 if refused else 200)
    if refused:
        session.flush()
        return _library({}, 200 if items else 422, refused=refused, added=len(items))
    return to(url_for(".item", id=items[0].id, saved="added") if len(items) == 1 else url_for(".library", saved="added"))


def _json(data: dict[str, Any], status: int) -> Response:
    answer: Response = jsonify(data)
    answer.status_code = status
    return answer


@media.get("/manage/media/<uuid:id>", policy=may(USE), query=("saved",))
def item(id: UUID) -> Response:
    """One file: what is said of it, where it is used, who may open it."""
    row = _of(id)
    return _page(row, _form_of(row), said=_(SAID.get(request.args.get("saved", ""), "")))


@media.post("/manage/media/<uuid:id>", policy=may(USE))
def save(id: UUID) -> Response:
    """Change what is said of it."""
    row = _changeable(id)
    form = ItemForm.posted()
    form.fit(row, finds=permitted(PEOPLE), me=context.person.id)
    if not form.validate():
        return _page(row, form)
    session.refresh(row, with_for_update=True)
    if form.overtaken(_stored(row)):
        return _page(row, form)
    shown = _person(row, form)
    if form.errors:
        return _page(row, form)
    kept = {name: getattr(row, name) for name in ("alt", "decorative", "focus_x", "focus_y")}
    actions.describe(row, {**kept, **form.data}, public=form.public.data, shown=shown)
    return form.saved(url_for(".item", id=id, saved="saved"))


def _whom(row: MediaItem) -> str:
    if row.shown_id is None:
        return forms.NOBODY
    return forms.ME if row.shown_id == context.person.id else forms.THEM


def _person(row: MediaItem, form: ItemForm) -> Person | None:
    chosen = form.shown.data
    if chosen == forms.OTHER:
        address = (form.shown_address.data or "").strip().lower()
        found = session.scalars(select(Person).where(func.lower(Person.email).in_([address]))).first()
        if found is None:
            refuse(form, "shown_address", _("Nobody here has this address."))
        return found
    return context.person if chosen == forms.ME else row.shown if chosen == forms.THEM else None


@media.post("/manage/media/<uuid:id>/replace", policy=may(USE), body=LARGEST)
def replace(id: UUID) -> Response:
    """Put another file in its place; everything that uses it shows that."""
    return _with_file(id, lambda row, file: actions.replace(row, file), "replaced")


@media.post("/manage/media/<uuid:id>/captions", policy=may(USE), body=2 * MB)
def captions(id: UUID) -> Response:
    """Give a video or sound its captions, or take them away."""
    if "remove" in request.form:
        actions.caption(_changeable(id), None, "")
        return to(url_for(".item", id=id, saved="captions"))
    language = request.form.get("language", "")
    return _with_file(id, lambda row, file: actions.caption(row, file, language[:10]), "captions", only=(Group.TEXT,), spoken=language)


def _with_file(id: UUID, act: Any, said: str, only: tuple[Group, ...] = (), **typed: str) -> Response:
    """Take a file in, before the first statement, and do something with it. What was `typed` beside it stays when it is refused."""
    problem = None
    try:
        file = actions.take_in(request.files.get("file"), only=only)
    except Refused as error:
        problem, file = error, None
    row = _changeable(id)
    try:
        if problem is not None or file is None:
            raise problem or NotHere
        act(row, file)
    except Refused as error:
        return _page(row, _form_of(row), 422, problem=error, **typed)
    return to(url_for(".item", id=id, saved=said))


@media.post("/manage/media/<uuid:id>/trash", policy=may(USE))
def trash(id: UUID) -> Response:
    """Put it into the trash, unless it is used; then say where."""
    row = _changeable(id)
    try:
        actions.into_trash(row)
    except Used:
        return _page(row, _form_of(row), 409, used=True)
    return to(url_for(".library", saved="trashed", item=id))


@media.post("/manage/media/<uuid:id>/back", policy=may(USE))
def back(id: UUID) -> Response:
    """Take it back out of the trash."""
    actions.take_back(_changeable(id))
    return to(url_for(".item", id=id, saved="back"))


@media.post("/manage/media/<uuid:id>/delete", policy=may(USE))
def delete(id: UUID) -> Response:
    """Delete it for ever, out of the trash."""
    row = _changeable(id)
    try:
        actions.remove(row)
    except Used:
        return _page(row, _form_of(row), 409, used=True)
    except Problem as problem:
        return _page(row, _form_of(row), problem.status, problem=problem)
    return to(f"{url_for('.library')}?in=trash&saved=deleted")


def _of(id: UUID) -> MediaItem:
    """An item that the acting person may look at; one about a person whose data are restricted answers like an absent one."""
    row = get_or_404(MediaItem, id)
    if is_masked(row):
        raise NotHere
    return row


def _changeable(id: UUID) -> MediaItem:
    row = _of(id)
    if not actions.changes(row):
        raise NotHere
    return row


def _form_of(row: MediaItem) -> ItemForm:
    return ItemForm.opened(_stored(row))


def _stored(row: MediaItem) -> dict[str, Any]:
    words = {name: getattr(row, name) for name in ("title", "alt", "decorative", "credit", "focus_x", "focus_y")}
    return {**words, "public": bool(row.file and row.file.public), "shown": _whom(row)}


def _page(row: MediaItem, form: ItemForm, status: int | None = None, **values: Any) -> Response:
    if form.shown.choices is None:
        form.fit(row, finds=permitted(PEOPLE), me=context.person.id)
    found = uses(row)
    return show(
        "media/item.html", form, status, item=row, picture_of=pictures([row.id]).get(row.id), changes=actions.changes(row),
        uses=found if permitted(MANAGE) else None, times=len(found), kinds=KINDS, address=file_url(row.file) if row.file else "",
        captions=file_url(row.captions) if row.captions else "", largest=LARGEST, **{"spoken": row.captions_language, **values},
    )  # fmt: skip
