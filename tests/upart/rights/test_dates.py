# SPDX-License-Identifier: MIT
"""One month from receipt, three when it was told in time; months end where their last day is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from erasing import who
from hypothesis import given
from hypothesis import strategies as st

from upart import clock
from upart.errors import Problem
from upart.rights.actions.asking import received
from upart.rights.dates import EXTENDED, due, extend
from upart.rights.models import RequestKind


@pytest.mark.parametrize(("came", "month", "three"), [
    ("2027-01-31T10:00", "2027-02-28", "2027-04-30"), ("2028-01-31T10:00", "2028-02-29", "2028-04-30"), ("2028-02-29T00:00", "2028-03-29", "2028-05-29"),
    ("2026-11-30T23:59", "2026-12-30", "2027-02-28"), ("2026-12-31T12:00", "2027-01-31", "2027-03-31"), ("2026-08-31T00:00", "2026-09-30", "2026-11-30"),
])  # fmt: skip
def test_a_month_is_a_calendar_month(came, month, three):
    at = datetime.fromisoformat(came).replace(tzinfo=UTC)
    assert (due(at), due(at, EXTENDED)) == (date.fromisoformat(month), date.fromisoformat(three))


@given(st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2060, 12, 31)))
def test_no_day_gets_less_than_28_or_more_than_31_days(came):
    assert timedelta(28) <= due(came.replace(tzinfo=UTC)) - came.date() <= timedelta(31)


def test_more_time_is_taken_in_the_first_month_once_and_never_later(portal):
    with portal.writing("athena") as session:
        told, late = (received(who(session, "Lena"), kind) for kind in (RequestKind.OBJECT, RequestKind.RECTIFY))
        last_day = told.due_on - clock.now().date()
        with clock.shifted(last_day):
            extend(told)
            assert told.due_on == due(told.received_at, EXTENDED)
            with pytest.raises(Problem, match="already"):
                extend(told)
        with clock.shifted(last_day + timedelta(days=1)), pytest.raises(Problem, match="only within the first month"):
            extend(late)
        assert late.due_on == due(late.received_at)
