# SPDX-License-Identifier: MIT
"""Writing on the blocks of a lesson: what its page sends, and the file that a block shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import (
    MB,
    Area,
    Blueprint,
    File,
    Group,
    NotHere,
    Problem,
    Refused,
    add_media,
    allow,
    caption_media,
    choosable_media,
    chosen_media,
    context,
    get_or_404,
    media,
    pictures,
    render,
    take_in,
)
from upart.plugin import gettext as _
from upart_courses.actions import drafting
from upart_courses.actions.filling import added, moved, place_of, with_item, without
from upart_courses.blocks import faults, item_in, known, read_block
from upart_courses.forms.courses import LANGUAGES
from upart_courses.kinds import BY_NAME, ID, Block, BlockKind
from upart_courses.limits import MOST
from upart_courses.models import Course, Lesson
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

block_pages = Blueprint("teach_blocks", __name__, area=Area.TEACH)

LARGEST = 4_000 * MB
VTT = "text/vtt"
STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Done:
    """The blocks after a button was pressed: which block is new, which was removed from which place, at which the page shall stand."""

    blocks: list[Any]
    new: str = ""
    at: str = ""
    removed: Block | None = None
    place: int = 0

    @property
    def needs_file(self) -> bool:
        """Shall a file be chosen next?"""
        return any(one["id"] == self.new and BY_NAME[one["kind"]].groups for one in known(self.blocks))


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks on the page of a lesson, and what was removed just now from which place."""

    blocks: list[Any]
    removed: str = ""
    place: int = MOST

    @classmethod
    def sent(cls, blocks: list[Any], form: Any) -> Page:
        """What a page sends."""
        place = form.get("place", "")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else MOST
        return cls(blocks, form.get("removed", ""), at)

    def done(self, button: str) -> Done:
        """What a button does: "add:video", "up:0a1b…", "down:…", "remove:…", "file:…", "back"; nothing for any other."""
        verb, _colon, about = button.partition(":")
        if verb == "add" and about in BY_NAME and len(self.blocks) < MOST:
            blocks, made = added(self.blocks, about)
            return Done(blocks, new=made["id"], at=made["id"])
        if verb in STEPS:
            return Done(moved(self.blocks, about, STEPS[verb]), at=about)
        if verb == "back" and (back := _removed(self.removed)) and place_of(self.blocks, back["id"]) is None:
            return Done([*self.blocks[: self.place], back, *self.blocks[self.place :]], at=back["id"])
        at = place_of(self.blocks, about)
        if verb == "remove" and at is not None:
            return Done(without(self.blocks, about), removed=self.blocks[at], place=at)
        return Done(self.blocks, new=about, at=about) if verb == "file" and at is not None else Done(self.blocks)


@block_pages.get("/<uuid:id>/lessons/<uuid:lesson>/blocks/<block>", policy=TEACH, query=("q", "after"))
def choose(id: UUID, lesson: UUID, block: str) -> Response:
    """The files that a block can show, and a place to add one."""
    course, row, one = _block(id, lesson, block)
    return _choose(course, row, one)


def _choose(course: Course, row: Lesson, one: Block, status: int = 200, **values: Any) -> Response:
    kind, q = BY_NAME[one["kind"]], request.args.get("q", "").strip()[:100]
    choices = choosable_media(kind.groups, q, after=request.args.get("after"))
    chosen = media([UUID(one["item"])]).get(UUID(one["item"])) if item_in(one) else None
    return render(
        "courses/teach/file.html", status, course=course, states=STATES, lesson=row, block=one, kind=kind, choices=choices, q=q, chosen=chosen,
        looks=pictures(choice.id for choice in choices.rows), largest=LARGEST, languages=LANGUAGES, speaks=kind.groups in ((Group.VIDEO,), (Group.AUDIO,)),
        **values,
    )  # fmt: skip


@block_pages.post("/<uuid:id>/lessons/<uuid:lesson>/blocks/<block>", policy=TEACH, body=LARGEST)
def put(id: UUID, lesson: UUID, block: str) -> Response:
    """Let a block show a file of the library, or one that is added to it now, with its captions. What is refused says why, and nothing is kept."""
    sent = _Sent()
    problem: Problem | None = None
    try:
        sent = _received(BY_NAME.get(request.form.get("kind", "")))
    except Refused as error:
        problem = error
    course, row, one = _block(id, lesson, block)
    if one["kind"] != request.form.get("kind"):
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more."))
    if problem is None and not (sent.file or sent.item or (sent.captions and item_in(one))):
        problem = Refused(_("No file was chosen."), remedy=_("Choose one of your device, or one of the library."))
    if problem is None and sent.item:
        problem = _unfit(BY_NAME[one["kind"]], sent.item)
    if problem is not None:
        return _choose(course, row, one, 422, problem=problem)
    item = _item(BY_NAME[one["kind"]], one, sent)
    drafting.change_blocks(course, row, lambda blocks: with_item(blocks, block, item))
    return redirect(url_for("teach_outline.lesson", id=id, lesson=lesson, _anchor=f"b-{block}"), 303)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came with the form: a file and captions, on our disk, or the id of an item."""

    file: File | None = None
    captions: File | None = None
    item: str = ""


def _received(kind: BlockKind | None) -> _Sent:
    """Take in what came, before the first statement. Raises Refused for what this kind of block cannot show."""
    file, captions = (sent if (sent := request.files.get(name)) is not None and sent.filename else None for name in ("file", "captions"))
    alt = request.form.get("alt", "").strip()
    if kind is None or not kind.groups:
        return _Sent()
    if file is not None and kind.groups == (Group.PICTURE,) and not alt:
        raise Refused(
            _("Nobody has said what the picture shows."), remedy=_("Say it in a sentence, for whoever does not see it. Then choose the picture again.")
        )
    # Captions first: they are small, and nothing is kept when they are refused.
    words = take_in(captions, only=(Group.TEXT,)) if captions is not None else None
    if words is not None and not words.content_type.startswith(VTT):
        raise Refused(_("This is no WebVTT file."), remedy=_("Captions begin with the word WEBVTT. Save them as WebVTT (.vtt) and send that."))
    taken = take_in(file, only=kind.groups) if file is not None else None
    if taken is not None and (problem := kind.unfit(taken)) is not None:
        raise Refused(problem.message, remedy=problem.remedy)
    return _Sent(taken, words, request.form.get("item", "") if file is None else "")


def _unfit(kind: BlockKind, id: str) -> Problem | None:
    """What is wrong with a file of the library for this kind of block."""
    chosen = chosen_media(id, kind.groups)
    return kind.unfit(media([chosen])[chosen].file)


def _item(kind: BlockKind, one: Block, sent: _Sent) -> UUID:
    """The item that a block shall show: added, chosen, or the one that it shows already; with captions if some came."""
    if sent.file is not None:
        item = add_media(sent.file, alt=request.form.get("alt", "").strip()[:500])
    else:
        item = chosen_media(sent.item, kind.groups) if sent.item else UUID(item_in(one))
    if sent.captions is not None:
        language = request.form.get("language", "")
        caption_media(item, sent.captions, language if language in LANGUAGES else context.academy.settings["language"])
    return item


def _removed(text: str) -> Block:
    """A removed block as the page kept it."""
    try:
        one = json.loads(text)
        kind, id = BY_NAME[one["kind"]], str(one["id"])
        found = media([UUID(item)]) if (item := item_in(one)) else {}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None
    back = read_block(kind, id, {**one, "item": next((each.id for each in found.values() if each.kind in kind.groups), "")})
    if not ID.fullmatch(id) or faults(back):
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more."))
    return back


def _block(id: UUID, lesson: UUID, block: str) -> tuple[Course, Lesson, Block]:
    """A block that shows a file, as it is written now. Whoever may not see the library gets 404."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    allow("media.use")
    one = next((one for one in known(drafting.typed(course, row)["blocks"]) if one["id"] == block and BY_NAME[one["kind"]].groups), None)
    if one is None:
        raise NotHere
    return course, row, one
