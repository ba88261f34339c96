# SPDX-License-Identifier: MIT
"""The kinds of blocks of which lessons consist: one table, ours and those of other plugins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any

from upart.plugin import CODE_LANGUAGES, BlockType, File, Group, Media, Problem, block_types, context, draw_block, lack_of
from upart.plugin import gettext as _
from upart_courses.embeds import embed_of
from upart_courses.packaged import unplayable

Block = dict[str, Any]
"""One block as JSON keeps it: `id`, `kind`, the fields of its kind, and `item` where it shows a file of the media library."""

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
AGAIN = Field("again", "Learners may start over", Shape.TICK, "What they have reached is kept, and the best counts.")
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
        fields=(Field("title", "Title", Shape.LINE, "What learners open. Packages are SCORM 1.2, as authoring programs export them."), AGAIN),
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
