# SPDX-License-Identifier: MIT
"""What plugins hand over: records whose fields are the words of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from upart.privacy.words import HoldsNothing

SLOTS = ("home.section",)
"""Places on the core's pages that a plugin may fill."""


class Area(StrEnum):
    """Where a plugin's pages live."""

    SITE = "site"
    ACCOUNT = "account"
    TEACH = "teach"
    MANAGE = "manage"


@dataclass(frozen=True)
class Manifest:
    """A plugin's face: what it is called, needs and brings.

    `hook_api`: range of hook versions (PEP 440, ">=1,<2"). `requires`: other plugins' ids with
    ranges. `table_prefix`: beginning of all its table names, by default "<id>_". `models`: dotted
    module. `migrations`: folder of the package. `paths`: prefixes of site pages, with slashes, besides
    "/<id>/". `privacy`: holds_nothing("why") for a plugin without personal data.
    """

    id: str
    version: str
    hook_api: str = ">=1,<2"
    requires: Mapping[str, str] = field(default_factory=dict)
    table_prefix: str = ""
    models: str | None = None
    migrations: str | None = None
    paths: tuple[str, ...] = ()
    privacy: HoldsNothing | None = None

    @property
    def prefix(self) -> str:
        """The prefix of its tables."""
        return self.table_prefix or f"{self.id}_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A part for a slot of the core's pages: data and a template, never HTML.

    `values()` runs inside the page's read session and returns the template's values, or None to show
    nothing. An exception leaves the part out and counts against the plugin.
    """

    name: str
    template: str
    values: Callable[[], Mapping[str, Any] | None]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """An entry of the main navigation: label (translated when shown), endpoint, place in the order."""

    label: str
    endpoint: str
    order: int = 100
