# SPDX-License-Identifier: MIT
"""Paths of the site belong to one plugin each, and its pages lie below them; no two blueprints have one name, no two pages one address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import flask
from werkzeug.routing import Rule

from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.records import Area, Manifest
from upart.hooks.routes import Blueprint


def claim_paths(plugin: Plugin, manifest: Manifest, claimed: dict[str, str]) -> None:
    """Give the paths of a plugin to it alone. Raises PluginError for one that is taken, and for a page outside of them."""
    mine = (f"/{manifest.id}/", *manifest.paths)
    for path in mine:
        if not re.fullmatch(r"/[a-z0-9_-]+/", path):
            raise PluginError(f"It claims the path '{path}'.", remedy='Paths look like "/quiz/".')
        if path in claimed:
            raise PluginError(f"It claims the path '{path}', which belongs to {claimed[path]}.", remedy="Choose another path in Manifest.paths.")
    for blueprint in plugin.blueprints:
        for rule in rules(blueprint):
            if blueprint.area is Area.SITE and not rule.rule.startswith(mine):
                raise PluginError(
                    f"Its page {rule.rule} lies outside of {' and '.join(mine)}.", remedy="Move it, or claim its first segment in Manifest.paths."
                )
    claimed.update(dict.fromkeys(mine, f"'{plugin.id}'"))


def check_blueprints(plugin: Plugin, others: Iterable[Plugin]) -> None:
    """Raise PluginError for a blueprint whose name is taken, and for a page whose address another one has."""
    others = [other for other in others if other is not plugin]
    names = {blueprint.name: f"'{other.id}'" for other in others for blueprint in other.blueprints}
    for blueprint in plugin.blueprints:
        if blueprint.name in names:
            raise PluginError(f"Its blueprint '{blueprint.name}' has the name of one of {names[blueprint.name]}.", remedy=f'Begin it with "{plugin.id}".')
        names[blueprint.name] = "its own"
    places = {blueprint.area for blueprint in plugin.blueprints if blueprint.area is not Area.SITE}
    core = [(blueprint, "") for other in others if other.id == "core" and places for blueprint in other.blueprints]
    taken: dict[tuple[str, str], str] = {}
    for blueprint, start in [*core, *((one, _start(plugin, one)) for one in plugin.blueprints)]:
        for rule in rules(blueprint):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                path = _plain(start + rule.rule)
                if (before := taken.setdefault((method, path), rule.endpoint)) != rule.endpoint and blueprint in plugin.blueprints:
                    raise PluginError(f"Its page '{rule.endpoint}' has the address of '{before}': {method} {start}{rule.rule}.", remedy="Give it another one.")


@cache
def rules(blueprint: Blueprint) -> tuple[Rule, ...]:
    """Its routes, by registering it on a scratch application: what fails, fails there. From then on none can be added, so they are kept."""
    scratch = flask.Flask("scratch", static_folder=None)
    scratch.register_blueprint(blueprint)
    return tuple(scratch.url_map.iter_rules())


def _start(plugin: Plugin, blueprint: Blueprint) -> str:
    return "" if blueprint.area is Area.SITE else f"/{blueprint.area.value}/{plugin.id}"


def _plain(path: str) -> str:
    """The path with no name of what varies in it: two that differ in these alone are one."""
    return re.sub(r"<(?:([^:<>]*):)?[^<>]*>", r"<\1>", path)
