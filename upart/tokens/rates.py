# SPDX-License-Identifier: MIT
"""How many requests of programs are worked on in a minute: counted in this process, and every so often in the database, where all processes count.

A process lets through at most a tenth of a limit before it knows what the others have let through. What the page cache
answers is the same for every visitor and costs next to nothing: it is not counted.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from flask import Flask, current_app, request
from sqlalchemy.exc import DBAPIError

from upart import clock
from upart.accounts.limits import add
from upart.config import Config
from upart.errors import Problem

METER = "upart_meter"
LEFT = "upart.left"
"""Key of the environ under which it stands what may still be asked; told by the gate of origins, outside of the page cache."""

WINDOW = timedelta(minutes=1)
FIXED = {"wrong token": 20, "exchange": 60}
"""Requests in a window from one network: with tokens that open nothing, and for new tokens."""

TOLD = ("network", "token")
"""Limits of which programs are told; how much an academy is asked is nobody's business."""

SHARE = 10
"""Into so many parts a limit is divided; a process tells the others after each part."""

MOST = 20_000
"""Keys that are counted at a time."""

PATIENCE = 0.05
"""Seconds for which a request waits for others who write, only to be counted by all."""


class Left(NamedTuple):
    """How much of a limit is left in this window, as far as this process knows, and in how many seconds the next one begins. Below 0: it was too much."""

    what: str
    limit: int
    left: int
    seconds: int

    def headers(self) -> list[tuple[str, str]]:
        """For programs (IETF draft-ietf-httpapi-ratelimit-headers-10)."""
        policy, left = f'"{self.what}";q={self.limit};w={WINDOW.seconds}', f'"{self.what}";r={max(self.left, 0)};t={self.seconds}'
        return [("RateLimit-Policy", policy), ("RateLimit", left)]


@dataclass(slots=True)
class Counted:
    """What is known of one key in this window: requests here since the last word to the others, and all."""

    began: datetime
    own: int = 0
    all: int = 0


class Meter:
    """Counts, up to these limits; what has none is not counted. One for each process."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self.limits = dict(limits)
        self._counted: OrderedDict[tuple[str, str], Counted] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, what: str, key: str) -> Left | None:
        """Count a request of this kind for a key: what is left, or None without a limit. Outside of a transaction that writes."""
        limit, now = self.limits.get(what, 0), clock.now()
        if not limit:
            return None
        with self._lock:
            one = self._of((what, key), now)
            one.own, one.all = one.own + 1, one.all + 1
            full, more = one.all > limit, one.own
            if due := not full and more >= max(1, limit // SHARE):
                one.own = 0
        if due:
            with suppress(DBAPIError):
                self._agree(one, *add(f"calls: {what}", key, more, window=WINDOW, patience=PATIENCE))
        return Left(what, limit, limit - one.all, math.ceil(max((one.began + WINDOW - now).total_seconds(), 1)))

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


def init_app(app: Flask, config: Config) -> None:
    """Give an application its meter."""
    chosen = {"token": config.api_per_token, "network": config.api_per_network, "academy": config.api_per_academy}
    app.extensions[METER] = Meter({**chosen, **FIXED})


def count_call(what: str, key: str) -> None:
    """Count a request: "token", "network", "academy". Raises Problem 429."""
    left = cast(Meter, current_app.extensions[METER]).count(what, key)
    if left is None:
        return
    if what in TOLD:
        request.environ[LEFT] = left
    if left.left < 0:
        remedy = f"Wait {left.seconds} seconds and go on more slowly."
        raise Problem(429, "Too many requests.", remedy=remedy, code="too_many_requests", retry=left.seconds)
