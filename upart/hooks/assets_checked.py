# SPDX-License-Identifier: MIT
"""Assets are whole before they are loaded: files that are there, other sites that are named, and asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from upart.errors import PluginError
from upart.hooks.assets import Asset
from upart.hooks.loaded import Plugin
from upart.hooks.records import Area, CookieCategory

DIRECTIVES = ("script-src", "style-src", "img-src", "font-src", "media-src", "connect-src", "frame-src")
"""What a page may fetch from elsewhere (W3C CSP level 3, section 6.1)."""

ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?")
ADDRESS = re.compile(ORIGIN.pattern + r"/[\w.~/%&=?@-]+")
INTEGRITY = re.compile(r"(sha(256|384|512)-[A-Za-z0-9+/]+=*)?")
AREAS = (Area.SITE, Area.ACCOUNT, Area.TEACH, Area.MANAGE)

Finding = tuple[str, str]
"""What is wrong, and what to do about it."""


def check_assets(plugin: Plugin) -> None:
    """Raise PluginError for the first thing that is wrong with a plugin's assets. Needs its cookies, recipients and blueprints."""
    for asset in plugin.assets:
        for message, remedy in (*_file(plugin, asset), *_place(asset), *(_foreign(plugin, asset) if asset.foreign else ())):
            raise PluginError(f"Its asset '{asset.path}' {message}.", remedy=remedy)


def is_own(plugin: Plugin, endpoint: str) -> bool:
    """Is this endpoint a page of the plugin?"""
    return endpoint.partition(".")[0] in {blueprint.name for blueprint in plugin.blueprints}


def _file(plugin: Plugin, asset: Asset) -> Iterator[Finding]:
    if not asset.path.partition("?")[0].endswith((".js", ".css")):
        yield "is neither a script nor a style sheet", "Name a file that ends with .js or .css."
    if asset.elsewhere and not ADDRESS.fullmatch(asset.path):
        yield "has an address that cannot be used", "Write it whole, with https: https://player.example/v1.js"
    if not asset.elsewhere and (".." in asset.path or not (plugin.folder / "static" / asset.path).is_file()):
        yield "is no file of the plugin", f"Put it into {plugin.folder.name}/static/."
    if not INTEGRITY.fullmatch(asset.integrity):
        yield "has no hash of a kind that browsers know", 'Write integrity="sha384-…", as W3C SRI says.'


def _place(asset: Asset) -> Iterator[Finding]:
    if asset.pages and asset.areas:
        yield "names both pages and areas", "Name one of them."
    if unknown := [str(area) for area in asset.areas if area not in AREAS]:
        yield f"is for the area '{unknown[0]}', which has no pages", f"Areas are: {', '.join(AREAS)}."
    for directive, origins in asset.sources.items():
        if directive not in DIRECTIVES:
            yield f"allows '{directive}', which is not for plugins to allow", f"Directives are: {', '.join(DIRECTIVES)}."
        if wrong := [origin for origin in origins if not ORIGIN.fullmatch(origin)]:
            yield f"allows '{wrong[0]}'", 'Name whole origins, without a path and without "*": https://player.example'


def _foreign(plugin: Plugin, asset: Asset) -> Iterator[Finding]:
    if asset.recipient not in {one.name for one in plugin.recipients}:
        yield (
            "has visitors ask another site, which is not declared",
            "Declare who receives their network address in upart_recipients(), and name them: recipient=…",
        )
    if asset.category not in list(CookieCategory):
        yield f"has the category '{asset.category}', which is unknown", f"Choose one of: {', '.join(CookieCategory)}."
    everywhere = bool(asset.areas) or not all(is_own(plugin, page) for page in asset.pages)
    runs = asset.elsewhere or asset.sources.keys() & {"script-src", "style-src"}
    if everywhere and (runs or asset.category == CookieCategory.NECESSARY):
        yield "brings another site to pages that are not its own", "Leave areas= out and name own pages alone; only sources may be wanted on pages of others."
    if asset.category != CookieCategory.NECESSARY and asset.category not in {cookie.category for cookie in plugin.cookies}:
        yield (
            f"waits for consent to '{asset.category}', about which nobody is asked",
            f'Declare in upart_cookies() what the other site keeps: Cookie(name=…, category="{asset.category}", purpose=…).',
        )
