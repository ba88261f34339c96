# SPDX-License-Identifier: MIT
"""Blocks of other plugins: shown, and asked what they lack, each in isolation."""

from __future__ import annotations

from markupsafe import Markup

from upart.errors import PluginError
from upart.hooks.blocks import BlockType, Typed
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.records import Slot
from upart.theming.render import drawn, site


def draw_block(kind: BlockType, typed: Typed) -> Markup | None:
    """A block as HTML; None when its plugin failed, or is not asked any more."""
    return drawn(_owner(kind), Slot(name=kind.name, template=kind.template, values=lambda typed: {**kind.values(typed), "block": typed}), typed)


def lack_of(kind: BlockType, typed: Typed) -> str:
    """What a block lacks before people may see it, in words; "" when its plugin failed: that is told to whoever runs the portal."""

    def ask() -> str:
        answer = kind.lacks(typed)
        if not isinstance(answer, str):
            raise PluginError(f"lacks() of the block '{kind.name}' returned {answer!r:.80}.", remedy='Return words, or "" for nothing.')
        return answer

    return site().dispatcher.isolated(_owner(kind), ask, kind.name) or ""


def _owner(kind: BlockType) -> Plugin:
    return plugged().found[kind.name.partition(".")[0]]
