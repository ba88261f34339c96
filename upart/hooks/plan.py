# SPDX-License-Identifier: MIT
"""Run-time calls into plugins: planned once per set of enabled plugins, each isolated and counted."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from upart.errors import SignInNeeded
from upart.hooks.assets import Asset
from upart.hooks.loaded import Plugin, Plugins
from upart.hooks.models import PluginState
from upart.hooks.records import Area, MenuItem, Slot

log = logging.getLogger("upart.hooks")


class Dispatcher:
    """Calls what plugins have registered; a plugin that keeps failing is quarantined."""

    def __init__(self, plugins: Plugins, failures_allowed: int, on_quarantine: Callable[[Plugin, str], None]) -> None:
        self.plugins = plugins
        self.failures_allowed = failures_allowed
        self.on_quarantine = on_quarantine
        self.failures: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.slots = lru_cache(maxsize=1024)(self._slots)
        self.menu = lru_cache(maxsize=1024)(self._menu)
        self.assets = lru_cache(maxsize=1024)(self._assets)

    def _running(self, enabled: frozenset[str]) -> list[Plugin]:
        return [plugin for plugin in self.plugins.healthy() if plugin.id in enabled]

    def _slots(self, name: str, enabled: frozenset[str]) -> tuple[tuple[Plugin, Slot], ...]:
        parts = [(plugin, slot) for plugin in [*self.plugins.core, *self._running(enabled)] for slot in plugin.slots if slot.name == name]
        return tuple(sorted(parts, key=lambda part: part[1].order))

    def _menu(self, enabled: frozenset[str], area: Area = Area.SITE) -> tuple[MenuItem, ...]:
        items = (item for plugin in [*self.plugins.core, *self._running(enabled)] for item in plugin.menu if item.area is area)
        return tuple(sorted(items, key=lambda item: item.order))

    def _assets(self, enabled: frozenset[str]) -> tuple[tuple[Plugin, Asset], ...]:
        return tuple((plugin, asset) for plugin in self._running(enabled) for asset in plugin.assets)

    def isolated(self, plugin: Plugin, call: Callable[[], Any], what: str) -> Any:
        """The answer of `call`, or None when it failed; counts failures."""
        if not plugin.healthy:
            return None
        try:
            return call()
        except SignInNeeded:
            return None  # a part with private data stays away from somebody who is not fresh
        except Exception as error:  # whatever a plugin raises must not take the page with it
            log.exception("plugin %s failed in %s", plugin.id, what)
            self._count(plugin, f"{what}: {type(error).__name__}: {error}")
            return None

    def _count(self, plugin: Plugin, reason: str) -> None:
        with self._lock:
            self.failures[plugin.id] += 1
            full = self.failures[plugin.id] == self.failures_allowed
        if full:
            self.quarantine(plugin, reason)
            self.on_quarantine(plugin, reason)

    def quarantine(self, plugin: Plugin, reason: str) -> None:
        """Stop calling a plugin in this process; its pages and data stay."""
        plugin.state, plugin.reason = PluginState.QUARANTINED, reason
        plugin.remedy = f"Correct or upgrade it, then run: upart plugins enable {plugin.id} --academy SLUG"
        self.slots.cache_clear()
        self.menu.cache_clear()
        self.assets.cache_clear()
