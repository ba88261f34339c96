# SPDX-License-Identifier: MIT
"""Daily sums: a night's work for each academy, and the same sums of a day that has not ended, for the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CompoundSelect, String, bindparam, delete, func, insert, literal, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from upart import clock
from upart.db import everywhere, uuid7
from upart.visits.models import ROWS_DAYS, Measure, Visit, VisitDay
from upart.visits.writing import begin_of

BY: tuple[tuple[Measure, InstrumentedAttribute[str] | None, InstrumentedAttribute[str] | None], ...] = (
    (Measure.VISITS, None, None),
    (Measure.PAGES, Visit.route, None),
    (Measure.WAYS, Visit.route, Visit.before),
    (Measure.REFERRERS, Visit.referrer, None),
    (Measure.DEVICES, Visit.device, None),
    (Measure.SYSTEMS, Visit.system, None),
    (Measure.BROWSERS, Visit.browser, None),
    (Measure.LANGUAGES, Visit.language, None),
    (Measure.COUNTRIES, Visit.country, None),
    (Measure.NETWORKS, Visit.network, None),
)
"""What is summed up, by which column and by which page before. Never by two properties of a visitor together: that could be somebody."""

NOTHING = (Measure.WAYS, Measure.REFERRERS, Measure.LANGUAGES, Measure.COUNTRIES, Measure.NETWORKS)
"""Of these an empty value means that there was none, which is no line of a table."""

REST = "*"
"""What stands for all values of a day that have no sum of their own."""

NAMED = 500
"""Values of one measure that a day names at most, whatever browsers send."""

FEWEST_OF_A_PLACE = 10
"""Visits of a day that a country or network needs to be named: a small network may be one office, or one person."""

PLACES = {Measure.COUNTRIES: Visit.country, Measure.NETWORKS: Visit.network}

REDO = timedelta(days=ROWS_DAYS - 2)
"""How far back sums are made good, while all rows of a day are still there."""


def _all_sums() -> CompoundSelect[Any]:
    """What, value, page before, number: all sums of one day of an academy."""
    empty = literal("", String)
    of_the_day = Visit.academy_id == bindparam("academy"), Visit.day == bindparam("day")
    bots = select(literal(Measure.BOTS.value, String).label("what"), empty.label("value"), empty.label("before"), func.count().label("count"))
    parts = [bots.where(*of_the_day, Visit.is_bot)]
    for what, column, before in BY:
        by = [one for one in (column, before) if one is not None]
        part = select(literal(what.value, String), empty if column is None else column, empty if before is None else before, func.count())
        part = part.where(*of_the_day, ~Visit.is_bot).group_by(*by)
        parts.append(part.where(by[-1] != "") if what in NOTHING else part)
    return union_all(*parts)


SUMS = _all_sums()


class Sum(NamedTuple):
    """How many visits of a day had one thing in common."""

    what: Measure
    value: str
    before: str
    number: int


def sums(opened: Session, academy_id: UUID, day: datetime) -> list[Sum]:
    """All sums of one day of an academy. Needs a session over all."""
    found: dict[Measure, list[Sum]] = {}
    for what, value, before, number in opened.connection().execute(SUMS, {"academy": academy_id, "day": day}):
        found.setdefault(Measure(what), []).append(Sum(Measure(what), value, before, number))
    return [one for what, mine in found.items() for one in _folded(what, mine)]


def _folded(what: Measure, found: list[Sum]) -> list[Sum]:
    """The largest ones; the rest together."""
    fewest = FEWEST_OF_A_PLACE if what in PLACES else 0
    frequent = [one for one in found if one.number >= fewest and one.value != REST]
    named = sorted(frequent, key=lambda one: (-one.number, one.value, one.before))[:NAMED]
    rest = sum(one.number for one in found) - sum(one.number for one in named)
    return [*named, Sum(what, REST, "", rest)] if rest else named


def sum_up() -> None:
    """Task, hourly on the platform, for all academies: days that have ended and are not summed up yet, or not wholly. Opens its own doors."""
    today = begin_of(clock.now())
    for academy_id, day in _due(today):
        with everywhere("sum up a day's visits") as opened:
            found = sums(opened, academy_id, day)
        with everywhere("write a day's sums", write=True) as opened:
            write(opened, academy_id, day, found)


def _due(today: datetime) -> list[tuple[UUID, datetime]]:
    """Days with more visits than are summed up."""
    counted = select(Visit.academy_id, Visit.day, func.count()).where(Visit.day < today, Visit.day >= today - REDO).group_by(Visit.academy_id, Visit.day)
    totals = VisitDay.day < today, VisitDay.day >= today - REDO, VisitDay.what.in_((Measure.VISITS, Measure.BOTS))
    known = select(VisitDay.academy_id, VisitDay.day, func.sum(VisitDay.count)).where(*totals).group_by(VisitDay.academy_id, VisitDay.day)
    with everywhere("which days are not summed up?") as opened:
        summed = {(academy_id, day): total for academy_id, day, total in opened.execute(known)}
        found = opened.execute(counted).all()
    return [(academy_id, day) for academy_id, day, number in found if number > summed.get((academy_id, day), 0)]


def write(opened: Session, academy_id: UUID, day: datetime, found: Sequence[Sum]) -> None:
    """Put a day's sums in the place of those that were there; countries and networks that have none go from its visits too."""
    old = delete(VisitDay).where(VisitDay.academy_id == academy_id, VisitDay.day == day)
    opened.execute(old.execution_options(synchronize_session=False))
    common = {"academy_id": academy_id, "day": day}
    rows = [{**common, "id": uuid7(), "what": one.what, "value": one.value, "before": one.before, "count": one.number} for one in found]
    if rows:
        opened.execute(insert(VisitDay), rows)
    for what, column in PLACES.items():
        named = [one.value for one in found if one.what is what]
        if REST in named:
            rare = update(Visit).where(Visit.academy_id == academy_id, Visit.day == day, column.not_in(["", *named]))
            opened.execute(rare.values({column: REST}).execution_options(synchronize_session=False))
