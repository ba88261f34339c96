# SPDX-License-Identifier: MIT
"""Paths of the site belong to one plugin each, and its pages lie below them."""

from __future__ import annotations

import re

import flask

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
        scratch = _registered(blueprint)
        for rule in scratch:
            if blueprint.area is Area.SITE and not rule.startswith(mine):
                raise PluginError(f"Its page {rule} lies outside of {' and '.join(mine)}.", remedy="Move it, or claim its first segment in Manifest.paths.")
    claimed.update(dict.fromkeys(mine, f"'{plugin.id}'"))


def _registered(blueprint: Blueprint) -> list[str]:
    """Register on a scratch application: what fails, fails there."""
    scratch = flask.Flask("scratch")
    scratch.register_blueprint(blueprint)
    return [rule.rule for rule in scratch.url_map.iter_rules() if rule.endpoint.startswith(blueprint.name + ".")]
