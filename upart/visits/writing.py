# SPDX-License-Identifier: MIT
"""From what a request said to a row of `visit`; raw texts end here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from upart.academies.models import Academy
from upart.db import everywhere
from upart.visits.browsers import agent_of, language_of, referrer_of
from upart.visits.models import Visit
from upart.visits.naming import Paths
from upart.visits.origins import Origins

PATIENCE = 1.0
"""Seconds for which visits wait for others who write; then they wait in memory."""

Raw = tuple[UUID, str, str, str, str, str, str, datetime]
"""Academy, host, page, Referer, User-Agent, Accept-Language, internet address if it is looked up, when."""


def begin_of(moment: datetime) -> datetime:
    """The begin of a moment's day (UTC)."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def row_of(raw: Raw | dict[str, Any], paths: Paths, origins: Origins) -> dict[str, Any]:
    """The row of one visit; one that was made before stays the same, so that it is known again after an end that nobody saw.

    Its id is wholly random: one that rose with time would tell more than the minute, and who came after whom.
    """
    if isinstance(raw, dict):
        return raw
    academy, host, page, referer, says, languages, address, at = raw
    agent = agent_of(says)
    referrer, path = referrer_of(referer, host)
    country, network = origins.of(address)
    minute = at.replace(second=0, microsecond=0)
    paths.served(page)
    return {
        "academy_id": academy, "id": uuid4(), "day": begin_of(at), "minute": minute, "route": page, "before": paths.page_at(path) if path else "",
        "referrer": referrer, "device": agent.device, "system": agent.system, "browser": agent.browser, "language": language_of(languages),
        "country": country, "network": network, "is_bot": agent.is_bot,
    }  # fmt: skip


def write(rows: list[dict[str, Any]]) -> None:
    """Write visits, in a transaction of its own; safe to repeat. An academy that has gone meanwhile has none."""
    with everywhere("write visits that were counted", write=True, patience=PATIENCE) as opened:
        there = set(opened.scalars(select(Academy.id).where(Academy.id.in_({row["academy_id"] for row in rows}))))
        if kept := [row for row in rows if row["academy_id"] in there]:
            insert: Any = (sqlite if opened.get_bind().dialect.name == "sqlite" else postgresql).insert(Visit)
            opened.execute(insert.on_conflict_do_nothing(), kept)
