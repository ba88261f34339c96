# SPDX-License-Identifier: MIT
"""Of what lessons consist: one table of the kinds of blocks, and what holds for all of them. JSON keeps them in the lesson, so its versions have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

from upart.plugin import CODE_LANGUAGES, BlockType, File, Group, Media, Problem, block_types, context, draw_block, lack_of, media
from upart.plugin import gettext as _
from upart_courses.embeds import embed_of
from upart_courses.packaged import unplayable

Block = dict[str, Any]
"""One block as JSON keeps it: `id`, `kind`, the fields of its kind, and `item` where it shows a file of the media library."""

MOST = 60
"""Blocks of one lesson."""

LONG = 100_000
"""Characters of a lesson: some forty pages."""

LINE = 200
ID = re.compile(r"[0-9a-f]{8,32}")

EVERY = tuple(Group)
TONES = {"note": "Note", "tip": "Tip", "warning": "Careful"}


class Shape(StrEnum):
    """How a field is typed in."""

    TEXT = "text"
    CODE = "code"
    LINE = "line"
    ADDRESS = "address"
    CHOICE = "choice"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that is typed in about a block: name, label, shape, a hint; of a choice what can be chosen, the first is the default."""

    name: str
    label: str
    shape: Shape
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    def read(self, typed: Any) -> Any:
        """What was typed as JSON keeps it."""
        if self.shape is Shape.TICK:
            return bool(typed)
        text = typed if isinstance(typed, str) else ""
        text = text.replace("\r\n", "\n")
        text = text.strip("\n").rstrip() if self.shape is Shape.CODE else text.strip()
        return text if not self.choices or text in self.choices else next(iter(self.choices))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind:
    """A kind of block: name, label, icon, fields; `groups`: of which files of the library it shows one; `words`: fields that people read, for search.

    Its template is `courses/blocks/<name>.html`; that of another plugin `draws` itself, or gives None when it fails.
    `lacks(block, item)` says what is missing before learners may see it, in words; "" for nothing.
    `unfit(file)` is the problem with a file of its groups that it cannot show.
    """

    name: str
    label: str
    icon: str
    fields: tuple[Field, ...]
    words: tuple[str, ...]
    groups: tuple[Group, ...] = ()
    lacks: Callable[[Block, Media | None], str] = lambda block, item: ""
    draws: Callable[[Block], Any] | None = None
    unfit: Callable[[File], Problem | None] = lambda file: None


def _no_captions(block: Block, item: Media | None) -> str:
    if item is None or item.captions is not None or block.get("silent"):
        return ""
    return _("Captions for a video, or the tick that nobody speaks in it.")


def _no_words(block: Block, item: Media | None) -> str:
    return "" if block.get("transcript") else _("The text of a sound, for whoever does not hear it.")


def _no_title(block: Block, item: Media | None) -> str:
    return "" if block.get("title") else _("The title of a quiz or an assignment.")


def _no_player(block: Block, item: Media | None) -> str:
    if not block.get("title"):
        return _("The title of a video from elsewhere.")
    return "" if embed_of(block.get("url", ""), context.academy.settings) else _("An address for a video from elsewhere that one of the players here knows.")


def _no_package(block: Block, item: Media | None) -> str:
    if item is not None and (problem := unplayable(item.file)) is not None:
        return f"{problem.message} {problem.remedy}"
    return "" if block.get("title") else _("The title of a learning package.")


REQUIRED = Field("required", "Must be passed", Shape.TICK, "The lesson is done only when this is passed.")
MARKDOWN = "Markdown: ## heading, **strong**, *emphasis*, - list, > quotation, [words](https://…)."
KINDS: tuple[BlockKind, ...] = (
    BlockKind(name="markdown", label="Text", icon="file-text", fields=(Field("text", "Text", Shape.TEXT, MARKDOWN),), words=("text",)),
    BlockKind(
        name="image", label="Picture", icon="image", groups=(Group.PICTURE,), words=("caption",),
        fields=(Field("caption", "Words below it", Shape.LINE, "What it shows is said in the media library."),),
    ),
    BlockKind(
        name="video", label="Video", icon="video", groups=(Group.VIDEO,), words=("title",), lacks=_no_captions,
        fields=(Field("title", "Title", Shape.LINE), Field("silent", "Nobody speaks in it", Shape.TICK, "Then it needs no captions.")),
    ),
    BlockKind(
        name="audio", label="Sound", icon="play", groups=(Group.AUDIO,), words=("title", "transcript"), lacks=_no_words,
        fields=(Field("title", "Title", Shape.LINE), Field("transcript", "What is said", Shape.TEXT, "For whoever does not hear it. Markdown.")),
    ),
    BlockKind(
        name="embed", label="Video from elsewhere", icon="external-link", words=("title",), lacks=_no_player,
        fields=(
            Field("url", "Address", Shape.ADDRESS, "As your browser shows it, at YouTube, Vimeo or a player that the settings name."),
            Field("title", "Title", Shape.LINE, "Learners read it before anything is loaded from there."),
        ),
    ),
    BlockKind(name="file", label="File", icon="paperclip", groups=EVERY, words=("label",), fields=(Field("label", "What it is", Shape.LINE),)),
    BlockKind(
        name="package", label="Learning package", icon="monitor", groups=(Group.ARCHIVE,), words=("title",), lacks=_no_package, unfit=unplayable,
        fields=(Field("title", "Title", Shape.LINE, "What learners open. Packages are SCORM 1.2, as authoring programs export them."),),
    ),
    BlockKind(
        name="code", label="Program text", icon="sliders-horizontal", words=("code",),
        fields=(Field("language", "Language", Shape.CHOICE, choices=CODE_LANGUAGES), Field("code", "Program text", Shape.CODE)),
    ),
    BlockKind(
        name="callout", label="Note", icon="info", words=("text",),
        fields=(Field("tone", "Kind", Shape.CHOICE, choices=TONES), Field("text", "Text", Shape.TEXT, "Markdown.")),
    ),
    BlockKind(
        name="quiz", label="Quiz", icon="list", words=("title",), lacks=_no_title,
        fields=(Field("title", "Title", Shape.LINE, "Questions and rules have a page of their own: save this first."), REQUIRED),
    ),
    BlockKind(
        name="assignment", label="Assignment", icon="pencil-line", words=("title", "text"), lacks=_no_title,
        fields=(Field("title", "Title", Shape.LINE), Field("text", "What is to be done", Shape.TEXT, "Markdown."), REQUIRED),
    ),
)  # fmt: skip


class _Kinds(Mapping[str, BlockKind]):
    """Our kinds, then those of other plugins that are on here."""

    def __getitem__(self, name: str) -> BlockKind:
        return OURS[name] if name in OURS else _of_others(block_types()[name])

    def __iter__(self) -> Iterator[str]:
        return chain(OURS, block_types())

    def __len__(self) -> int:
        return len(OURS) + len(block_types())


def _of_others(one: BlockType) -> BlockKind:
    fields = tuple(Field(each.name, each.label, Shape(each.shape.value), each.hint, each.choices) for each in one.fields)

    def typed(block: Block) -> Block:
        """What was typed, as its fields are now: the plugin may have changed since."""
        return {each.name: each.read(block.get(each.name)) for each in fields}

    return BlockKind(
        name=one.name, label=one.label, icon=one.icon, fields=fields, words=one.words,
        lacks=lambda block, item: lack_of(one, typed(block)), draws=lambda block: draw_block(one, typed(block)),
    )  # fmt: skip


OURS: dict[str, BlockKind] = {kind.name: kind for kind in KINDS}
BY_NAME: Mapping[str, BlockKind] = _Kinds()
"""Everything asks here what a kind is."""

TASKS = ("quiz", "assignment")
"""Kinds of blocks in which learners do something that is graded."""


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
