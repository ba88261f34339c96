# SPDX-License-Identifier: MIT
"""Nothing that Lena answers in a quiz is handed in or lost by accident."""

from __future__ import annotations

import re

from quizzing import RIGHT, attempts, begin, in_order, place, quiz


def stage(portal) -> str:
    return attempts(portal)[-1].stage.value


def test_enter_in_a_field_keeps_the_answers_and_hands_in_nothing(portal, theo, lena):
    id = quiz(theo, portal, attempts="1")
    form = begin(lena, id, portal)
    first = re.search(r'<form[^>]*data-quiz>.*?<button[^>]*name="do" value="([\w-]+)"', lena.get(place(id)).text, re.DOTALL)[1]
    lena.post(f"{place(id)}/answers", data={**form, "a-2": "Sauerteig", "do": first})
    assert (first, stage(portal), attempts(portal)[0].answers["given"][2]) == ("keep", "running", ["Sauerteig"])


def test_lena_is_asked_once_when_something_has_no_answer(portal, theo, lena):
    id = quiz(theo, portal, attempts="1")
    form = begin(lena, id, portal)
    asked = lena.post(f"{place(id)}/answers", data={**form, "a-0": "1", "a-1": ["0"], "a-2": "Sauerteig", "do": "hand-in"})
    page = lena.get(asked.headers["Location"]).text
    assert ("2 questions have no answer" in page, "Sauerteig</textarea>" in page, stage(portal)) == (True, True, "running")
    assert lena.post(f"{place(id)}/answers", data={**form, "a-0": "1", "a-1": ["0"], "a-2": "Sauerteig", "do": "anyway"}).status_code == 303
    assert (stage(portal), attempts(portal)[0].points) == ("graded", 500)


def test_whoever_has_answered_everything_is_not_asked(portal, theo, lena):
    id = quiz(theo, portal)
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(portal), "do": "hand-in"})
    assert stage(portal) == "graded"


def test_two_tabs_that_keep_by_themselves_overwrite_nothing_of_each_other(portal, theo, lena):
    id = quiz(theo, portal)
    form = {**begin(lena, id, portal), "do": "keep", "by_itself": "1"}
    for typed in ({"touched": ["", "0"], "a-0": "1"}, {"touched": ["", "2"], "a-2": "Sauerteig"}):
        assert lena.post(f"{place(id)}/answers", data={**form, **typed}).json == {"left": None}
    assert attempts(portal)[0].answers["given"][:3] == [["1"], [], ["Sauerteig"]]
    lena.post(f"{place(id)}/answers", data={"attempt": form["attempt"], "touched": [""], "do": "anyway"})
    assert (stage(portal), attempts(portal)[0].points) == ("graded", 300)


def test_a_page_that_was_left_open_cannot_keep_in_a_closed_attempt_and_a_pressed_keep_says_so(portal, theo, lena):
    id = quiz(theo, portal)
    form = begin(lena, id, portal)
    kept = lena.post(f"{place(id)}/answers", data={**form, "do": "keep"}).headers["Location"]
    assert "Your answers are kept. You have not handed them in yet." in lena.get(kept).text
    lena.post(f"{place(id)}/answers", data={**form, "do": "anyway"})
    later = {**form, "do": "keep", "by_itself": "1", "touched": ["", "0"], "a-0": "1"}
    assert (lena.post(f"{place(id)}/answers", data=later).status_code, attempts(portal)[0].answers["given"][0]) == (409, [])
