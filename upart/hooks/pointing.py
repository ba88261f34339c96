# SPDX-License-Identifier: MIT
"""What a plugin points at is there: pages of its menu, permissions and roles, templates of its slots, its migrations."""

from __future__ import annotations

from collections.abc import Iterator

from upart.errors import PluginError
from upart.hooks.claiming import rules
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.records import ROLES

Finding = tuple[str, str]
"""What is wrong, and what to do about it."""


def check_pointers(plugin: Plugin, taken: Plugins) -> None:
    """Raise PluginError for the first thing that a plugin names and that is not there, or cannot be called."""
    for message, remedy in (*_menu(plugin, taken), *_permissions(plugin, taken), *_called(plugin), *_files(plugin)):
        raise PluginError(message, remedy=remedy)


def _menu(plugin: Plugin, taken: Plugins) -> Iterator[Finding]:
    own = {rule.endpoint: rule for blueprint in plugin.blueprints for rule in rules(blueprint) if "GET" in (rule.methods or ())}
    others = {f"{blueprint.name}.{name}" for other in taken.everything() for blueprint in other.blueprints for name in blueprint.policies}
    for item in plugin.menu:
        if item.endpoint not in own and item.endpoint not in others:
            there = f"Its own are: {', '.join(sorted(own))}." if own else "Give it a page in upart_blueprints()."
            yield f"Its menu entry '{item.label}' leads to '{item.endpoint}', which is no page.", there
        elif item.endpoint in own and (asked := own[item.endpoint].arguments - set(own[item.endpoint].defaults or ())):
            yield (
                f"Its menu entry '{item.label}' leads to '{item.endpoint}', whose address needs {', '.join(sorted(asked))}.",
                "Name a page that needs nothing.",
            )


def _permissions(plugin: Plugin, taken: Plugins) -> Iterator[Finding]:
    known = {*taken.permissions(), *(one.name for one in plugin.permissions)}
    pages = [(f"page '{blueprint.name}.{name}'", policy.permission) for blueprint in plugin.blueprints for name, policy in blueprint.policies.items()]
    for what, permission in [*pages, *((f"menu entry '{item.label}'", item.permission) for item in plugin.menu)]:
        if permission and permission not in known:
            yield (
                f"Its {what} asks for the permission '{permission}', which nobody has declared.",
                "Give it in upart_permissions(), or name its plugin in requires.",
            )
    for one in plugin.permissions:
        if unknown := sorted(set(one.roles) - set(ROLES)):
            yield f"Its permission '{one.name}' is for the role '{unknown[0]}', which is unknown.", f"Roles are: {', '.join(ROLES)}."


def _called(plugin: Plugin) -> Iterator[Finding]:
    given: list[tuple[str, str, object]] = [
        *((f"task '{one.name}'", "run", one.run) for one in plugin.tasks),
        *((f"part of the slot '{one.name}'", "values", one.values) for one in plugin.slots),
        *((f"health check '{one.key}'", "run", one.run) for one in plugin.checks),
        *((f"source '{one.key}' of what waits", "matters", one.matters) for one in plugin.waiting),
    ]
    for what, word, value in given:
        if not callable(value):
            yield f"Its {what} has {word}={value!r}, which cannot be called.", f"Give the function itself: {word}=look, not {word}=look()."


def _files(plugin: Plugin) -> Iterator[Finding]:
    for slot in plugin.slots:
        if slot.template.startswith(f"{plugin.id}/") and not (plugin.folder / "templates" / slot.template).is_file():
            yield f"Its part of the slot '{slot.name}' has the template '{slot.template}', which is not there.", f"Put it into {plugin.folder.name}/templates/."
    wanted = plugin.manifest.migrations if plugin.manifest else None
    if wanted and not (plugin.folder / wanted).is_dir():
        yield f"Its manifest names the folder '{wanted}' of migrations, which is not there.", f"Put them into {plugin.folder.name}/{wanted}/."
