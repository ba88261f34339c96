# SPDX-License-Identifier: MIT
"""When the sections of a course open to a learner: computed when it is read, in the zone of the academy, and stored nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

DATE, DAYS, COMPLETION = "date", "days", "completion"
"""`{"kind": "date", "on": "2026-12-01T08:00"}` the academy's wall time · `{"kind": "days", "days": 7}` local days of the academy after enrolling,
or after the group begins · `{"kind": "completion", "section": id}` or `"lesson": id` when that is done."""

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A section as far as its release goes: its rule, and its lessons, of each whether it is required."""

    id: UUID
    release: Mapping[str, Any] | None
    lessons: Mapping[UUID, bool]

    @property
    def needed(self) -> frozenset[UUID]:
        """The lessons that finish it: the required ones, or all where none is."""
        return frozenset(id for id, required in self.lessons.items() if required) or frozenset(self.lessons)


@dataclass(frozen=True, slots=True)
class Pace:
    """What opens sections to one learner: when they came, what they have done and touched, what was decided for them alone, when their group begins."""

    enrolled_at: datetime
    done: frozenset[UUID] = frozenset()
    touched: frozenset[UUID] = frozenset()
    openings: Mapping[UUID, datetime] = field(default_factory=dict)
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """Why a section is not open: the instant that opens it, or the section or lesson that has to be done first."""

    opens_at: datetime | None = None
    section: UUID | None = None
    lesson: UUID | None = None


def locks(parts: Sequence[Part], pace: Pace, zone: str, now: datetime) -> dict[UUID, Lock]:
    """The sections that are not open to a learner, each with what opens it.

    Where there is a plan, what was decided for this learner counts before it. A section in which they have been stays open, whatever is
    added to those before it. A rule about something that is gone, or about the section itself, holds nobody up. Before their group begins
    nothing opens by itself, and days count from then on.
    """
    free = set(circular(parts))
    found = {part.id: _lock(part, parts, pace, zone, circular=part.id in free) for part in parts if part.release or pace.starts_on}
    return {id: lock for id, lock in found.items() if lock is not None and (lock.opens_at is None or lock.opens_at > now)}


def _lock(part: Part, parts: Sequence[Part], pace: Pace, zone: str, *, circular: bool) -> Lock | None:
    if part.id in pace.openings:
        return Lock(opens_at=pace.openings[part.id])
    if part.lessons.keys() & pace.touched:
        return None
    planned = None if circular else _planned(part, parts, pace, zone)
    begins = first_instant(datetime.combine(pace.starts_on, time()), zone) if pace.starts_on else None
    if begins is None or (planned is not None and (planned.opens_at is None or planned.opens_at >= begins)):
        return planned
    return Lock(opens_at=begins)


def _planned(part: Part, parts: Sequence[Part], pace: Pace, zone: str) -> Lock | None:
    if at := opens_at(part.release, pace.enrolled_at, zone, pace.starts_on):
        return Lock(opens_at=at)
    section, lesson = before(part.release)
    needed = next((one.needed for one in parts if one.id == section), frozenset()) if section else frozenset(_there(parts, lesson))
    return None if needed <= pace.done else Lock(section=section, lesson=lesson)


def _there(parts: Sequence[Part], lesson: UUID | None) -> Iterator[UUID]:
    yield from (id for part in parts for id in part.lessons if id == lesson)


def opens_at(release: Mapping[str, Any] | None, enrolled_at: datetime, zone: str, starts_on: date | None = None) -> datetime | None:
    """The instant at which time opens a section to somebody who came then, or whose group begins on that day; None where it is not time that does."""
    kind = (release or {}).get("kind")
    if release is not None and kind == DATE:
        return first_instant(datetime.fromisoformat(release["on"]), zone)
    if release is not None and kind == DAYS:
        there = (starts_on or enrolled_at.astimezone(ZoneInfo(zone)).date()) + timedelta(days=release["days"])
        return first_instant(datetime.combine(there, time()), zone)
    return None


def before(release: Mapping[str, Any] | None) -> tuple[UUID | None, UUID | None]:
    """The section or the lesson that has to be done before a section opens."""
    if release is None or release.get("kind") != COMPLETION:
        return None, None
    section, lesson = release.get("section"), release.get("lesson")
    return UUID(section) if section else None, UUID(lesson) if lesson else None


def first_instant(local: datetime, zone: str) -> datetime:
    """The first instant at which clocks of a zone show this wall time or a later one: of two, when clocks go back, the first; when they skip it, the skip."""
    there = ZoneInfo(zone)
    late = local.replace(tzinfo=there, fold=0).astimezone(UTC)
    if late.astimezone(there).replace(tzinfo=None) == local:
        return late
    early = local.replace(tzinfo=there, fold=1).astimezone(UTC)
    while late - early > SECOND:
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        early, late = (early, middle) if middle.astimezone(there).replace(tzinfo=None) >= local else (middle, late)
    return late


def circular(parts: Sequence[Part]) -> Iterator[UUID]:
    """Sections that would never open: each waits for what cannot be done before itself is open."""
    home = {lesson: part.id for part in parts for lesson in part.lessons}
    waits: dict[UUID, UUID | None] = {}
    for part in parts:
        section, lesson = before(part.release)
        waits[part.id] = section or (home.get(lesson) if lesson else None)
    for part in parts:
        at, steps = waits[part.id], 0
        while at is not None and at != part.id and steps < len(parts):
            at, steps = waits.get(at), steps + 1
        if at == part.id:
            yield part.id
