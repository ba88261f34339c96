# SPDX-License-Identifier: MIT
"""How many requests of programs are answered in a minute: counted in this process, and every so often in the database, where all processes count.

A process lets through at most a tenth of a limit before it knows what the others have let through.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from upart import clock
from upart.accounts.limits import add
from upart.errors import Problem

METER = "upart_meter"
WINDOW = timedelta(minutes=1)
LIMITS = {"token": 300, "network": 600, "academy": 6000, "wrong token": 20, "exchange": 60}
"""Requests in a window: with one token or key, from one network, at one academy; with tokens that open nothing, and for new tokens, from one network."""

SHARE = 10
"""Into so many parts a limit is divided; a process tells the others after each part."""

MOST = 20_000
"""Keys that are counted at a time."""

PATIENCE = 0.05
"""Seconds for which a request waits for others who write, only to be counted by all."""


@dataclass
class Counted:
    """What is known of one key in this window: requests here since the last word to the others, and all."""

    began: datetime
    own: int = 0
    all: int = 0


class Meter:
    """Counts. One for each process."""

    def __init__(self) -> None:
        self._counted: OrderedDict[tuple[str, str], Counted] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, what: str, key: str) -> None:
        """Count a request of this kind for a key. Raises Problem 429 when there were too many. Outside of a transaction that writes."""
        limit, now = LIMITS[what], clock.now()
        with self._lock:
            one = self._of((what, key), now)
            one.own, one.all = one.own + 1, one.all + 1
            full, more = one.all > limit, one.own
            if due := not full and more >= max(1, limit // SHARE):
                one.own = 0
        if due:
            with suppress(DBAPIError):
                self._agree(one, *add(f"calls: {what}", key, more, window=WINDOW, patience=PATIENCE))
            full = one.all > limit
        if full:
            left = math.ceil(max((one.began + WINDOW - now).total_seconds(), 1))
            raise Problem(429, "Too many requests.", remedy=f"Wait {left} seconds and go on more slowly.", code="too_many_requests", retry=left)

    def _of(self, key: tuple[str, str], now: datetime) -> Counted:
        one = self._counted.pop(key, None)
        if one is None or not one.began <= now < one.began + WINDOW:
            one = Counted(now)
        self._counted[key] = one
        if len(self._counted) > MOST:
            self._counted.popitem(last=False)
        return one

    def _agree(self, one: Counted, counted: int, began: datetime) -> None:
        with self._lock:
            one.all, one.began = max(counted + one.own, one.all), max(began, one.began)


def init_app(app: Flask) -> None:
    """Give an application its meter."""
    app.extensions[METER] = Meter()


def count_call(what: str, key: str) -> None:
    """Count a request: "token", "network", "academy". Raises Problem 429."""
    cast(Meter, current_app.extensions[METER]).count(what, key)
