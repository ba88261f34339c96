# SPDX-License-Identifier: MIT
"""Staff pages: plugins of this academy; what each does with data, before it is switched on and after each upgrade."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, request, url_for

from upart.accounts.models import Person
from upart.accounts.views.doors import to
from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem
from upart.hooks.loaded import Plugin
from upart.hooks.locks import lock_of
from upart.hooks.matters import Matter
from upart.hooks.models import PluginState
from upart.hooks.plugged import plugged
from upart.hooks.routes import Blueprint, may, permitted
from upart.policy import differences, locking
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext
from upart.theming.render import render

plugs = Blueprint("plugs", __name__)

PLUGINS = "policy.plugins"
"""Permission to switch plugins on and off, and to agree to what they do with data."""

DOES_NOT_RUN = {PluginState.BROKEN: "Broken", PluginState.QUARANTINED: "Stopped after failures", PluginState.ORPHAN: "Not installed"}

SAID = {
    "agreed": "Agreed. What was new is in use from now on.",
    "on": "It is on.",
    "off": "It is off. What it holds stays, and people’s rights still reach it.",
}


@plugs.get("/manage/plugins/", policy=may(PLUGINS))
def everything() -> Response:
    """All plugins that are installed."""
    waits = {plugin.id for plugin, _different in locking.waiting(context.academy)}
    rows = [
        (plugin, name_of(plugin), about(plugin), badge(plugin, plugin.id in waits)) for plugin in (*plugged().found.values(), *locking.absent(context.academy))
    ]
    return render("policy/plugins.html", rows=sorted(rows, key=lambda row: (row[0].id not in waits, row[1])))


@plugs.get("/manage/plugins/<plugin>", policy=may(PLUGINS), query=("saved",))
def one(plugin: str) -> Response:
    """What one plugin does with data; what is new since the academy agreed."""
    return _page(_known(plugin), said=_(SAID.get(request.args.get("saved", ""), "")))


@plugs.post("/manage/plugins/<plugin>", policy=may(PLUGINS, fresh=True))
def decide(plugin: str) -> Response:
    """Agree to what was shown, so that it is on; or switch it off."""
    known, act = _known(plugin), request.form.get("act", "")
    was_on = known.id in context.academy.plugins
    try:
        if act == "off":
            locking.turn_off(known)
        elif act == "agree":
            locking.agree(known, request.form.get("seen", ""))
        else:
            raise Problem(422, _("Nothing was chosen."), remedy=_("Use one of the buttons."))
    except Problem as problem:
        return _page(known, problem.status, problem=problem)
    return to(url_for(".one", plugin=plugin, saved="off" if act == "off" else "agreed" if was_on else "on"))


def _known(id: str) -> Plugin:
    found = plugged().get(id) or next((one for one in locking.absent(context.academy) if one.id == id), None)
    if found is None:
        raise NotHere
    return found


def _page(plugin: Plugin, status: int = 200, *, said: str = "", problem: Problem | None = None) -> Response:
    waits = {one.id: different for one, different in locking.waiting(context.academy)}.get(plugin.id, [])
    is_on, lock = plugin.id in context.academy.plugins, lock_of(session(), context.academy.id, plugin.id)
    different = waits or locking.whole(plugin)
    declares = plugin.declares or (lock.declarations if lock is not None else {})
    by = session.get(Person, {"academy_id": context.academy.id, "id": lock.agreed_by}) if lock is not None and lock.agreed_by else None
    return render(
        "policy/plugin.html", status, plugin=plugin, name=name_of(plugin), about=about(plugin), badge=badge(plugin, bool(waits)), is_on=is_on,
        waits=bool(waits), runs=plugin.state is PluginState.OK, lines=differences.lines(different), unchanged=differences.unchanged(different),
        material=any(change.material for change in different), lock=lock, by=by.name if by is not None else "",
        tables=sorted({id.partition(".")[0] for id in declares.get("column", {})}), columns=len(declares.get("column", {})),
        known=plugin.healthy or lock is not None,
        needs=[name_of(found) if (found := plugged().get(id)) else id for id in (plugin.manifest.requires if plugin.manifest else ())],
        missing=locking.missing(plugin, context.academy.plugins), said=said, problem=problem,
    )  # fmt: skip


def name_of(plugin: Plugin) -> str:
    """What staff call a plugin."""
    return plugin.id.replace("_", " ").capitalize()


def about(plugin: Plugin) -> str:
    """What its author says of it: the first sentence of the package."""
    if plugin.state in (PluginState.BROKEN, PluginState.ORPHAN):
        return ""
    return _((importlib.import_module(plugin.package).__doc__ or "").strip().partition("\n")[0])


def badge(plugin: Plugin, waits: bool) -> tuple[str, str]:
    """How it stands here: kind and words of its badge."""
    if plugin.state is not PluginState.OK:
        return "bad", _(DOES_NOT_RUN[plugin.state])
    if plugin.id not in context.academy.plugins:
        return "", _("Off")
    return ("warn", _("Waits for you")) if waits else ("ok", _("On"))


def today() -> Iterator[Matter]:
    """Plugins whose upgrade does more and waits for an owner, for the staff's first page; less, or other words, are no news there."""
    for plugin, different in _waiting():
        if any(change.material for change in different):
            found, name = differences.lines(different), name_of(plugin)
            yield Matter(
                title=_("An upgrade waits for you: %(name)s", name=name), text=_more(sum(line.waits for line in found), _in_use(found)), icon="plug",
                url=url_for("plugs.one", plugin=plugin.id), verb=_("Decide"), label=_("Decide: the upgrade of %(name)s", name=name),
            )  # fmt: skip


def _in_use(found: Iterable[Any]) -> int:
    return sum(line.material and not line.waits for line in found)


def _more(held: int, used: int) -> str:
    """What an upgrade would do, and how much of it is held back."""
    told = [_("It would do more with data than was agreed to.")]
    if held:
        told.append(ngettext("One thing of it is not in use before you agree.", "%(num)s things of it are not in use before you agree.", held))
    if used:
        one = "One thing is in use already: the portal cannot hold it back."
        told.append(ngettext(one, "%(num)s things are in use already: the portal cannot hold them back.", used))
    return " ".join(told)


def _waiting() -> list[Any]:
    return locking.waiting(context.academy) if permitted(PLUGINS) else []
