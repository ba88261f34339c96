# SPDX-License-Identifier: MIT
"""Everybody finds what they may read, and nothing else; the same words find the same on both databases."""

from __future__ import annotations

import pytest
from classroom import BREAD, MUSIC
from people import sign_in
from searching import found, marks, page


def test_vic_finds_a_course_by_the_beginning_of_a_word(asked):
    vic = asked.visitor("athena")

    assert found(vic, "sourd")[0] == f"/courses/{BREAD}"
    assert "sourdough" in marks(vic, "sourd")


def test_a_title_counts_for_more_than_a_text(asked):
    lena = sign_in(asked, "lena")

    assert found(lena, "rhythm", **{"in": "courses_lesson"})[0].startswith(f"/learn/{MUSIC}/")


LESSONS = {"in": "courses_lesson"}


@pytest.mark.parametrize("who", ["", "lena", "theo"])
def test_whoever_finds_something_may_open_it(asked, who):
    browser = sign_in(asked, who) if who else asked.visitor("athena")

    addresses = {url for words in ("the", "flour", "average", "rhythm") for url in found(browser, words, **LESSONS)}
    assert addresses
    assert {browser.get(url).status_code for url in addresses} == {200}


def test_vic_finds_previews_alone_lena_what_she_learns_and_theo_who_teaches_all(asked):
    vic, lena, theo = (set(found(browser, "the", **LESSONS)) for browser in (asked.visitor("athena"), sign_in(asked, "lena"), sign_in(asked, "theo")))

    assert vic < lena < theo
    assert not any(asked.visitor("athena").get(url).status_code == 200 for url in lena - vic)
    assert not any(sign_in(asked, "lena").get(url).status_code == 200 for url in theo - lena)


def test_odin_finds_nothing_of_athena(asked):
    odin = sign_in(asked, "odin")

    assert found(odin, "sourdough") == []
    assert "Nothing found" in page(odin, "sourdough")
    assert found(odin, "sky")


@pytest.mark.parametrize("words", ["", "   "])
def test_vic_who_has_typed_nothing_is_told_what_there_is(asked, words):
    assert "Courses, Lessons, Answers" in page(asked.visitor("athena"), words)
