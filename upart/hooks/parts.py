# SPDX-License-Identifier: MIT
"""What a plugin brings: each hook that is asked once, at start, and the class of its answers."""

from __future__ import annotations

import traceback
from dataclasses import fields, is_dataclass
from typing import Any

from upart.errors import PluginError, UpartError
from upart.hooks.assets import Asset
from upart.hooks.blocks import BlockType
from upart.hooks.chosen import Setting
from upart.hooks.health import HealthCheck
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.matters import Waiting
from upart.hooks.records import (
    ConsentPurpose,
    Cookie,
    Decision,
    EventType,
    ExternalStore,
    Invariant,
    MenuItem,
    Permission,
    Recipient,
    Searchable,
    Slot,
    Task,
)
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint

PARTS: tuple[tuple[str, str, type[Any]], ...] = (
    ("blueprints", "upart_blueprints", Blueprint),
    ("menu", "upart_menu", MenuItem),
    ("slots", "upart_slots", Slot),
    ("assets", "upart_assets", Asset),
    ("permissions", "upart_permissions", Permission),
    ("tasks", "upart_jobs", Task),
    ("events", "upart_events", EventType),
    ("stores", "upart_external_stores", ExternalStore),
    ("recipients", "upart_recipients", Recipient),
    ("purposes", "upart_purposes", ConsentPurpose),
    ("cookies", "upart_cookies", Cookie),
    ("decisions", "upart_decisions", Decision),
    ("invariants", "upart_invariants", Invariant),
    ("searchables", "upart_searchables", Searchable),
    ("resources", "upart_resources", Resource),
    ("checks", "upart_health_checks", HealthCheck),
    ("waiting", "upart_waiting", Waiting),
    ("settings", "upart_settings", Setting),
    ("block_types", "upart_block_types", BlockType),
)
"""What is asked of each plugin at start: attribute, hook, class of the answers."""


def ask_for_parts(plugin: Plugin) -> None:
    """Ask a plugin, or a feature of the core, for what it brings. Raises PluginError where an answer does not fit its hook."""
    for attribute, hook, kind in PARTS:
        setattr(plugin, attribute, _answer(plugin, hook, kind))
    for resource in plugin.resources:
        if not resource.scope.startswith(f"{plugin.id}:"):
            raise PluginError(f"Its resource '{resource.name}' has the scope '{resource.scope}'.", remedy=f'Begin it with "{plugin.id}:".')


def check_names(plugin: Plugin, taken: Plugins) -> None:
    """No two things of one kind have one name."""
    for other in taken.everything():
        for attribute in ("permissions", "tasks", "events", "stores", "resources", "checks", "waiting", "settings"):
            mine, theirs = ({part.name for part in getattr(one, attribute)} for one in (plugin, other))
            if other is not plugin and (both := sorted(mine & theirs)):
                raise PluginError(f"Its name '{both[0]}' ({attribute}) belongs to '{other.id}'.", remedy=f'Begin it with "{plugin.id}.".')


def _answer(plugin: Plugin, hook: str, kind: type[Any]) -> list[Any]:
    function = getattr(plugin.module, hook, None)
    try:
        answer = function() if function else []
    except TypeError as error:
        if is_dataclass(kind) and f"{kind.__name__}.__init__" in str(error):
            words = ", ".join(one.name for one in fields(kind))
            raise PluginError(f"{hook}() cannot make a {kind.__name__}: {error}.", remedy=f"{kind.__name__} takes: {words}.") from None
        raise _failed(plugin, hook, error) from error
    except UpartError:
        raise
    except Exception as error:  # a plugin may raise anything
        raise _failed(plugin, hook, error) from error
    if not isinstance(answer, list | tuple) or not all(isinstance(part, kind) for part in answer):
        given = f"a list with {next((part for part in answer if not isinstance(part, kind)), None)!r}" if isinstance(answer, list | tuple) else repr(answer)
        raise PluginError(f"{hook}() returned {given[:80]} instead of a list of {kind.__name__}.", remedy=f"Return [{kind.__name__}(…)].")
    return list(answer)


def _failed(plugin: Plugin, hook: str, error: Exception) -> PluginError:
    """With the line of the plugin at which it failed."""
    frame = [*traceback.extract_tb(error.__traceback__), None][1]
    where = f" at {frame.filename.rpartition('/')[2]}, line {frame.lineno}" if frame else ""
    return PluginError(f"{hook}() failed: {type(error).__name__}: {error}{where}.", remedy=f"Correct {plugin.package}{where}, or remove the plugin.")
