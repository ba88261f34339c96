# SPDX-License-Identifier: MIT
"""Periods in whole days: when one ends that began on a day, and which days' periods have ended. Both ways agree to the second.

A period ends with the day that bears the same number (31 January and one month: 28 or 29 February), so what it
holds may go at the beginning of the next day (German Civil Code § 188 (2, 3); Regulation (EEC, Euratom) 1182/71, art. 3).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)


def start_of(day: date, zone: tzinfo = UTC) -> datetime:
    """The instant at which a day begins somewhere, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def ended(begun: datetime, *, months: int = 0, days: int = 0, zone: tzinfo = UTC) -> datetime:
    """From which instant on the period is over that began at this one."""
    return start_of(begun.astimezone(zone).date() + relativedelta(months=months, days=days) + DAY, zone)


def newest_ended(now: datetime, *, months: int = 0, days: int = 0, zone: tzinfo = UTC) -> datetime:
    """Periods that began before this instant are over now."""
    last = now.astimezone(zone).date() - DAY
    begun = last - relativedelta(days=days)
    if months:
        begun = begun - relativedelta(months=months)
        # The last day of a short month ends the periods of all later days of longer ones.
        if not days and _is_last(last):
            begun = begun.replace(day=monthrange(begun.year, begun.month)[1])
    return start_of(begun + DAY, zone)


def _is_last(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]
