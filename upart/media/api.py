# SPDX-License-Identifier: MIT
"""The media library for programs of staff: read it, send files, say what they show, take them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from flask import Response, request
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import bindparam, select

from upart.api import parameters, writing
from upart.api.registry import may_write
from upart.api.seams import first_answer
from upart.db import prepared
from upart.errors import Fault, NotHere, Problem, Unfit
from upart.files.addresses import lasting_url
from upart.hooks.resources import Added, Body, Criterion, Resource
from upart.hooks.routes import Blueprint, may
from upart.media import actions
from upart.media.actions import USE, Used
from upart.media.answers import PictureOut, picture_out
from upart.media.models import MediaItem
from upart.media.showing import pictures
from upart.privacy.taxonomy import Basis, Category, Purpose
from upart.storage.models import File
from upart.theming.locales import gettext as _
from upart.theming.uploads import MB, MULTIPART

uploads = Blueprint("media_uploads", __name__)
LARGEST = 500 * MB
KEPT: Criterion = MediaItem.trashed_at.is_(None)
"""What programs see of the library: not what lies in the trash."""

SHOWN = {"x-personal-data": {
    "category": Category.CONTENT_PUBLIC.value, "purpose": Purpose.HOST.value, "basis": Basis.CONTRACT.value, "retain": "until the academy deletes the file",
}}  # fmt: skip
"""A file may be about one person: what is said of its row."""

FILES = prepared(
    select(MediaItem.id.label("item"), File.id, File.public, File.about_id, File.sha256, File.name, File.content_type, File.size)
    .join_from(MediaItem, File, (File.academy_id == MediaItem.academy_id) & (File.id == MediaItem.file_id))
    .where(MediaItem.id.in_(bindparam("ids", expanding=True)))
)


class FileOut(msgspec.Struct):
    """The file itself. An address of one that is not for everybody is good for an hour."""

    name: Annotated[str, Meta(extra_json_schema=SHOWN)]
    content_type: str
    size: Annotated[int, Meta(description="Bytes.")]
    public: Annotated[bool, Meta(description="May everybody open it?")]
    url: Annotated[str, Meta(description="Begins at the academy's host.", extra_json_schema=SHOWN)]
    picture: PictureOut | None


class FilePatch(Body):
    """What is said of a file. A picture that is no mere decoration needs words for whoever does not see it."""

    title: Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")] | UnsetType = UNSET
    alt: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    credit: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    decorative: bool | UnsetType = UNSET


def _files(rows: Sequence[Mapping[str, Any]]) -> Mapping[UUID, FileOut]:
    ids = [row["id"] for row in rows]
    shown = pictures(ids)
    return {
        row.item: FileOut(row.name, row.content_type, row.size, row.public, lasting_url(row), picture_out(shown.get(row.item)))
        for row in FILES(ids=ids)
    }  # fmt: skip


files = Resource(
    "files", MediaItem, scope="core:files", policy=may(USE), writes=may(USE), small=True,
    sentence="The media library, for people who may use it. A file is sent as a form (multipart/form-data) with the field `file`, up to 500 MB.",
    readable=("id", "kind", "title", "alt", "credit", "decorative", "focus_x", "focus_y", "captions_language", "added_at"),
    filters=("id", "kind", "decorative", "added_at"), sorts=("-added_at", "title"), adds={"file": Added(FileOut, _files)},
    samples={"update": {"title": "The lake in spring", "credit": "Ada"}},
)  # fmt: skip


@files.upload
def take_in(sent: Any) -> MediaItem:
    """Send a file into the library. It is looked at as on the library's page: 422 says why it cannot be taken."""
    return actions.add(actions.take_in(sent))


@files.update(FilePatch)
def change(item: MediaItem, body: FilePatch) -> MediaItem:
    """Change what is said of a file. Everything that shows it shows that."""
    _changeable(item)
    words = {name: getattr(item, name) for name in ("title", "alt", "credit", "decorative", "focus_x", "focus_y")} | body.given()
    if item.is_picture and words["decorative"] and words["alt"].strip():
        raise Unfit([Fault("/alt", "contradiction", _("A picture that only decorates has no words: delete them, or take the tick away."))])
    if item.is_picture and not (words["decorative"] or words["alt"].strip()) and ("alt" in body.given() or "decorative" in body.given()):
        raise Unfit([Fault("/alt", "missing", _("Say what the picture shows, or tick that it only decorates."))])
    actions.describe(item, words, public=bool(item.file and item.file.public), shown=item.shown)
    return item


@files.delete
def remove(item: MediaItem) -> None:
    """Put a file into the trash, out of which people can take it back for 30 days. 409 `used` while something shows it."""
    _changeable(item)
    try:
        actions.into_trash(item)
    except Used:
        raise Problem(409, _("It is used somewhere."), remedy=_("Take it out there first; its page says where."), code="used") from None


def _changeable(item: MediaItem) -> None:
    if not actions.changes(item):
        raise NotHere


@uploads.post("/api/v1/files", policy=may(USE), body=LARGEST)
def receive() -> Response:
    """A file for the library."""
    if (said := first_answer(request)) is not None:
        return said
    may_write(files)
    parameters.nothing(request.args)
    if request.mimetype not in ("", MULTIPART):
        raise Problem(415, "A file is sent as a form.", remedy="Send multipart/form-data with the field file.", code="no_form")
    sent, wrong = request.files.getlist("file"), sorted({*request.form, *request.files} - {"file"})
    if wrong or len(sent) != 1:
        faults = [Fault(f"/{name[:100]}", "unknown", "There is no such field.") for name in wrong[:30]]
        raise Unfit(faults or [Fault("/file", "missing", "Send exactly one file in this field.")])
    return writing.created(files, take_in(sent[0]))


RESOURCES = [files]
