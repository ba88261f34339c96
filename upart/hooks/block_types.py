# SPDX-License-Identifier: MIT
"""Which kinds of blocks are on here, and whether a plugin may add those that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from upart.context import context
from upart.errors import PluginError
from upart.hooks.blocks import BlockShape, BlockType
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged

FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
TAKEN = frozenset({"id", "kind", "item"})
"""Names that each block has anyway."""


def block_types() -> dict[str, BlockType]:
    """The kinds of blocks of the plugins that are on here, by name; none outside of an academy."""
    academy = context.academy_or_none
    running = [plugin for plugin in plugged().healthy() if plugin.id in academy.plugins] if academy is not None else []
    return {one.name: one for plugin in running for one in plugin.block_types}


def check_block_types(plugin: Plugin) -> None:
    """Raise PluginError for the first thing that is wrong with the blocks that a plugin adds."""
    for one in plugin.block_types:
        for message, remedy in _wrong(plugin, one):
            raise PluginError(f"Its block '{one.name}' {message}.", remedy=remedy)


def _wrong(plugin: Plugin, one: BlockType) -> Iterator[tuple[str, str]]:
    names = [each.name for each in one.fields]
    if not one.name.startswith(f"{plugin.id}."):
        yield "has a name that is not its own", f'Begin it with "{plugin.id}.".'
    if [other.name for other in plugin.block_types].count(one.name) > 1:
        yield "is given twice", "Give each block another name."
    if not one.template.startswith(f"{plugin.id}/") or not (plugin.folder / "templates" / one.template).is_file():
        yield f"has the template '{one.template}', which is not there", f"Put it into {plugin.folder.name}/templates/{plugin.id}/."
    if bad := next((name for name in names if not FIELD.fullmatch(name) or name in TAKEN or names.count(name) > 1), None):
        yield f"has a field '{bad}'", f"Names of fields are in small letters, each once, and not {', '.join(sorted(TAKEN))}."
    if lost := next((name for name in one.words if name not in names), None):
        yield f"has words in '{lost}', which is no field of it", f"Its fields are: {', '.join(names)}."
    if empty := next((each.name for each in one.fields if (each.shape is BlockShape.CHOICE) != bool(each.choices)), None):
        yield f"has a field '{empty}' whose choices do not fit its shape", "Give choices with BlockShape.CHOICE, and with no other."
    if not (callable(one.values) and callable(one.lacks)):
        yield "has values or lacks that cannot be called", "Give the function itself: values=board, not values=board()."
