# SPDX-License-Identifier: MIT
"""What the loader has found: each plugin with its parts, or with the reason why it was set aside."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType

import pluggy
from sqlalchemy import Table

from upart.errors import UpartError
from upart.hooks.assets import Asset
from upart.hooks.blocks import BlockType
from upart.hooks.chosen import Setting
from upart.hooks.health import HealthCheck
from upart.hooks.matters import Waiting
from upart.hooks.models import PluginState
from upart.hooks.records import (
    ConsentPurpose,
    Cookie,
    Decision,
    EventType,
    ExternalStore,
    Invariant,
    Manifest,
    MenuItem,
    Permission,
    Recipient,
    Searchable,
    Slot,
    Task,
)
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.privacy import register
from upart.privacy.changes import Declared


@dataclass
class Plugin:
    """One plugin as found: its manifest and parts when healthy, reason and remedy when broken."""

    id: str
    version: str = ""
    state: PluginState = PluginState.OK
    reason: str = ""
    remedy: str = ""
    package: str = ""
    module: ModuleType | None = None
    manifest: Manifest | None = None
    blueprints: list[Blueprint] = field(default_factory=list)
    menu: list[MenuItem] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    events: list[EventType] = field(default_factory=list)
    stores: list[ExternalStore] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    purposes: list[ConsentPurpose] = field(default_factory=list)
    cookies: list[Cookie] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    invariants: list[Invariant] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    searchables: list[Searchable] = field(default_factory=list)
    checks: list[HealthCheck] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    block_types: list[BlockType] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    declares: Declared = field(default_factory=dict)
    digest: str = ""

    @property
    def healthy(self) -> bool:
        """True if it was taken in."""
        return self.state is PluginState.OK

    @property
    def folder(self) -> Path:
        """Where its templates and migrations lie: its package; of a plugin of one file the folder beside it that has its name."""
        top = sys.modules[self.package]
        return Path(next(iter(top.__path__))) if hasattr(top, "__path__") else Path(str(top.__file__)).with_suffix("")

    def break_with(self, error: UpartError) -> None:
        """Set it aside with a reason and a remedy."""
        self.state, self.reason, self.remedy = PluginState.BROKEN, error.message, error.remedy


@dataclass
class Plugins:
    """All plugins of this installation, in the order of their `requires`, and the register of their data.

    `core` are the features of the core, which plug into the same hooks.
    """

    found: dict[str, Plugin]
    manager: pluggy.PluginManager
    register: register.Register
    core: list[Plugin] = field(default_factory=list)

    @cached_property
    def core_modules(self) -> frozenset[str]:
        """The names by which the core's features plug in."""
        return frozenset(feature.module.__name__ for feature in self.core if feature.module)

    def healthy(self) -> list[Plugin]:
        """Those that were taken in, dependencies first."""
        return [plugin for plugin in self.found.values() if plugin.healthy]

    def everything(self) -> list[Plugin]:
        """The core's features, then the healthy plugins."""
        return [*self.core, *self.healthy()]

    def tasks(self) -> dict[str, tuple[Plugin, Task]]:
        """All tasks by name, each with its owner."""
        return {task.name: (plugin, task) for plugin in self.everything() for task in plugin.tasks}

    def permissions(self, enabled: Collection[str] | None = None) -> dict[str, Permission]:
        """Permissions by name: of core and these plugins, of all healthy ones for None."""
        owners = (plugin for plugin in self.everything() if enabled is None or plugin.id == "core" or plugin.id in enabled)
        return {permission.name: permission for plugin in owners for permission in plugin.permissions}

    def events(self) -> dict[str, EventType]:
        """All event types by name."""
        return {type.name: type for plugin in self.everything() for type in plugin.events}

    def get(self, id: str) -> Plugin | None:
        """The plugin of this id, or None."""
        return self.found.get(id)
