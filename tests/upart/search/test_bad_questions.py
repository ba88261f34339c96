# SPDX-License-Identifier: MIT
"""Whatever somebody types, the search answers with words, and what was found cannot become markup."""

from __future__ import annotations

import pytest
from erasing import answer_of
from people import sign_in
from searching import found, marks, page

QUESTIONS = (
    '"', "*", "NEAR(", "AND", "OR NOT", "a AND b", "^dough", "-dough", "+dough", "title:dough", "{title} : dough", "dough*", '"dough', 'dough"', '""', "' OR 1=1 --",
    "dough & rye", "dough | rye", "!dough", "dough:*", "<->", "(((", ")))", "\\", "%", "_", "a\x00b", "dough\x00", "🎻", "🎻 dough", "שלום עולם", "\u202edough", "\ufffd", "\ud83d",
    "ﬁne", "İstanbul", "ǅ", "1e5", "3.14", "a@b.example", "http://x.example/dough", "x" * 200, "a " * 100, "ß", "\u0301", "\u0301a", "½", "٣", "１２",
)  # fmt: skip


@pytest.mark.parametrize("words", QUESTIONS, ids=ascii)
def test_every_question_gets_an_answer(asked, words):
    answer = asked.visitor("athena").get("/search", query_string={"q": words.encode("utf-8", "surrogatepass")})

    assert answer.status_code == 200
    assert "Search" in answer.text


@pytest.mark.parametrize("words", ["x" * 201, "dough " * 1000])
def test_a_question_that_is_too_long_is_refused_in_words(asked, words):
    assert "at most 200 characters" in page(asked.visitor("athena"), words, 422)


def test_ten_kilobytes_are_refused_before_anybody_reads_them(asked):
    assert "This address is too long" in page(asked.visitor("athena"), "x" * 10_000, 414)


def test_of_many_words_the_first_twelve_are_searched_for(asked):
    vic, beginnings = asked.visitor("athena"), "yo you your fi fir firs first so sou sour sourd sourdo"

    assert "Only the first 12 words" not in page(vic, beginnings)
    assert "Only the first 12 words" in page(vic, beginnings + " zebra")
    assert found(vic, beginnings + " zebra") == found(vic, beginnings) != []


@pytest.mark.parametrize("words", ["🎻", '"', "* ( )", "…"])
def test_a_question_without_a_word_says_what_to_type(asked, words):
    assert "at least one letter or digit" in page(asked.visitor("athena"), words)


@pytest.mark.parametrize("more", [{"page": "0"}, {"page": "11"}, {"page": "x"}, {"page": "9" * 400}, {"in": "person"}, {"in": "courses_course'--"}])
def test_an_address_that_nobody_made_is_not_there(asked, more):
    page(asked.visitor("athena"), "dough", 404, **more)


def test_what_was_found_is_text_and_no_markup(asked):
    answer_of(asked, "Lena", words='Zebra <script>alert(1)</script> <img src=x onerror="x"> &lt;b&gt; [zebra](javascript:x)')
    theo = sign_in(asked, "theo")

    text = page(theo, "zebra")
    assert not any(markup in text for markup in ("<script>alert", "<img src=x", 'href="javascript'))
    assert "zebra" in marks(theo, "zebra")
    assert "script" in marks(theo, "script")


def test_the_second_page_goes_on_where_the_first_ended(asked):
    for number in range(23):
        answer_of(asked, "Lena", words=f"Gnu number {number}")
    theo = sign_in(asked, "theo")

    assert "More in “Answers”" in page(theo, "gnu")
    assert (len(found(theo, "gnu", **{"in": "quizbank_answer"})), len(found(theo, "gnu", **{"in": "quizbank_answer", "page": "2"}))) == (20, 3)
    assert 'rel="prev"' in page(theo, "gnu", **{"in": "quizbank_answer", "page": "2"})


def test_odin_cannot_ask_for_athenas_word(asked):
    answer_of(asked, "Lena", words="Zebra")
    odin = sign_in(asked, "odin")

    for words in (f"academy{asked.academy('athena').id.hex}", asked.academy("athena").id.hex, f"academy:{asked.academy('athena').id.hex} zebra", "zebra"):
        assert found(odin, words) == []
