# SPDX-License-Identifier: MIT
"""Does the clock agree with what has happened?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from upart import clock
from upart.db import everywhere
from upart.events.models import Event
from upart.hooks.health import Finding, HealthCheck, critical, good

AHEAD = timedelta(minutes=2)
"""How far in the future something may have happened."""


def time() -> Iterator[Finding]:
    """Does the clock agree with what has happened, and with the database server's?"""
    with everywhere("what time is it?") as opened:
        last: datetime | None = opened.scalar(select(func.max(Event.at)))
        server = opened.scalar(select(func.now())) if opened.get_bind().dialect.name == "postgresql" else clock.now() - clock.offset()
    if last is not None and last - clock.now() > AHEAD:
        yield critical("clock", f"The newest event happened {last - clock.now()} from now: the clock was set back.", "Set the machine's clock (NTP).")
    elif server is not None and abs(server - clock.now() + clock.offset()) > AHEAD:
        yield critical("clock", "The clocks of this machine and of the database server differ.", "Set both by NTP.")
    else:
        yield good("clock", "It agrees with what has happened.")


CLOCK = HealthCheck(key="clock", label="Clock", run=time, installation=True)
