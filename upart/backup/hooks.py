# SPDX-License-Identifier: MIT
"""How backups plug in."""

from __future__ import annotations

from upart.backup.health import CHECKS
from upart.backup.settling import RESTORED
from upart.hooks.health import HealthCheck
from upart.hooks.records import EventType
from upart.hooks.specs import hookimpl


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to the whole installation; it stands in the platform's list."""
    return [EventType(name=RESTORED, sentence="a backup was restored", webhook=False)]


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """Database, backups, ledger, disks."""
    return CHECKS
