# SPDX-License-Identifier: MIT
"""Documents go when their law says so: not a second earlier, whatever the day, the year and the state of the law."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis.strategies import datetimes, integers, sampled_from

from upart.privacy.laws import COMMENTARY, LAWS, TEXT
from upart.privacy.periods import ended, newest_ended

INSTANTS = datetimes(datetime(1995, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
SECOND = timedelta(seconds=1)


def free(law: str, dated: datetime, now: datetime) -> bool:
    """May a document of this date go now, as the engine asks?"""
    return any((begins is None or begins <= dated) and dated < ends for begins, ends in LAWS[law].expired(now))


def day(law: str, text: str) -> datetime:
    """Noon of a day where the law is in force."""
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=ZoneInfo(LAWS[law].zone))


@given(INSTANTS, INSTANTS, sampled_from(sorted(LAWS)))
def test_the_engine_lets_go_exactly_when_the_answer_says(dated, now, law):
    until = LAWS[law].until(dated)

    assert free(law, dated, now) is (until <= now)
    assert free(law, dated, until)
    assert not free(law, dated, until - SECOND)


@given(INSTANTS, INSTANTS, integers(1, 130))
def test_months_end_and_begin_on_the_same_days_both_ways(begun, now, months):
    over = ended(begun, months=months)

    assert (begun < newest_ended(now, months=months)) is (over <= now)
    assert begun < newest_ended(over, months=months)
    assert not begun < newest_ended(over - SECOND, months=months)


@given(INSTANTS, INSTANTS, integers(1, 400))
def test_so_do_days(begun, now, days):
    assert (begun < newest_ended(now, days=days)) is (ended(begun, days=days) <= now)


@pytest.mark.parametrize(("begun", "months", "free_from"), [
    ("2027-01-31", 1, "2027-03-01"), ("2028-01-31", 1, "2028-03-01"), ("2028-01-30", 1, "2028-03-01"), ("2027-02-28", 12, "2028-02-29"),
    ("2028-02-29", 12, "2029-03-01"), ("2028-02-29", 48, "2032-03-01"), ("2026-12-31", 2, "2027-03-01"), ("2026-11-30", 3, "2027-03-01"),
])  # fmt: skip
def test_a_month_ends_with_the_day_of_its_number_or_the_last_one(begun, months, free_from):
    assert ended(datetime.fromisoformat(f"{begun}T23:59:59+00:00"), months=months).date() == date.fromisoformat(free_from)


@pytest.mark.parametrize(("law", "dated", "free_from"), [
    ("DE.invoice", "2013-07-01", "2024-01-01"), ("DE.invoice", "2014-12-31", "2025-01-01"),  # ten years, to the end
    ("DE.invoice", "2015-01-01", "2025-01-01"), ("DE.invoice", "2016-12-31", "2025-01-01"),  # eight, but not before they were eight
    ("DE.invoice", "2017-01-01", "2026-01-01"), ("DE.invoice", "2026-06-30", "2035-01-01"),
    ("DE.books", "2026-06-30", "2037-01-01"), ("DE.letter", "2026-12-31", "2033-01-01"),
    ("FR.invoice", "2026-06-30", "2037-07-01"), ("GB.invoice", "2026-06-30", "2033-07-01"), ("US.invoice", "2024-02-29", "2032-03-01"),
    ("IN.invoice", "2018-03-31", "2026-04-01"), ("IN.invoice", "2018-04-01", "2027-04-01"),
    ("IN.gst", "2018-03-31", "2025-01-01"), ("JP.invoice", "2026-06-30", "2034-08-31"), ("JP.books", "2026-12-31", "2038-01-01"),
    ("UPART.consent", "2026-11-30", "2029-12-01"),
])  # fmt: skip
def test_a_document_of_this_day_may_go_from_that_day_on(law, dated, free_from):
    assert LAWS[law].free_on(day(law, dated)) == date.fromisoformat(free_from)


def test_the_year_ends_where_the_law_is_in_force():
    eve = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)

    assert LAWS["DE.invoice"].until(eve) == datetime(2034, 12, 31, 23, tzinfo=UTC)  # in Berlin it is 2026 already
    assert LAWS["IN.gst"].until(datetime(2026, 3, 31, 18, 31, tzinfo=UTC)) > LAWS["IN.gst"].until(datetime(2026, 3, 31, 18, 29, tzinfo=UTC))


@pytest.mark.parametrize("law", LAWS)
def test_each_law_names_its_provision_and_when_it_was_read(law):
    for rule in LAWS[law].rules:
        assert any(letter.isdigit() for letter in rule.source)
        assert date.fromisoformat(rule.checked)
        assert rule.read in (TEXT, COMMENTARY)
    since = [rule.since for rule in LAWS[law].rules]
    assert since == [None, *sorted(since[1:])]
