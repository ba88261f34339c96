# SPDX-License-Identifier: MIT
"""Every night all academies let go of what they have kept long enough, as declared beside tables and columns; what went is noted in numbers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from upart import clock
from upart.academies.actions import every_academy, raise_epoch
from upart.db import everywhere, uuid7
from upart.db.scrub import scrub
from upart.errors import UpartError
from upart.hooks.agreed import as_agreed
from upart.jobs.actions import NotNow
from upart.privacy.register import TableEntry
from upart.rights.engine.groups import about
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.engine.removing import Counts
from upart.rights.engine.retaining import Periods, Retainer, Spare
from upart.rights.engine.subjects import Condition
from upart.rights.models import RetentionRun, RightsRequest
from upart.rights.restricting.holding import held_back
from upart.rights.restricting.models import Restriction
from upart.storage.removing import remove_bytes

log = logging.getLogger("upart.rights")

RETAIN = "rights.retain"
"""The task that does it."""

READ_AGAIN = timedelta(minutes=10)
"""When to try again to overwrite what has gone, while somebody reads an older state."""


class NotAllWent(UpartError):
    """Some tables could not be done; the others are."""


def asked_about(held: Holdings, entry: TableEntry) -> Condition | None:
    """Rows of open requests, and rows about people who have one: an answer must not change under their hands."""
    table, mine, is_open = held.tables[entry.table], RightsRequest.__tablename__, RightsRequest.done_at.is_(None)
    if entry.table == mine:
        return table.c.done_at.is_(None)
    people = {
        name: select(column).where(is_open, column.is_not(None))
        for name, column in (("person", RightsRequest.person_id), ("account", RightsRequest.account_id))
    }
    found: list[Condition] = [
        table.c[column.name].in_(select(RightsRequest.id).where(is_open)) for column, d in entry.declared() if d.kind == "ref" and d.source == mine
    ]
    found += [where for where in (about(held, entry, people),) if where is not None]
    return or_(*found) if found else None


def restricted(held: Holdings, entry: TableEntry) -> Condition | None:
    """Rows about people whose data are only stored for now (GDPR art. 18)."""
    with everywhere("is anybody's data restricted?") as opened:
        if not entry.owned or opened.scalar(select(Restriction.id).where(Restriction.lifted_at.is_(None)).limit(1)) is None:
            return None  # the condition costs much in each statement
    return held_back(held, entry.table)


SPARES: tuple[Spare, ...] = (asked_about, restricted)
"""What must not go yet, whatever its period."""


def retain(spares: Sequence[Spare] = SPARES) -> dict[str, int]:
    """For all academies: let go of what has been kept long enough. Returns how many rows went or were emptied, by table.

    Works in short transactions that can end anywhere; whoever starts again goes on. Opens its own doors. Raises
    NotAllWent after all others are done when tables could not be, NotNow while bytes cannot be overwritten yet.
    """
    now = clock.now()
    periods, went, failed = Periods(holdings(), now, spares), dict[str, int](), list[str]()
    with everywhere("whose periods are looked at?") as opened:
        platform, *others = every_academy(opened)
    for controller in (None, platform, *others):
        run = Run(controller or platform, now)
        retainer = Retainer(_agreed(periods, controller), controller, run.note)
        for entry in retainer.tables():
            try:
                if _is_due(retainer, entry):
                    retainer.retain(entry)
            except Exception:  # one table that fails must not stop the others
                log.exception("%s could not let go of what it has kept long enough", entry.table)
                failed.append(entry.table)
        went = {table: went.get(table, 0) + run.went.get(table, 0) for table in {*went, *run.went}}
    _overwrite(periods.held, went)
    if failed:
        raise NotAllWent(f"Not done: {', '.join(sorted(set(failed)))}.", remedy="The log says why. It is tried again by itself.")
    return went


def _agreed(periods: Periods, controller: UUID | None) -> Periods:
    """As this academy has agreed to them: an upgrade makes nothing stay longer before that."""
    if controller is None:
        return periods
    with everywhere("which periods has an academy agreed to?") as opened:
        held = as_agreed(periods.held, opened, controller)
    return periods if held is periods.held else Periods(held, periods.now, periods.spares)


def as_task() -> None:
    """Task: what `retain()` does."""
    retain()


def _is_due(retainer: Retainer, entry: TableEntry) -> bool:
    with everywhere("has anything been kept long enough?") as opened:
        return retainer.is_due(opened, entry)


def _overwrite(held: Holdings, went: dict[str, int]) -> None:
    """What has gone leaves the disk too. Also when nothing went this time: whoever was stopped before may have left it."""
    remove_bytes()
    if not scrub(sorted(went) if went else (), set(went)):
        raise NotNow("Somebody still reads an older state of the database.", wait=READ_AGAIN)


class Run:
    """Notes what goes at one academy, in the transaction in which it goes."""

    def __init__(self, academy_id: UUID, now: datetime) -> None:
        self.academy_id, self.now = academy_id, now
        self.went: dict[str, int] = {}
        self._rows: dict[str, UUID] = {}

    def note(self, opened: Session, counts: Counts) -> None:
        """Add the counts of a batch; pages that are kept by caches may show what has gone."""
        for table, fates in counts.items():
            self.went[table] = self.went.get(table, 0) + fates.total()
            id = self._rows.setdefault(table, uuid7())
            row = opened.get(RetentionRun, {"academy_id": self.academy_id, "id": id})
            if row is None:
                row = RetentionRun(academy_id=self.academy_id, id=id, table=table, deleted=0, emptied=0, at=self.now)
                opened.add(row)
                raise_epoch(opened, self.academy_id)
            row.deleted += fates["deleted"]
            row.emptied += fates["emptied"]
