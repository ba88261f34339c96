# SPDX-License-Identifier: MIT
"""Plugins are told that an academy has switched them on or off, in the transaction of the switch."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from upart.academies.actions import disable_plugin, enable_plugin
from upart.context import CurrentAcademy, context
from upart.db import session
from upart.errors import Problem
from upart.hooks.plugged import plugged
from upart.theming.locales import gettext as _

log = logging.getLogger("upart.hooks")


def switch_on(plugin: str, by: Any = None) -> bool:
    """Switch a plugin on for the current academy; False if it was on. Needs a write session of it.

    Raises Problem 409 when the plugin fails to begin: then nothing of the transaction may be kept.
    """
    if not enable_plugin(session(), context.academy.id, plugin, by):
        return False
    begin(plugin)
    return True


def switch_off(plugin: str) -> bool:
    """Switch a plugin off for the current academy; False if it was off. Needs a write session of it. Nothing that the plugin does can prevent it."""
    if not disable_plugin(session(), context.academy.id, plugin):
        return False
    academy = context.academy
    for implementation in _of("upart_academy_disabled", plugin):
        try:
            with session().begin_nested():
                _call(implementation, replace(academy, plugins=academy.plugins - {plugin}))
        except Exception:  # whoever switches a broken plugin off must succeed
            log.exception("plugin %s failed in upart_academy_disabled", plugin)
    return True


def begin(plugin: str) -> None:
    """Tell a plugin that it is on at the current academy now. Raises Problem 409 when it fails."""
    academy = context.academy
    for implementation in _of("upart_academy_enabled", plugin):
        try:
            _call(implementation, replace(academy, plugins=academy.plugins | {plugin}))
            session().flush()
        except Problem:
            raise
        except Exception as error:
            log.exception("plugin %s failed in upart_academy_enabled", plugin)
            message = _("The plugin %(name)s could not begin, so it stays off: %(why)s", name=plugin, why=f"{type(error).__name__}: {error}")
            raise Problem(409, message, remedy=_("Ask whoever runs the portal to correct the plugin.")) from error


def begin_all() -> None:
    """Tell all plugins that are on at the current academy, which has just been made, in the order of their requirements."""
    for plugin in plugged().healthy():
        if plugin.id in context.academy.plugins:
            begin(plugin.id)


def _of(hook: str, plugin: str) -> list[Any]:
    known = plugged().get(plugin)
    found = getattr(plugged().manager.hook, hook).get_hookimpls() if known is not None and known.healthy else []
    return [one for one in found if one.plugin_name == plugin]


def _call(implementation: Any, academy: CurrentAcademy) -> None:
    with context.set(academy, context.person):
        implementation.function(*((academy,) if implementation.argnames else ()))
