# SPDX-License-Identifier: MIT
"""Every hook of the core. The docstring is the contract: who calls, when, in which transaction, what a failure does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pluggy

from upart.context import CurrentAcademy
from upart.hooks.records import MenuItem, Slot
from upart.hooks.routes import Blueprint

HOOK_API = "1.0"
"""Version of this file: hooks only gain arguments inside a major version."""

REMOVED_HOOKS: dict[str, str] = {}
"""Hook that is gone: what to do instead."""

hookspec = pluggy.HookspecMarker("upart")
hookimpl = pluggy.HookimplMarker("upart")


@hookspec
def upart_blueprints() -> list[Blueprint]:  # type: ignore[empty-body]
    """Give the plugin's pages.

    Called once at start, outside of any academy and session. Each `Blueprint` names its area; each
    route its policy and, on the site, a path below "/<id>/" or one of `Manifest.paths`. An
    exception, or a route without policy, makes the plugin *broken*; the portal runs.
    """


@hookspec
def upart_menu() -> list[MenuItem]:  # type: ignore[empty-body]
    """Give entries of the main navigation.

    Called once at start, outside of any academy and session. Shown only where the plugin is
    enabled. An exception makes the plugin *broken*.
    """


@hookspec
def upart_slots() -> list[Slot]:  # type: ignore[empty-body]
    """Give parts for slots of the core's pages ("home.section").

    Called once at start, outside of any academy and session; the parts' `values()` run while a page
    is rendered, in its read session, each isolated: an exception leaves that part out, is logged
    and counted, and after UPART_PLUGIN_FAILURES failures the plugin is quarantined.
    """


@hookspec
def upart_demo(academy: CurrentAcademy, people: Mapping[str, Any]) -> None:
    """Write example data for an academy of the demo.

    Called by `upart demo` once per academy that has the plugin enabled, when the demo is made, in a
    write session of that academy which the command commits. `people` are rows of `person` by first
    name in lower case ("theo"). An exception ends the command; nothing is kept.
    """
