# SPDX-License-Identifier: MIT
"""What is different between two policies, and what of it people are told: a table of cases."""

from __future__ import annotations

from copy import deepcopy

import pytest
from policies import CASES, FACTS, LEAGUE, TEXT, TIPS, changed

from upart.policy.comparing import changes, lapsing, new_processors
from upart.policy.saying import entries, segments


@pytest.mark.parametrize(("at", "word", "value", "why"), CASES, ids=[f"{at[1]}.{word}={value}" for at, word, value, _why in CASES])
def test_a_difference_is_material_or_not(at, word, value, why):
    [found] = changes(FACTS, changed(at, word, value))
    assert (found.kind, found.id, found.word, found.new, found.why) == (*at, word, value, why)
    assert found.material == (why != "")


def test_nothing_is_different_from_itself():
    assert changes(FACTS, deepcopy(FACTS)) == []


@pytest.mark.parametrize("kind", FACTS)
def test_what_is_gone_is_told_and_never_material(kind):
    made = deepcopy(FACTS)
    id, _words = made[kind].popitem()
    [found] = changes(FACTS, made)
    assert (found.kind, found.id, found.new, found.material) == (kind, id, None, False)


@pytest.mark.parametrize(
    ("kind", "why"),
    [("recipient", "recipient"), ("purpose", "purpose"), ("cookie", "cookie"), ("decision", "automated decision"), ("visits", "source"), ("column", "purpose")],
)
def test_what_is_new_is_material(kind, why):
    [found] = changes({**FACTS, kind: {}}, FACTS)
    assert (found.kind, found.old, found.why) == (kind, None, why)


def test_a_new_recipient_in_a_third_country_is_called_that():
    [found] = changes({**FACTS, "recipient": {}}, changed(LEAGUE, "country", "IN"))
    assert found.why == "third country"


NEW_COLUMNS = (  # what a further column of the plugin is like, and what makes it material
    ({}, ""), ({"retain": "6 months"}, ""), ({"category": "contact.phone"}, "category"), ({"purpose": "report"}, "purpose"), ({"basis": "eu-gdpr:A6-1-a"}, "basis"),
    ({"origin": "observed"}, "source"), ({"retain": "36 months"}, "period"), ({"laws": ["DE.invoice"]}, "period"), ({"recipients": ["Tidewire"]}, "recipient"),
    ({"plugin": "sms"}, "purpose"),
)  # fmt: skip


@pytest.mark.parametrize(("unlike", "why"), NEW_COLUMNS, ids=[str(unlike) for unlike, _why in NEW_COLUMNS])
def test_a_further_column_is_material_if_it_says_something_new(unlike, why):
    made = deepcopy(FACTS)
    made["column"]["quiz.quiz_answer.more"] = {**FACTS["column"]["quiz.quiz_answer.text"], "column": "more", **unlike}
    [found] = changes(FACTS, made)
    assert found.why == why


def test_consents_end_only_where_text_data_or_controller_are_others():
    more = {**deepcopy(FACTS), "purpose": {**FACTS["purpose"], "quiz.news": {**FACTS["purpose"]["quiz.tips"], "purpose": "updates"}}}
    assert lapsing(changes(FACTS, changed(TIPS, "text", "Tips by Mail")), FACTS) == []
    assert lapsing(changes(FACTS, changed(TIPS, "version", 2)), FACTS) == ["quiz.tips"]
    assert lapsing(changes(FACTS, changed(LEAGUE, "country", "IN")), FACTS) == []
    data = deepcopy(more)
    data["column"]["quiz.mail"] = {**FACTS["column"]["quiz.quiz_answer.text"], "purpose": "newsletter", "category": "contact.phone"}
    assert lapsing(changes(more, data), data) == ["quiz.tips"]
    other = deepcopy(more)
    other["controller"]["legal_name"]["value"] = "Minerva"
    assert lapsing(changes(more, other), other) == ["quiz.news", "quiz.tips"]


def test_processors_are_announced_to_whom_the_portal_gives_data():
    machine, told = ({**deepcopy(FACTS), "recipient": {"Relay": {**FACTS["recipient"]["Quiz League"], "known_by": by}}} for by in ("UPART_MAIL_URL", "webhook"))
    assert new_processors(changes({**FACTS, "recipient": {}}, told)) == ["Relay"]
    assert new_processors(changes({**FACTS, "recipient": {}}, FACTS)) == ["Quiz League"]
    assert new_processors(changes({**FACTS, "recipient": {}}, machine)) == []


def test_differences_are_told_in_words_without_colour(portal):
    with portal.app.app_context():
        [entry] = entries(changes(FACTS, changed(TEXT, "retain", "36 months")), FACTS, changed(TEXT, "retain", "36 months"))
    assert entry.plain == "Answers: kept: [− 24] [+ 36] months after it happened"
    assert entry.touched == ("a longer or other time",)
    assert [(one.what, one.text) for one in segments("a b", "a c")] == [("same", "a "), ("gone", "b"), ("new", "c")]


def test_each_difference_can_be_told(portal):
    with portal.app.app_context():
        for at, word, value, why in CASES:
            made = changed(at, word, value)
            [entry] = entries(changes(FACTS, made), FACTS, made)
            assert {one.what for one in entry.segments} - {"same"}, (at, word)
            assert entry.material == bool(why)
