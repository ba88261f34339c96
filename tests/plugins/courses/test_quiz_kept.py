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
