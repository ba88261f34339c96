# SPDX-License-Identifier: MIT
"""Switch plugins on and off, and agree to what an upgrade adds: what was shown is what is agreed to."""

from __future__ import annotations

from collections.abc import Collection

from upart.academies.actions import accept_declarations
from upart.academies.switching import switch_off, switch_on
from upart.context import CurrentAcademy, context
from upart.db import session
from upart.errors import Problem
from upart.events.actions import emit
from upart.hooks.loaded import Plugin
from upart.hooks.locks import difference, lock_of
from upart.hooks.models import PluginState
from upart.hooks.plugged import plugged
from upart.privacy.changes import Change, changes
from upart.theming.locales import gettext as _


def waiting(academy: CurrentAcademy) -> list[tuple[Plugin, list[Change]]]:
    """Plugins that are on and declare something else than this academy has agreed to, with what is different. Needs a session of it."""
    found = []
    for plugin in plugged().healthy():
        if plugin.id in academy.plugins and (lock := lock_of(session(), academy.id, plugin.id)) is not None and lock.digest != plugin.digest:
            found.append((plugin, difference(lock, plugin)))
    return [(plugin, different) for plugin, different in found if different]


def absent(academy: CurrentAcademy) -> list[Plugin]:
    """Plugins that are on here and not installed any more."""
    reason, remedy = _("It is not installed any more; what it holds is still here."), _("Ask whoever runs the portal to install it again, or switch it off.")
    return [Plugin(id, state=PluginState.ORPHAN, reason=reason, remedy=remedy) for id in sorted(academy.plugins) if plugged().get(id) is None]


def whole(plugin: Plugin) -> list[Change]:
    """All that a plugin declares, as if it was new."""
    return changes({}, plugin.declares)


def missing(plugin: Plugin, enabled: Collection[str]) -> list[str]:
    """Other plugins that this one needs and that are off."""
    return [name for name in (plugin.manifest.requires if plugin.manifest else ()) if name not in enabled]


def needing(id: str, enabled: Collection[str]) -> list[str]:
    """Plugins that are on and need this one."""
    return [other.id for other in plugged().found.values() if other.id in enabled and other.manifest and id in other.manifest.requires]


def agree(plugin: Plugin, seen: str) -> None:
    """Switch a plugin on, or agree to what its upgrade adds. Needs a write session.

    `seen` is the digest of the declarations that were shown. Raises Problem 409 for others, for a plugin that cannot run or fails to
    begin, and for one that needs another one first.
    """
    academy = context.academy
    if plugin.state is not PluginState.OK:
        raise Problem(409, _("This plugin cannot run now."), remedy=plugin.remedy)
    if seen != plugin.digest:
        raise Problem(409, _("What this plugin declares has changed since the page was opened."), remedy=_("Read it again, then agree or not."))
    if off := missing(plugin, academy.plugins):
        raise Problem(409, _("It needs the plugin %(name)s, which is off.", name=off[0]), remedy=_("Switch that one on first."))
    by = context.person.id if context.person is not None else None
    if plugin.id not in academy.plugins:
        switch_on(plugin.id, by)
        emit("plugins.enabled", plugin=plugin.id)
    elif accept_declarations(session(), academy.id, plugin.id, by):
        emit("plugins.agreed", plugin=plugin.id)


def turn_off(plugin: Plugin) -> None:
    """Switch a plugin off; its data stay, and rights reach them. Needs a write session. Raises Problem 409 where another one needs it."""
    academy = context.academy
    if others := needing(plugin.id, academy.plugins):
        raise Problem(409, _("The plugin %(name)s needs it.", name=others[0]), remedy=_("Switch that one off first."))
    if switch_off(plugin.id):
        emit("plugins.disabled", plugin=plugin.id)
