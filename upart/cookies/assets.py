# SPDX-License-Identifier: MIT
"""Scripts and style sheets of plugins: on which page each is loaded, and what it may fetch from elsewhere once that was agreed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import request
from markupsafe import Markup

from upart.context import context
from upart.cookies.signals import allows
from upart.hooks.assets import Asset
from upart.hooks.loaded import Plugin
from upart.hooks.locks import is_held_back
from upart.hooks.records import Area
from upart.theming.render import site, theme_of

ALLOWED = "upart.allowed"
"""In the environ: what the page of this request may fetch from other sites, by directive of the content security policy."""

STYLE = Markup('<link rel="stylesheet" href="{}"{}>')
SCRIPT = Markup('<script type="module" src="{}"{}></script>')
HASHED = Markup(' integrity="{}" crossorigin="anonymous"')


def assets() -> Markup:
    """The tags of all that plugins want on the page of this request. In the head of each page, once."""
    lines = []
    for plugin, asset in _wanted():
        if asset.foreign:
            _allow(asset)
        look = site().themes.look(theme_of(context.academy))
        address = asset.path if asset.elsewhere else look.static(plugin.id, asset.path)
        hashed = HASHED.format(asset.integrity) if asset.integrity else Markup("")
        lines.append((STYLE if asset.is_style else SCRIPT).format(address, hashed))
    return Markup("\n").join(lines)


def allowed() -> Mapping[str, set[str]]:
    """What the page of this request may fetch from other sites."""
    found: Mapping[str, set[str]] = request.environ.get(ALLOWED, {})
    return found


def _allow(asset: Asset) -> None:
    found: dict[str, set[str]] = request.environ.setdefault(ALLOWED, {})
    for directive, origins in asset.allowed.items():
        found.setdefault(directive, set()).update(origins)


def _wanted() -> Iterator[tuple[Plugin, Asset]]:
    """What belongs on this page, without what nobody here has agreed to: neither the academy, nor whoever looks."""
    academy = context.academy
    for plugin, asset in site().dispatcher.assets(academy.plugins):
        if plugin.healthy and _belongs(plugin, asset) and not (asset.foreign and _waits(asset)):
            yield plugin, asset


def _waits(asset: Asset) -> bool:
    """Does another site stay unasked, because the academy or whoever looks has not agreed to it?"""
    return is_held_back("recipient", asset.recipient) or not allows(asset.category)


def _belongs(plugin: Plugin, asset: Asset) -> bool:
    endpoint = request.endpoint or ""
    if asset.pages:
        return endpoint in asset.pages
    if asset.areas:
        return _area() in asset.areas
    return endpoint.partition(".")[0] in {blueprint.name for blueprint in plugin.blueprints}


def _area() -> Area:
    return next((area for area in (Area.ACCOUNT, Area.TEACH, Area.MANAGE) if request.path.startswith(f"/{area.value}/")), Area.SITE)
