# SPDX-License-Identifier: MIT
"""The one name of time. Instants are timezone-aware UTC; tests and the demo move one hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """The current instant, UTC, to the microsecond."""
    return datetime.now(UTC) + _offset


def offset() -> timedelta:
    """How far the clock stands from the machine's; zero outside of tests and demo."""
    return _offset


def monotonic() -> float:
    """Seconds that never run backwards, for durations and time-outs."""
    return time.monotonic()


def start_at(instant: datetime) -> None:
    """Let the clock run on from `instant` (setting UPART_TEST_NOW)."""
    global _offset
    _offset = instant.astimezone(UTC) - datetime.now(UTC)


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move the clock by this much for the block."""
    global _offset
    before, _offset = _offset, _offset + by
    try:
        yield
    finally:
        _offset = before
