# SPDX-License-Identifier: MIT
"""`render()`: a template of the current academy's theme becomes an answer."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, cast

from flask import Response, current_app, request, url_for
from markupsafe import Markup

from upart.context import CurrentAcademy, context
from upart.hooks.plan import Dispatcher
from upart.theming.colour import stylesheet
from upart.theming.locales import gettext
from upart.theming.themes import Themes

SITE = "upart_site"


class Site:
    """What templates need of the running application: themes, plugins' parts, brand stylesheets."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.themes: Themes
        self._brands: dict[str, tuple[str, str]] = {}

    def brand(self, colour: str) -> tuple[str, str]:
        """The brand's stylesheet and a hash of it."""
        if colour not in self._brands:
            if len(self._brands) > 1000:
                self._brands.clear()
            css = stylesheet(colour)
            self._brands[colour] = css, hashlib.sha256(css.encode()).hexdigest()[:12]
        return self._brands[colour]


def site() -> Site:
    """The running application's site."""
    return cast(Site, current_app.extensions[SITE])


def render(template: str, status: int = 200, /, **values: Any) -> Response:
    """Answer with a template of the academy's theme. `status` is HTTP; `values` are the template's names."""
    academy = context.academy
    text = site().themes.environment(theme_of(academy)).get_template(template).render({**shared(academy), **values})
    return Response(text, status, mimetype="text/html")


def theme_of(academy: CurrentAcademy) -> str:
    """The id of the academy's theme."""
    return str(academy.settings.get("theme", ""))


def shared(academy: CurrentAcademy) -> dict[str, Any]:
    """Names that every page has."""
    opened = site()
    theme = opened.themes.theme(theme_of(academy))
    sheets = [static("theme", name) for name in theme.stylesheets] if theme else []
    return {
        "academy": {"name": academy.name, "slug": academy.slug, "kind": academy.kind, **academy.settings},
        "menu": menu(academy),
        "footer": [],
        "language": academy.settings.get("language", "en"),
        "stylesheets": sheets,
        "theme_css": f"/theme.css?v={opened.brand(academy.settings['brand_colour'])[1]}",
    }


def menu(academy: CurrentAcademy) -> list[dict[str, Any]]:
    """The main navigation: what the enabled plugins give."""
    here = request.path
    entries = []
    for item in site().dispatcher.menu(academy.plugins):
        url = url_for(item.endpoint)
        entries.append({"label": gettext(item.label), "url": url, "current": here.startswith(url)})
    return entries


def static(owner: str, path: str) -> str:
    """Address of a static file: owner "theme" (the current one) or a plugin's id. Names a version, so it may be kept for ever."""
    place = _place(owner)
    hashes = site().themes.files[place].hashes
    return f"/static/{place}/{path}?v={hashes.get(path, '')}"


def art(name: str) -> str:
    """Address of a drawing in the academy's colours: "theme/hero" or "<plugin>/<name>"."""
    owner, _, drawing = name.partition("/")
    place, brand = _place(owner), context.academy.settings["brand_colour"]
    version = site().themes.art[place].hashes.get(f"{drawing}.svg", "")[:6] if place in site().themes.art else ""
    return f"/art/{place}/{drawing}.svg?v={version}{brand.lstrip('#')}"


def slot(name: str) -> Markup:
    """The parts that enabled plugins give for a slot, each rendered in isolation."""
    academy, opened = context.academy, site()
    environment = opened.themes.environment(theme_of(academy))
    common, parts = shared(academy), []
    for plugin, part in opened.dispatcher.slots(name, academy.plugins):

        def draw(part: Any = part) -> str:
            values = part.values()
            return "" if values is None else environment.get_template(part.template).render({**common, **values})

        parts.append(opened.dispatcher.isolated(plugin, draw, f"slot {name}") or "")
    return Markup("".join(parts))  # noqa: S704 - rendered by autoescaping templates


def _place(owner: str) -> str:
    if owner == "theme":
        theme = site().themes.theme(theme_of(context.academy))
        return f"theme/{theme.id}" if theme else "theme/"
    return f"plugin/{owner}"


def icon(name: str) -> Markup:
    """An icon of the theme's sprite, hidden from screen readers: words stand beside it."""
    return _icon(static("theme", "icons.svg"), name)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(sprite, name)


GLOBALS = {"static": static, "art": art, "slot": slot, "icon": icon, "url_for": url_for}
