# SPDX-License-Identifier: MIT
"""The blocks of a lesson as a field of its form: what a page sends of them, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from wtforms import Field, ValidationError

from upart.plugin import gettext as _
from upart.plugin import media
from upart_courses.blocks import faults, in_words, is_whole, item_in, read_block
from upart_courses.kinds import BY_NAME, ID, Block
from upart_courses.limits import MOST
from upart_courses.models import still_shown

WHOLE = 400_000
"""Characters of all blocks of a lesson as they are kept."""


class Blocks(str):
    """Blocks in one text, so that a form compares them like any field; to people it says what stands in them."""

    __slots__ = ()

    @classmethod
    def of(cls, blocks: Sequence[Any]) -> Blocks:
        """The text of these blocks."""
        return cls(json.dumps(list(blocks), sort_keys=True, ensure_ascii=False))

    @property
    def rows(self) -> list[Any]:
        """The blocks."""
        found: list[Any] = json.loads(self[:])
        return found

    def __str__(self) -> str:
        return in_words(self.rows)


class BlocksField(Field):
    """The blocks as a page sends them, in its order. `faults`: what is wrong, by the id of a block, then by field."""

    faults: dict[str, dict[str, str]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what is stored, or what was sent."""
        self.process_errors, self.faults, self.object_data = [], {}, data
        self.data = data if isinstance(data, Blocks) else Blocks.of([])
        self.raw_data = formdata.getlist("block") if formdata is not None else []
        if formdata is not None and formdata:
            self.data = self._sent(request.form)

    def _sent(self, sent: Any) -> Blocks:
        """What has no good id is left out; what is of a kind that is not here stays as it was stored, and so does a file that is hidden at present."""
        wanted = [(id, BY_NAME[kind]) for id in sent.getlist("block")[:MOST] if ID.fullmatch(id) and (kind := sent.get(f"kind-{id}")) in BY_NAME]
        typed = {id: {**{one.name: sent.get(f"{one.name}-{id}") for one in kind.fields}, "item": sent.get(f"item-{id}")} for id, kind in wanted}
        named = {id: UUID(item) for id, one in typed.items() if (item := item_in(one))}
        items = media(named.values())
        hidden = still_shown(item for item in named.values() if item not in items)
        made: dict[str, Block] = {}
        for id, kind in wanted:
            chosen = items.get(named[id]) if id in named else None
            kept = named[id] if named.get(id) in hidden or (chosen is not None and chosen.kind in kind.groups) else ""
            made.setdefault(id, read_block(kind, id, {**typed[id], "item": kept}))
        self.faults = {id: dict(wrong) for id, one in made.items() if (wrong := faults(one))}
        made |= {one["id"]: one for text in sent.getlist("kept")[:MOST] if (one := _kept(text)) and one["id"] not in made}
        return Blocks.of([made[id] for id in dict.fromkeys(sent.getlist("block")) if id in made][:MOST])

    def pre_validate(self, form: Any) -> None:
        """Say the first thing that is wrong; each stands at its own place too."""
        for wrong in self.faults.values():
            raise ValidationError(next(iter(wrong.values())))
        if len(self.data) > WHOLE:
            raise ValidationError(_("Use at most %(max)d characters.", max=WHOLE))


def _kept(text: str) -> Block:
    """A block of a plugin that is off, as the page keeps it; nothing for any other."""
    try:
        one: Any = json.loads(text) if len(text) <= WHOLE else None
    except (ValueError, RecursionError):
        return {}
    kept: Block = one if is_whole(one) and one["kind"] not in BY_NAME else {}
    return kept
