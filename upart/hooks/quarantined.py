# SPDX-License-Identifier: MIT
"""Plugins that failed too often stay out, also after a restart, until they are enabled again or their version changes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from upart.db import everywhere
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.models import PluginRecord, PluginState


def remember(plugin: Plugin, reason: str) -> None:
    """Write down that a plugin is out, and why. Opens a door of its own."""
    with everywhere(f"remember that plugin {plugin.id} is quarantined", write=True) as session:
        record = session.scalar(select(PluginRecord).where(PluginRecord.plugin == plugin.id))
        if record is not None:
            record.state, record.reason = PluginState.QUARANTINED, reason[:500]


def remembered(plugins: Plugins) -> Iterator[tuple[Plugin, str]]:
    """Those that are out still, with the reason; none where the tables are not there yet."""
    out = select(PluginRecord.plugin, PluginRecord.version, PluginRecord.reason).where(PluginRecord.state == PluginState.QUARANTINED)
    try:
        with everywhere("read which plugins are quarantined") as session:
            found = session.execute(out).all()
    except SQLAlchemyError:
        return
    for id, version, reason in found:
        plugin = plugins.get(id)
        if plugin is not None and plugin.healthy and plugin.version == version:
            yield plugin, reason
