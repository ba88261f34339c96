# SPDX-License-Identifier: MIT
"""`render()`: a template of the current academy's theme becomes an answer."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app, request
from jinja2 import Environment
from markupsafe import Markup

from upart.context import CurrentAcademy, context
from upart.db import engine, is_open, session
from upart.hooks.loaded import Plugin
from upart.hooks.plan import Dispatcher
from upart.hooks.records import Area, Slot
from upart.hooks.routes import permitted
from upart.theming.colour import stylesheet, tokens
from upart.theming.locales import gettext, spoken
from upart.theming.themes import Themes

SITE = "upart_site"
STAFF = (f"/{Area.MANAGE.value}/", f"/{Area.TEACH.value}/")
"""Pages below these show nothing of the theme: whoever works there shall know that they are behind the counter."""

GROUPS = (("", ""), ("teach", "Teaching"), ("privacy", "Privacy"), ("system", "System"))
"""Groups of the navigation of staff pages, in order, with their headings."""


class Site:
    """What templates need of the running application: themes, plugins' parts, brand stylesheets."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.themes: Themes
        self.fixed: dict[tuple[UUID, str], tuple[int, dict[str, Any]]] = {}
        self._brands: dict[str, tuple[str, str]] = {}

    def brand(self, colour: str) -> tuple[str, str]:
        """The brand's stylesheet and a hash of it."""
        if colour not in self._brands:
            if len(self._brands) > 1000:
                self._brands.clear()
            css = stylesheet(colour)
            self._brands[colour] = css, hashlib.sha256(css.encode()).hexdigest()[:12]
        return self._brands[colour]

    def button_colours(self, colour: str) -> tuple[str, str]:
        """Fill and ink of buttons where no stylesheet goes, as in mail."""
        return colour, tokens(colour, dark=False)["on-brand"]


def site() -> Site:
    """The running application's site."""
    return cast(Site, current_app.extensions[SITE])


def render(template: str, status: int = 200, /, **values: Any) -> Response:
    """Answer with a template of the academy's theme, on staff pages without it. `status` is HTTP; `values` are the template's names."""
    academy = context.academy
    names = {**shared(academy), **(desk(academy) if at_the_desk() else {}), **values}
    return Response(_environment(academy).get_template(template).render(names), status, mimetype="text/html")


def at_the_desk() -> bool:
    """Is this a staff page, opened by somebody who has signed in?"""
    return request.path.startswith(STAFF) and context.person is not None


def _environment(academy: CurrentAcademy) -> Environment:
    themes = site().themes
    return themes.desk if at_the_desk() else themes.environment(theme_of(academy))


def written(template: str, values: Mapping[str, Any]) -> str:
    """A text template ("accounts/mail/verify.txt") filled in, for mail: nothing is escaped."""
    academy = context.academy
    return site().themes.texts.get_template(template).render({"academy": academy, **values})


def theme_of(academy: CurrentAcademy) -> str:
    """The id of the academy's theme."""
    return str(academy.settings.get("theme", ""))


def shared(academy: CurrentAcademy) -> dict[str, Any]:
    """Names that every page has."""
    opened = site()
    key = academy.id, spoken()
    kept = opened.fixed.get(key)
    if kept is None or kept[0] != academy.epoch:
        if len(opened.fixed) > 1000:
            opened.fixed.clear()
        kept = opened.fixed[key] = academy.epoch, _fixed(academy, opened)
    return {**kept[1], "menu": menu(academy), **_mine(academy)}


def _mine(academy: CurrentAcademy) -> dict[str, Any]:
    """Names about who is acting: their name, the pages of their account, the doors to staff pages that they may open."""
    if context.person is None:
        return {"me": "", "account_menu": [], "doors": []}
    staff = (("Teaching", "graduation-cap", menu(academy, Area.TEACH)), ("Manage", "settings", menu(academy, Area.MANAGE)))
    doors = [{"label": gettext(label), "icon": icon, "url": entries[0]["url"]} for label, icon, entries in staff if entries]
    return {"me": context.person.name, "account_menu": menu(academy, Area.ACCOUNT), "doors": doors}


def _fixed(academy: CurrentAcademy, opened: Site) -> dict[str, Any]:
    look, theme = opened.themes.look(theme_of(academy)), opened.themes.theme(theme_of(academy))
    return {
        "academy": {"name": academy.name, "slug": academy.slug, "kind": academy.kind, **academy.settings},
        "host": academy.host,
        "ends": None if academy.is_paused else academy.closes_at,
        "footer": [{"label": gettext(item.label), "url": look.link(item.endpoint)} for item in opened.dispatcher.menu(academy.plugins, Area.FOOTER)],
        "language": academy.settings.get("language", "en"),
        "stylesheets": [look.static("theme", name) for name in theme.stylesheets] if theme else [],
        "theme_css": f"/theme.css?v={opened.brand(academy.settings['brand_colour'])[1]}",
    }


def menu(academy: CurrentAcademy, area: Area = Area.SITE) -> list[dict[str, Any]]:
    """The navigation of an area: what core and enabled plugins give, without what the person may not open. One entry at most is current."""
    here, look = request.path, site().themes.look(theme_of(academy))
    entries: list[dict[str, Any]] = []
    if academy.is_paused and area is not Area.ACCOUNT:
        return entries  # it is paused: none of these pages answers
    for item in site().dispatcher.menu(academy.plugins, area):
        if (item.permission and not permitted(item.permission)) or (item.platform and not academy.is_platform) or (item.academies and academy.is_platform):
            continue
        words = {"label": gettext(item.label), "hint": gettext(item.hint) if item.hint else "", "icon": item.icon, "group": item.group}
        entries.append({**words, "url": look.link(item.endpoint), "current": False})
    nearest = max((entry for entry in entries if here.startswith(entry["url"])), key=lambda entry: len(entry["url"]), default=None)
    if nearest is not None:
        nearest["current"] = True
    return entries


def desk(academy: CurrentAcademy) -> dict[str, Any]:
    """Names that only staff pages have: their navigation by group, the academy's mark, the person's roles."""
    entries = [*menu(academy, Area.MANAGE), *({**entry, "group": "teach"} for entry in menu(academy, Area.TEACH))]
    nearest = max((entry for entry in entries if entry["current"]), key=lambda entry: len(entry["url"]), default=None)
    entries = [{**entry, "current": entry is nearest} for entry in entries]  # both areas may think that one of theirs is
    known = [key for key, _ in GROUPS]
    groups = [(gettext(label) if label else "", [e for e in entries if e["group"] == key or (not key and e["group"] not in known)]) for key, label in GROUPS]
    look = site().themes.look(theme_of(academy))
    return {
        "desk": [(label, found) for label, found in groups if found],
        "mark": look.icon(academy.settings["mark"]),
        "favicon": look.static("theme", "favicon.svg"),
        "my_roles": [gettext(role.title()) for role in context.person.roles],
    }


def art(name: str) -> str:
    """Address of a drawing in the academy's colours: "theme/hero" or "<plugin>/<name>"."""
    return site().themes.look(theme_of(context.academy)).art(name)


def slot(name: str, *about: Any) -> Markup:
    """The parts that enabled plugins give for a slot, each rendered in isolation; none on pages that say what went wrong, which read nothing.

    `about` is what the slot is about, if it is about something.
    """
    academy, opened = context.academy, site()
    found = opened.dispatcher.slots(name, academy.plugins) if is_open() else ()
    if not found:
        return Markup("")
    environment = _environment(academy)
    common, parts = {**environment.globals, **shared(academy)}, []
    for plugin, part in found:
        parts.append(opened.dispatcher.isolated(plugin, partial(_draw, environment, common, part, about), name) or "")
    return Markup("".join(parts))  # noqa: S704 - rendered by autoescaping templates


def slots(name: str, rows: Sequence[Any]) -> dict[Any, Markup]:
    """A slot of many rows, by their `id`: each part is asked once for all of them, so a long list costs as many statements as a short one."""
    academy, opened = context.academy, site()
    found = opened.dispatcher.slots(name, academy.plugins) if rows and is_open() else ()
    drawn: dict[Any, Markup] = defaultdict(Markup)
    if found:
        environment = _environment(academy)
        common = {**environment.globals, **shared(academy)}
        for plugin, part in found:
            for id, text in (opened.dispatcher.isolated(plugin, partial(_draw_each, environment, common, part, rows), name) or {}).items():
                drawn[id] += Markup(text)  # noqa: S704 - as above
    return drawn


def drawn(plugin: Plugin, part: Slot, *about: Any) -> Markup | None:
    """One part of a plugin that stands in no slot, in isolation; None when it failed."""
    environment, academy = _environment(context.academy), context.academy
    common = {**environment.globals, **shared(academy)}
    text = site().dispatcher.isolated(plugin, partial(_draw, environment, common, part, about), part.name)
    return None if text is None else Markup(text)  # noqa: S704 - rendered by an autoescaping template


def _draw(environment: Environment, common: dict[str, Any], part: Slot, about: tuple[Any, ...]) -> str:
    with _apart():
        values = part.values(*about)
    return "" if values is None else _filled(environment, common, part, values)


def _draw_each(environment: Environment, common: dict[str, Any], part: Slot, rows: Sequence[Any]) -> dict[Any, str]:
    with _apart():
        found = part.values(rows) or {}
    return {id: _filled(environment, common, part, values) for id, values in found.items() if values is not None}


def _apart() -> AbstractContextManager[Any]:
    """On PostgreSQL a statement that fails would take the page's transaction with it; SQLite goes on by itself."""
    return session.begin_nested() if engine().dialect.name == "postgresql" else nullcontext()


def _filled(environment: Environment, common: dict[str, Any], part: Slot, values: Mapping[str, Any]) -> str:
    template = environment.get_template(part.template)
    # render() would copy all names for each part, which costs more than a small part itself.
    names = environment.context_class(environment, common, part.template, template.blocks)
    names.vars.update(values)
    return "".join(template.root_render_func(names))


GLOBALS = {"slot": slot, "slots": slots}
