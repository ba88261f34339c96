# SPDX-License-Identifier: MIT
"""What people may search, of core and plugins; and whether a plugin may make its columns searchable."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Enum, String, TypeDecorator, inspect
from sqlalchemy.exc import NoInspectionAvailable

from upart.db import is_owned
from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.records import Searchable
from upart.privacy.words import Declaration

NOT_FOR_SEARCH = ("sealed", "found_by", "any_link", "key", "ref", "subject", "file")
"""Words whose columns hold no text for people."""


def searchables(enabled: Collection[str] | None = None) -> list[Searchable]:
    """What can be searched, of the core and of these plugins; of all healthy plugins, for None."""
    known = plugged()
    speaking = [*known.core, *(plugin for plugin in known.healthy() if enabled is None or plugin.id in enabled)]
    return [one for plugin in speaking for one in plugin.searchables]


def check_searchables(plugin: Plugin) -> None:
    """Raise PluginError for the first thing that is wrong with what a plugin makes searchable."""
    seen: set[str] = set()
    for one in plugin.searchables:
        for message in _wrong(plugin, one):
            raise PluginError(message, remedy="Correct upart_searchables(): title and body are text columns of a class of the plugin, each row of an academy.")
        if one.kind in seen:
            raise PluginError(f"It makes {one.kind} searchable twice.", remedy="Name all columns in one Searchable.")
        seen.add(one.kind)


def _wrong(plugin: Plugin, one: Searchable) -> Iterator[str]:
    try:
        table = inspect(one.model).local_table
    except NoInspectionAvailable:
        yield f"It makes {one.model!r} searchable, which is no class with a table."
        return
    if table not in plugin.tables or not is_owned(table):
        yield f"It makes {table.name} searchable, which is not its own table, or belongs to no academy."
    for attribute in (one.title, *one.body):
        column = getattr(attribute, "property", attribute).columns[0] if hasattr(attribute, "property") else None
        if column is None or column.table is not table:
            yield f"It searches {attribute!r}, which is no column of {table.name}."
        elif not _is_text(column.type):
            yield f"It searches {table.name}.{column.name}, which holds no text."
        else:
            yield from _kept_back(f"{table.name}.{column.name}", column)
    if not one.label.strip():
        yield f"It does not say what rows of {table.name} are called."


def _is_text(kind: object) -> bool:
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(inner, String) and not isinstance(inner, Enum)


def _kept_back(name: str, column: Column[Any]) -> Iterator[str]:
    """Private data are shown on fresh pages alone, and it is noted who looked: a list of what was found is neither."""
    declaration: Declaration | None = column.info.get("declaration")
    hidden = declaration is None or declaration.kind in NOT_FOR_SEARCH or declaration.secret or declaration.review
    if hidden or column.info.get("private"):
        yield f"It searches {name}, which is declared as something that nobody may find: secret, private, or for review."
