# SPDX-License-Identifier: MIT
"""Made-up visits for the demo, so that Trends has something to show; the page says that they are made up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from upart import clock
from upart.visits.summing import sum_up
from upart.visits.writing import begin_of, write

DAYS = 28
HOURS = range(7, 23)

Choices = tuple[tuple[str, int], ...]
"""A value and how often it comes up beside the others."""

PAGES: Choices = (
    ("/", 9),
    ("/courses/", 6),
    ("/courses/music-theory-from-zero", 5),
    ("/courses/bread-in-one-evening", 3),
    ("/sign-in", 2),
    ("/sign-up", 1),
)
BEFORE: Choices = (("", 5), ("/", 4), ("/courses/", 3))
REFERRERS: Choices = (("", 10), ("duckduckgo.com", 4), ("www.google.com", 4), ("mastodon.social", 1), ("www.vhs.example", 2))
AGENTS: tuple[tuple[tuple[str, str, str], int], ...] = (
    (("phone", "Android", "Chrome 142"), 6), (("phone", "iPhone", "Safari 26"), 5), (("computer", "Windows", "Edge 142"), 3),
    (("computer", "Linux", "Firefox 145"), 3), (("computer", "macOS", "Safari 26"), 2), (("tablet", "iPad", "Safari 26"), 1),
)  # fmt: skip
LANGUAGES: Choices = (("de", 8), ("en", 5), ("tr", 1), ("uk", 1))


def fill(academy_id: UUID) -> None:
    """Write some weeks of visits of an academy, and sum them up."""
    write(list(_rows(academy_id, random.Random(str(academy_id)))))  # noqa: S311 - made up
    sum_up()


def _rows(academy_id: UUID, dice: random.Random) -> Iterator[dict[str, Any]]:
    today = begin_of(clock.now())
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        for _ in range(int((26 if day.weekday() < 5 else 15) * (1.4 - back / DAYS / 2) * dice.uniform(0.7, 1.3))):
            yield _row(academy_id, day, dice)


def _row(academy_id: UUID, day: datetime, dice: random.Random) -> dict[str, Any]:
    page, before = _one(dice, PAGES), _one(dice, BEFORE)
    (device, system, browser), is_bot = _one(dice, AGENTS), dice.random() < 0.1
    return {
        "academy_id": academy_id, "id": uuid4(), "day": day, "minute": day + timedelta(hours=dice.choice(HOURS), minutes=dice.randrange(60)), "route": page,
        "before": "" if is_bot or before == page else before, "referrer": "" if before else _one(dice, REFERRERS), "device": "other" if is_bot else device,
        "system": "other" if is_bot else system, "browser": "other" if is_bot else browser, "language": _one(dice, LANGUAGES), "country": "",
        "network": "", "is_bot": is_bot,
    }  # fmt: skip


def _one(dice: random.Random, choices: tuple[tuple[Any, int], ...]) -> Any:
    values, weights = zip(*choices, strict=True)
    return dice.choices(values, weights)[0]
