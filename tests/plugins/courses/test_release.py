# SPDX-License-Identifier: MIT
"""When a section opens: by the academy's clocks, in every zone, on the days on which they change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from upart_courses.release import Lock, Pace, Part, circular, first_instant, locks, opens_at

ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/")))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
A, B, C, L, M, N = (UUID(int=number) for number in range(1, 7))


def change_days(zone: ZoneInfo, year: int) -> list[datetime]:
    """The local days of a year on which clocks change; two ordinary ones where they never do."""
    days = [datetime(year, 1, 1) + DAY * n for n in range(365)]
    changing = [day for day in days if day.replace(tzinfo=zone).utcoffset() != (day + DAY).replace(tzinfo=zone).utcoffset()]
    return changing or [datetime(year, 3, 29), datetime(year, 10, 25)]


def shown_first(planned: datetime, zone: ZoneInfo) -> datetime:
    """The truth, minute by minute: the first instant at which a clock there shows that time or a later one, having come from before it."""
    at = planned.replace(tzinfo=UTC) - timedelta(hours=16)
    while at.astimezone(zone).replace(tzinfo=None) < planned:
        at += MINUTE * 15
    at -= MINUTE * 15
    while at.astimezone(zone).replace(tzinfo=None) < planned:
        at += MINUTE
    return at


def test_a_section_opens_rightly_on_both_change_days_of_every_zone():
    assert len(ZONES) >= 400
    for name in ZONES:
        zone = ZoneInfo(name)
        for day in change_days(zone, 2026):
            for at in (time(0, 0), time(1, 30), time(2, 30), time(8, 0)):
                planned = datetime.combine(day, at)
                assert first_instant(planned, name) == shown_first(planned, zone), (name, planned)


def test_days_after_enrolling_are_days_of_the_academy():
    for name in ZONES:
        zone = ZoneInfo(name)
        for day in change_days(zone, 2026):
            enrolled = (day - timedelta(days=2, hours=-23, minutes=-50)).replace(tzinfo=zone).astimezone(UTC)
            opens = opens_at({"kind": "days", "days": 1}, enrolled, name)
            assert opens == shown_first(datetime.combine(enrolled.astimezone(zone).date() + DAY, time()), zone), (name, day)
            assert timedelta(0) < opens - enrolled <= timedelta(hours=25)


def test_days_of_a_group_count_from_the_day_on_which_it_begins():
    for name in ZONES:
        zone = ZoneInfo(name)
        for day in change_days(zone, 2026):
            begins = shown_first(day, zone)
            pace = Pace(begins - DAY * 40, starts_on=day.date())
            opens = shown_first(day + DAY, zone)
            rule = parts({"kind": "days", "days": 1})
            assert [locks(rule, pace, name, at).get(B) for at in (opens - MINUTE, opens)] == [Lock(opens_at=opens), None], (name, day)
            assert [bool(locks(parts(), pace, name, at)) for at in (begins - MINUTE, begins)] == [True, False], (name, day)


@pytest.mark.parametrize(
    ("zone", "planned", "instant"),
    [
        ("Europe/Vienna", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
        ("Pacific/Apia", "2011-12-30T08:00", "2011-12-30T10:00"),
    ],
)
def test_some_by_hand(zone, planned, instant):
    assert first_instant(datetime.fromisoformat(planned), zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def parts(b=None, c=None):
    return [Part(A, None, {L: True, M: False}), Part(B, b, {N: True}), Part(C, c, {})]


LOCKS = (  # rule of B, done, touched, decided for this learner, what holds B
    (None, (), (), None, None),
    ({"kind": "date", "on": "2026-06-01T14:00"}, (), (), None, None),
    ({"kind": "date", "on": "2026-06-01T14:01"}, (), (), None, Lock(opens_at=NOW + MINUTE)),
    ({"kind": "days", "days": 3}, (), (), None, Lock(opens_at=datetime(2026, 6, 2, 22, tzinfo=UTC))),
    ({"kind": "days", "days": 3}, (), (N,), None, None),
    ({"kind": "days", "days": 3}, (), (), NOW, None),
    ({"kind": "days", "days": 3}, (), (N,), NOW + DAY, Lock(opens_at=NOW + DAY)),
    ({"kind": "completion", "section": str(A)}, (), (), None, Lock(section=A)),
    ({"kind": "completion", "section": str(A)}, (M,), (M,), None, Lock(section=A)),
    ({"kind": "completion", "section": str(A)}, (L,), (L,), None, None),
    ({"kind": "completion", "lesson": str(M)}, (L,), (L,), None, Lock(lesson=M)),
    ({"kind": "completion", "lesson": str(M)}, (M,), (M,), None, None),
    ({"kind": "completion", "section": str(C)}, (), (), None, None),
    ({"kind": "completion", "section": str(UUID(int=99))}, (), (), None, None),
    ({"kind": "completion", "lesson": str(N)}, (), (), None, None),
    ({"kind": "whenever"}, (), (), None, None),
)


@pytest.mark.parametrize(("rule", "done", "touched", "decided", "expected"), LOCKS)
def test_what_holds_a_section(rule, done, touched, decided, expected):
    pace = Pace(NOW - DAY, frozenset(done), frozenset(touched), {B: decided} if decided else {})
    assert locks(parts(rule), pace, "Europe/Vienna", NOW).get(B) == expected


def test_sections_that_wait_for_each_other_hold_nobody_up():
    around = parts({"kind": "completion", "section": str(C)}, {"kind": "completion", "lesson": str(N)})
    assert set(circular(around)) == {B, C}
    assert locks(around, Pace(NOW), "UTC", NOW) == {}
    assert not set(circular(parts({"kind": "completion", "section": str(A)}, {"kind": "completion", "section": str(B)})))
