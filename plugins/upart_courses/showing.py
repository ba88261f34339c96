# SPDX-License-Identifier: MIT
"""Blocks as pages and programs show them: texts rendered, files with addresses; two or three statements however many there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import Row

from upart.plugin import CODE_LANGUAGES, Group, Media, Person, Picture, context, file_url, markdown, media, pictures, ticket
from upart_courses.blocks import is_whole, item_in, items_of
from upart_courses.embeds import embed_of
from upart_courses.kinds import BY_NAME, TONES, Block

Address = Callable[[Media, bool], str]
"""The address of a file for whoever looks; True: of its captions."""

LASTS = timedelta(hours=4)
"""How long an address is good: for a long lesson with a break. The right to the lesson is asked for each time."""

OFF = "_off"
"""The template of a block whose plugin is switched off, or has failed: a plain line."""

FENCE = 3
PLAYS = ("video/mp4", "video/webm", "audio/")
"""What browsers play as it came."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A block for its template: `id`, `kind`, what was typed, and what was made of it."""

    id: str
    kind: str
    typed: Block
    html: Any = ""
    picture: Picture | None = None
    media: Media | None = None
    url: str = ""
    captions: str = ""
    embed: Any = None
    playing: bool = False
    at: int = 0

    @property
    def template(self) -> str:
        """Which template shows it."""
        return f"courses/blocks/{self.kind}.html"

    @property
    def label(self) -> str:
        """What of its choices people read: the language of a program, the kind of a note."""
        chosen = self.typed.get("language" if self.kind == "code" else "tone", "")
        return "" if chosen == "text" else CODE_LANGUAGES.get(chosen, "") if self.kind == "code" else TONES.get(chosen, "")

    @property
    def plays(self) -> bool:
        """Can browsers play its file?"""
        return self.media is not None and self.media.file.content_type.startswith(PLAYS)


def bearer(item: Media, captions: bool) -> str:
    """An address for an hour, for whoever has it: on pages that show drafts."""
    return file_url(item.captions if captions else item.file)


def for_whom(slug: str, lesson: Row[Any]) -> Address:
    """How files of a lesson are addressed for whoever looks at it now: signed for them, and only for a free preview for everybody."""
    reader = context.person

    def address(item: Media, captions: bool) -> str:
        signed = {} if lesson.preview else ticket(bound(lesson, item.id, reader), ends=LASTS)
        return url_for("course_files.one", slug=slug, lesson=lesson.slug, item=item.id, part="captions" if captions else None, **signed)

    return address


def for_programs(slug: str, lesson: Row[Any]) -> Address:
    """The same for front ends, which send no cookie: the address says for whom it was made, and opens what is open to them."""
    reader = context.person

    def address(item: Media, captions: bool) -> str:
        whose = {} if lesson.preview or reader is None else {"of": reader.id, **ticket(elsewhere(lesson, item.id, reader.id), ends=LASTS)}
        return url_for("course_files.one", slug=slug, lesson=lesson.slug, item=item.id, part="captions" if captions else None, **whose)

    return address


def elsewhere(lesson: Row[Any], item: UUID, reader: UUID) -> str:
    """To what such an address is bound."""
    return f"of {reader} {lesson.id} {item}"


def bound(lesson: Row[Any], item: UUID, reader: Person | None) -> str:
    """To what the address of a file is bound: this person, this lesson, this file."""
    return f"{reader.id if reader is not None else ''} {lesson.id} {item}"


def shown(blocks: Sequence[Any], address: Address = bearer, *, play: str = "", places: Mapping[str, int] | None = None) -> list[Shown]:
    """The blocks of a lesson in order. `play`: the one whose frame of another host was asked for; `places`: seconds at which a player goes on."""
    here, ids = [one for one in blocks if is_whole(one)], items_of(blocks)
    images = pictures((UUID(one["item"]) for one in here if one["kind"] == "image" and item_in(one)), public=True)
    items = media(ids)
    return [_shown(one, images, items, address, play, places or {}) if one["kind"] in BY_NAME else Shown(str(one["id"]), OFF, one) for one in here]


def _shown(one: Block, images: Mapping[UUID, Picture], items: Mapping[UUID, Media], address: Address, play: str, places: Mapping[str, int]) -> Shown:
    id, kind = str(one["id"]), BY_NAME[one["kind"]]
    if kind.draws is not None:
        html = kind.draws(one)
        return Shown(id, OFF if html is None else "_others", one, html)
    item = items.get(UUID(one["item"])) if item_in(one) else None
    return Shown(
        id=id, kind=kind.name, typed=one, html=html_of(one), media=item if item is not None and item.kind in kind.groups else None,
        picture=images.get(item.id) if item is not None and item.kind == Group.PICTURE else None,
        url=address(item, False) if item is not None else "", captions=address(item, True) if item is not None and item.captions is not None else "",
        embed=embed_of(one.get("url", ""), context.academy.settings) if kind.name == "embed" else None, playing=play == id, at=places.get(id, 0),
    )  # fmt: skip


def html_of(one: Block) -> Any:
    """The text of a block as HTML that is safe to show; "" for a kind without."""
    if one["kind"] == "code":
        return markdown(fenced(one.get("code", ""), one.get("language", "")))
    text = one.get("transcript" if one["kind"] == "audio" else "text", "")
    return markdown(text) if text else ""


def fenced(code: str, language: str) -> str:
    """Program text as Markdown: between more backquotes than stand anywhere in it (CommonMark 0.31, 4.5)."""
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in code).split()), default=0)
    fence = "`" * max(FENCE, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}\n"
