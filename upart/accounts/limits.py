# SPDX-License-Identifier: MIT
"""How often something may be tried: counted before the work is done, in a transaction of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import Update, case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from upart import clock
from upart.accounts.models import Attempt
from upart.db import everywhere, session, uuid7
from upart.errors import Problem
from upart.keys import ring

WINDOW = timedelta(minutes=15)
FAILURES = 10
"""Failed tries with one account, and from one network, within the window. Successful ones are taken back."""

MAILS = 20
"""Mails that one network may cause within the window."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Counted tries, which can be taken back."""

    what: str
    digests: tuple[str, ...]

    def forgive(self) -> None:
        """These tries were right: they do not count. Written with what they were for, so that both happen or neither."""
        session.execute(self._one_less())

    def drop(self) -> None:
        """These tries were never made: take them back at once, whatever comes. Before the door's first statement."""
        with everywhere("take back tries that were not made", write=True) as opened:
            opened.execute(self._one_less())

    def _one_less(self) -> Update:
        mine = update(Attempt).where(Attempt.what == self.what, Attempt.key_digest.in_(self.digests), Attempt.count > 0)
        return mine.values(count=Attempt.count - 1).execution_options(synchronize_session=False)


def network_of(address: str) -> str:
    """The network of an address: /24 for IPv4, /56 for IPv6; what one household or office has."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False).network_address)


def count_try(what: str, keys: Sequence[str], *, limit: int = FAILURES) -> Tries:
    """Count a try of `what` for each key, before doing it. Raises Problem 429 when one of them is used up."""
    # In one order, or two who try at once may wait for each other.
    digests = tuple(sorted(ring().pseudonym(key) for key in keys))
    with everywhere("count tries", write=True) as opened:
        counted = [_count(opened, what, digest) for digest in digests]
    if used_up := [began for count, began in counted if count > limit]:
        left = max(used_up) + WINDOW - clock.now()
        remedy = f"Wait {math.ceil(left / timedelta(minutes=1))} minutes and try again, or reset the password."
        raise Problem(429, "Too many tries.", remedy=remedy, code="too_many_tries", retry=math.ceil(left.total_seconds()))
    return Tries(what, digests)


def failed(what: str, key: str) -> tuple[int, datetime] | None:
    """How many tries of `what` with this key failed lately, and since when; None for none. Counting begins anew after a quarter of an hour."""
    mine = select(Attempt.count, Attempt.started_at).where(Attempt.what == what, Attempt.key_digest == ring().pseudonym(key), Attempt.count > 0)
    with everywhere("how often did somebody try?") as opened:
        found = opened.execute(mine).first()
    return (found[0], found[1]) if found else None


def add(what: str, key: str, more: int, *, window: timedelta, patience: float) -> tuple[int, datetime]:
    """Add to what is counted of `what` for a key: how much it is in this window, in all processes, and when the window began."""
    with everywhere("count requests", write=True, patience=patience) as opened:
        return _count(opened, what, ring().pseudonym(key), more, window)


def _count(opened: Session, what: str, digest: str, more: int = 1, window: timedelta = WINDOW) -> tuple[int, datetime]:
    """How often in this window, and when the window began."""
    now = clock.now()
    over = Attempt.started_at < now - window
    insert: Any = (sqlite if opened.get_bind().dialect.name == "sqlite" else postgresql).insert(Attempt)
    counted = insert.values(id=uuid7(), what=what, key_digest=digest, started_at=now, count=more).on_conflict_do_update(
        index_elements=["what", "key_digest"],
        set_={"count": case((over, more), else_=Attempt.count + more), "started_at": case((over, now), else_=Attempt.started_at)},
    )
    count, began = opened.execute(counted.returning(Attempt.count, Attempt.started_at)).one()
    return count, began
