# SPDX-License-Identifier: MIT
"""When something is planned for: a time of day that somebody typed, in their zone, becomes an instant."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """On this day the clocks go forward, and this time of day is left out."""


def instant_of(local: datetime, zone: str) -> datetime:
    """The instant of a local time without zone; of the two when clocks go back, the first. Raises NoSuchTime when clocks skip it."""
    there = local.replace(tzinfo=ZoneInfo(zone))
    instant = there.astimezone(UTC)
    if instant.astimezone(there.tzinfo).replace(tzinfo=None) != local:
        raise NoSuchTime(f"{local:%H:%M} is left out on {local:%Y-%m-%d}")
    return instant
