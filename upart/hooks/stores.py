# SPDX-License-Identifier: MIT
"""Stores outside the database (files of mail, a payment provider): the one place where an author writes access and erasure by hand."""

from __future__ import annotations

from upart.errors import UpartError
from upart.hooks.plugged import plugged
from upart.hooks.records import ExternalStore


def stores() -> list[ExternalStore]:
    """The stores of core and healthy plugins, by name; rights never ask whether a plugin is enabled."""
    found = [store for plugin in plugged().everything() for store in plugin.stores]
    return sorted(found, key=lambda store: store.name)


def store_named(name: str) -> ExternalStore:
    """The store of this name. Raises UpartError when its plugin is gone: then it is not done."""
    for store in stores():
        if store.name == name:
            return store
    raise UpartError(f"The store '{name}' cannot be reached.", remedy="Install and repair the plugin that knows it.")
