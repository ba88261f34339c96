# SPDX-License-Identifier: MIT
"""What is different is told in words, fast; a planned time is an instant; what is about people has no versions."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upart_courses.models import Course, Enrolment, Lesson

from upart.errors import PluginError
from upart.revisions.bodies import mark, revised
from upart.revisions.planning import NoSuchTime, instant_of
from upart.theming.differing import GONE, NEW, SAME, differences, segments

TEXT = st.text(alphabet="ab .,\n", max_size=60)


@given(TEXT, TEXT)
def test_nothing_is_lost_between_two_texts(was, now):
    found = segments(was, now)
    assert "".join(one.text for one in found if one.what in (SAME, GONE)) == was
    assert "".join(one.text for one in found if one.what in (SAME, NEW)) == now


def test_a_rewritten_sentence_reads_as_one_change():
    (found,) = differences({"Text": "The second text is here.", "Same": "x"}, {"Text": "A third version was here.", "Same": "x"})
    assert [(one.what, one.text) for one in found.segments] == [(GONE, "The second text is"), (NEW, "A third version was"), (SAME, " here.")]


def test_forty_pages_of_other_words_are_compared_in_a_second():
    was, now = (" ".join(f"{word}{n % 500}" for n in range(16_000)) for word in ("a", "b"))
    began = time.perf_counter()
    assert len(segments(was, now)) == 2
    assert len(segments("a\n" * 50_000, "b\na\n" * 25_000)) > 1
    assert time.perf_counter() - began < 5


def test_a_time_that_clocks_leave_out_is_none_and_of_two_it_is_the_first():
    assert instant_of(datetime(2026, 7, 1, 10, 0), "Europe/Vienna") == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert instant_of(datetime(2026, 10, 25, 2, 30), "Europe/Vienna") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with pytest.raises(NoSuchTime):
        instant_of(datetime(2026, 3, 29, 2, 30), "Europe/Vienna")


def test_what_is_about_people_has_no_versions(monkeypatch):
    assert "blocks" in revised(Lesson)
    with pytest.raises(PluginError, match="has no versions"):
        revised(Enrolment)
    monkeypatch.setattr(Course, "__revised__", ("title", "author_id"))
    with pytest.raises(PluginError, match="a copy would outlive it"):
        revised(Course)


def test_the_mark_is_another_for_each_other_text():
    assert mark({"a": 1, "b": "x"}) == mark({"b": "x", "a": 1}) != mark({"a": 1, "b": "y"})
