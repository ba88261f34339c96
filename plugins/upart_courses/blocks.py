# SPDX-License-Identifier: MIT
"""What holds for blocks of all kinds, as a lesson has them. JSON keeps them in the lesson, so its versions have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from upart.plugin import Media, context, media
from upart.plugin import gettext as _
from upart_courses.embeds import embed_of
from upart_courses.kinds import BY_NAME, ID, TASKS, Block, BlockKind, Field, Shape
from upart_courses.limits import LINE, LONG


def known(blocks: Iterable[Any]) -> list[Block]:
    """The blocks whose kind is here; what belongs to a plugin that is off stays in the lesson."""
    return [one for one in blocks if is_whole(one) and one["kind"] in BY_NAME]


def is_whole(one: Any) -> bool:
    """Has a block a kind and a good id, whether its kind is here or not?"""
    return isinstance(one, dict) and isinstance(one.get("kind"), str) and ID.fullmatch(str(one.get("id", ""))) is not None


def new_block(kind: str, **values: Any) -> Block:
    """An empty block, or one with some fields."""
    return read_block(BY_NAME[kind], uuid4().hex[:12], values)


def read_block(kind: BlockKind, id: str, typed: Mapping[str, Any]) -> Block:
    """A block of what was typed; `item` must be the id of a file that was chosen."""
    made: Block = {"id": id, "kind": kind.name, **{one.name: one.read(typed.get(one.name)) for one in kind.fields}}
    return {**made, "item": item_in(typed)} if kind.groups else made


def text_block(text: str, old: Sequence[Block] = ()) -> list[Block]:
    """A lesson of text alone, for programs that know nothing else; its block keeps its id."""
    id = next((one["id"] for one in known(old) if one["kind"] == "markdown"), uuid4().hex[:12])
    return [read_block(BY_NAME["markdown"], id, {"text": text})] if text else []


def item_in(block: Mapping[str, Any]) -> str:
    """The id of the file that a block shows; "" for none."""
    try:
        return str(UUID(str(block.get("item") or "")))
    except ValueError:
        return ""


def items_of(blocks: Iterable[Any]) -> list[UUID]:
    """The files of the library that blocks show, each once."""
    return list(dict.fromkeys(UUID(item) for one in known(blocks) if BY_NAME[one["kind"]].groups and (item := item_in(one))))


def words_of(blocks: Iterable[Any]) -> str:
    """What people read in blocks, as Markdown: for search, and for programs that know text alone."""
    found = (one.get(name) for one in known(blocks) for name in BY_NAME[one["kind"]].words)
    return "\n\n".join(text for text in found if isinstance(text, str) and text)


def addresses_of(blocks: Iterable[Any]) -> str:
    """Addresses of videos from elsewhere, each in a line: from them the policy names who plays them."""
    return "\n".join(dict.fromkeys(one["url"] for one in known(blocks) if one["kind"] == "embed" and one.get("url")))


def faults(block: Block) -> list[tuple[str, str]]:
    """What is wrong with what was typed, whoever reads it: field and words."""
    found = []
    for one in BY_NAME[block["kind"]].fields:
        typed = block[one.name]
        most = LONG if one.shape in (Shape.TEXT, Shape.CODE) else 2_000 if one.shape is Shape.ADDRESS else LINE
        if isinstance(typed, str) and len(typed) > most:
            found.append((one.name, _("Use at most %(max)d characters.", max=most)))
        elif one.shape is Shape.ADDRESS and typed and embed_of(typed, context.academy.settings) is None:
            found.append((one.name, _("No player here knows this address. Copy it from the page of one video; it begins with https://.")))
    return found


def misread(kind: BlockKind, sent: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What of a block that a program sends would be lost: names that its kind does not have, values of another type, words that are no choice."""
    fields = {one.name: one for one in kind.fields}
    found = []
    for name, value in sent.items():
        one = fields.get(name)
        if one is None and name not in ("id", "kind", *(("item",) if kind.groups else ())):
            found.append((name, _("A block of this kind has no such field.")))
        elif one is not None and type(value) is not (bool if one.shape is Shape.TICK else str):
            found.append((name, _("This is of another type.")))
        elif one is not None and one.choices and value not in one.choices:
            found.append((name, f"{_('There are')}: {', '.join(one.choices)}."))
    return found


def lacking(blocks: Sequence[Any], items: Mapping[UUID, Media]) -> list[str]:
    """What is missing before learners may see a lesson, in words; each once."""
    found: list[str] = []
    for one in known(blocks):
        kind = BY_NAME[one["kind"]]
        item = items.get(UUID(one["item"])) if item_in(one) else None
        if kind.groups and (item is None or item.kind not in kind.groups):
            found.append(_("A file for the block “%(kind)s”.", kind=_(kind.label)))
        elif why := kind.lacks(one, item):
            found.append(why)
    return list(dict.fromkeys(found))


def tasks_of(blocks: Iterable[Any]) -> list[Block]:
    """The quizzes and assignments among blocks, in order."""
    return [one for one in known(blocks) if one["kind"] in TASKS]


def has_player(blocks: Sequence[Any]) -> bool:
    """Is there a video or sound of the library in a lesson?"""
    return any(one["kind"] in ("video", "audio") for one in known(blocks))


def says_nothing(blocks: Sequence[Any]) -> bool:
    """Is there nothing in a lesson yet?"""
    return not items_of(blocks) and not words_of(blocks)


def in_words(blocks: Sequence[Any]) -> str:
    """Blocks as two versions are compared: kind by kind, with all that was typed."""
    parts, items = [], media(items_of(blocks))
    for one in known(blocks):
        kind = BY_NAME[one["kind"]]
        typed = [_typed_in(field, one.get(field.name)) for field in kind.fields]
        item = items.get(UUID(item_in(one))) if item_in(one) else None
        head = [] if kind.name == "markdown" else [f"[{_(kind.label)}{f': {item.title}' if item is not None else ''}]"]
        parts.append("\n".join([*head, *(text for text in typed if text)]))
    return "\n\n".join(parts)


def _typed_in(field: Field, value: Any) -> str:
    if field.shape is Shape.TICK:
        return f"{_(field.label)}." if value else ""
    return _(field.choices[value]) if value in field.choices else str(value or "")
