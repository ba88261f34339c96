# SPDX-License-Identifier: MIT
"""Blocks that programs send: read, or refused with a word for each thing that is wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from upart.plugin import Fault, Unfit, media
from upart.plugin import gettext as _
from upart_courses.actions.filling import lacks
from upart_courses.blocks import faults, item_in, misread, new_block, read_block
from upart_courses.kinds import BY_NAME, ID


def read_blocks(sent: list[dict[str, Any]]) -> list[Any]:
    """Blocks as they are kept; a new one needs no id. Raises Unfit for each kind that is not here, each text too long, each file that is not in the library."""
    made: list[Any] = []
    wrong: list[Fault] = []
    items = media(UUID(id) for one in sent if (id := item_in(one)))
    for at, one in enumerate(sent):
        kind, id = BY_NAME.get(str(one.get("kind"))), str(one.get("id", ""))
        if kind is None:
            wrong.append(Fault(f"/blocks/{at}/kind", "invalid", f"{_('There are')}: {', '.join(BY_NAME)}."))
            continue
        item = items.get(UUID(item_in(one))) if item_in(one) else None
        if kind.groups and one.get("item") and (item is None or item.kind not in kind.groups):
            wrong.append(Fault(f"/blocks/{at}/item", "invalid", _("This file cannot be used here.")))
        made.append(read_block(kind, id if ID.fullmatch(id) and id not in {old["id"] for old in made} else new_block(kind.name)["id"], one))
        wrong += [Fault(f"/blocks/{at}/{name}", "invalid", why) for name, why in (*misread(kind, one), *faults(made[-1]))]
    if wrong:
        raise Unfit(wrong)
    return made


def whole(blocks: list[Any], lesson: UUID | None = None) -> None:
    """Refuse what learners would see at once and something is missing in. `lesson`: in which it stands, unless that is new."""
    if needed := lacks(blocks, lesson):
        raise Unfit([Fault("/blocks", "not_ready", one) for one in needed], code="not_ready")
