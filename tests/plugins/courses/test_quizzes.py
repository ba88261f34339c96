# SPDX-License-Identifier: MIT
"""Theo asks, Lena answers: each answer is graded by rules that are written down, and nothing that she sends is lost."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from building import LESSON, address
from classroom import BREAD, course_id, happened, lesson_ids
from people import link_in, mails, sign_in
from quizzing import RIGHT, attempts, begin, in_order, place, publish, quiz, rows, rules, with_questions, with_task
from sqlalchemy import select
from upart_courses.models import LessonEvent, LessonEventKind
from upart_courses.models.assessed import Attempt, Question
from upart_courses.questions import answered, grade


def asked(kind: str, lines: list[str], right: list[int] = [], points: int = 4) -> dict:  # noqa: B006 - never changed
    return {"kind": kind, "lines": lines, "right": right, "points": points, "order": list(range(len(lines)))}


GRADES = (  # question, what is sent, hundredths; None: a teacher grades it
    (asked("single", ["a", "b"], [1]), ["1"], 400),
    (asked("single", ["a", "b"], [1]), ["0"], 0),
    (asked("single", ["a", "b"], [1]), ["1", "0"], 0),
    (asked("single", ["a", "b"], [1]), ["7"], 0),
    (asked("multiple", ["a", "b", "c"], [0, 1]), ["0", "1"], 400),
    (asked("multiple", ["a", "b", "c"], [0, 1]), ["0"], 200),
    (asked("multiple", ["a", "b", "c"], [0, 1]), ["0", "1", "2"], 200),
    (asked("multiple", ["a", "b", "c"], [0, 1]), ["2"], 0),
    (asked("multiple", ["a", "b", "c", "d"], [0, 1, 2], 1), ["0"], 33),
    (asked("text", ["Straße"]), ["  STRASSE "], 400),
    (asked("text", ["Straße"]), ["Strase"], 0),
    (asked("text", []), ["An essay."], None),
    (asked("text", []), ["  "], 0),
    (asked("number", ["3.5", "0.1"]), ["3,6"], 400),
    (asked("number", ["3.5", "0.1"]), ["3.61"], 0),
    (asked("number", ["3.5"]), ["three"], 0),
    (asked("number", ["1000"]), ["1_000"], 0),
    (asked("number", ["3.5"]), ["1e999999999"], 0),
    (asked("ordering", ["a", "b", "c", "d"], points=6), ["1", "2", "3", "4"], 600),
    (asked("ordering", ["a", "b", "c", "d"], points=6), ["2", "1", "3", "4"], 500),
    (asked("ordering", ["a", "b", "c", "d"], points=6), ["4", "3", "2", "1"], 0),
    (asked("ordering", ["a", "b", "c", "d"], points=6), ["", "", "", ""], 0),
    (asked("ordering", ["a", "b", "c", "d"], points=6), ["1"], 0),
)


def test_a_long_answer_with_many_lines_is_kept_to_its_end():
    assert answered(asked("text", []), ["x\r\n" * 2400 + "END"])[0].endswith("x\nEND")


@pytest.mark.parametrize(("question", "sent", "points"), GRADES)
def test_an_answer_gives_what_the_rules_say(question, sent, points):
    assert grade(question, answered(question, sent)) == points


def test_lena_answers_all_kinds_and_passes(portal, theo, lena):
    id = quiz(theo, portal)
    page = lena.get(f"/learn/{BREAD}/{LESSON}").text
    assert f"tasks/{id}" in page
    form = begin(lena, id, portal)
    answer = lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(portal)})
    assert answer.status_code == 303
    page = lena.get(answer.headers["Location"]).text
    assert "14 of 14 points" in page
    assert "Passed" in page
    assert "About: What lives in it?" in page
    assert (happened(portal, "courses.handed_in"), happened(portal, "courses.graded")) == (1, 1)


def test_what_is_kept_is_there_again_and_right_answers_are_not(portal, theo, lena):
    id = quiz(theo, portal)
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-0": "2", "a-2": "Hefe?", "do": "keep"})
    page = lena.get(place(id)).text
    assert re.search(r'name="a-0" value="2" checked', page)
    assert "Hefe?" in page
    assert "Sauerteig" not in page
    assert "About:" not in page


@pytest.mark.parametrize(("reveal", "sees"), [("points", (False, False)), ("marks", (True, False)), ("answers", (True, True))])
def test_lena_sees_afterwards_what_theo_allows(portal, theo, lena, reveal, sees):
    id = quiz(theo, portal, reveal=reveal)
    form = begin(lena, id, portal)
    page = lena.get(lena.post(f"{place(id)}/answers", data={**form, "a-0": "1"}).headers["Location"]).text
    assert "2 of 14 points" in page
    assert ("2 of 2 points" in page, "Sauerteig" in page) == sees


def test_a_running_attempt_keeps_its_questions_whatever_is_published(school):
    theo, lena = sign_in(school, "theo"), sign_in(school, "lena")
    id = quiz(theo, school)
    form = begin(lena, id, school)
    first = rows(school, Question)[0]
    theo.post(f"{address(school)}/tasks/{id}/questions/{first.id}", data={"kind": "single", "prompt": "Changed?", "lines": "*no\nyes", "points": "9"})
    theo.post(f"{address(school)}/tasks/{id}/questions/{rows(school, Question)[1].id}/move", data={"to": "gone"})
    publish(theo, school)
    page = lena.get(place(id)).text
    assert "What does a starter eat?" in page
    assert "Changed?" not in page
    lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(school)})
    assert attempts(school)[0].points == 1400
    assert {one.version for one in rows(school, Question) if one.id == first.id} == {2}


def test_what_no_database_keeps_is_refused_in_words_and_the_attempt_goes_on(school):
    theo, lena = sign_in(school, "theo"), sign_in(school, "lena")
    id = quiz(theo, school)
    form = begin(lena, id, school)
    answer = lena.post(f"{place(id)}/answers", data={**form, "a-2": "Sauer\0teig"})
    assert (answer.status_code, "cannot be stored (NUL" in answer.text) == (400, True)
    assert lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(school)}).status_code == 303
    assert attempts(school)[0].points == 1400


def test_after_the_last_attempt_none_begins_and_a_second_tab_goes_on_with_the_first(portal, theo, lena):
    id = quiz(theo, portal, attempts="1")
    form = begin(lena, id, portal)
    assert begin(lena, id, portal) == form
    assert lena.post(f"{place(id)}/answers", data=form).status_code == 303
    answer = lena.post(f"{place(id)}/start")
    assert (answer.status_code, "You have used all attempts" in answer.text) == (409, True)
    assert len(attempts(portal)) == 1


def test_an_answer_to_a_closed_attempt_counts_not_and_stays_on_the_page(portal, theo, lena):
    id = quiz(theo, portal)
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-2": "Sauerteig"})
    assert lena.post(f"{place(id)}/answers", data={**form, "a-2": "Sauerteig"}).status_code == 303
    answer = lena.post(f"{place(id)}/answers", data={**form, "a-2": "My second thought"})
    assert (answer.status_code, "My second thought" in answer.text) == (409, True)
    assert attempts(portal)[0].answers["given"][2] == ["Sauerteig"]
    assert happened(portal, "courses.handed_in") == 1


def _later(portal, **time) -> None:
    with portal.writing("athena") as session:
        for one in session.scalars(select(Attempt)):
            one.ends_at -= timedelta(**time)


def test_what_the_network_delays_counts_and_what_is_late_waits_for_theo(portal, theo, lena):
    id = quiz(theo, portal, minutes="10")
    form = begin(lena, id, portal)
    _later(portal, minutes=10, seconds=10)
    lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(portal)})
    assert [(one.late, one.points) for one in attempts(portal)] == [(False, 1400)]
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-2": "kept in time", "do": "keep"})
    _later(portal, minutes=11)
    answer = lena.post(f"{place(id)}/answers", data={**form, "a-2": "too late"})
    assert "This came after the time was over. It is kept" in lena.get(answer.headers["Location"]).text
    late = attempts(portal)[1]
    assert (late.stage, late.late, late.points) == ("waiting", True, None)
    page = theo.get(f"/teach/courses/{course_id(portal, BREAD)}/attempts/{late.id}").text
    assert ("too late" in page, "kept in time" in page) == (True, True)


def test_what_was_kept_counts_when_the_time_ran_out_and_she_begins_again(portal, theo, lena):
    id = quiz(theo, portal, minutes="10")
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-0": "1", "do": "keep"})
    _later(portal, minutes=11)
    assert lena.post(f"{place(id)}/answers", data={**form, "a-0": "0", "do": "keep"}).status_code == 409
    begin(lena, id, portal)
    assert [(one.stage, one.points) for one in attempts(portal)] == [("graded", 200), ("running", None)]


def test_theo_grades_by_hand_and_says_why(portal, theo, lena):
    id = quiz(theo, portal, required=True, questions=(("text", "Why does dough rise?", "", "10"),))
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-0": "Because of <b>gas</b>."})
    page = f"/teach/courses/{course_id(portal, BREAD)}/attempts/{attempts(portal)[0].id}"
    assert "Because of &lt;b&gt;gas" in theo.get(page).text
    for points in ("-1", "10.5", "many", "1.234", ""):
        answer = theo.post(page, data={"points-0": points, "feedback": "Good."})
        assert (answer.status_code, 'id="e-points-0"' in answer.text, "Good." in answer.text) == (422, True, True)
    assert theo.post(page, data={"points-0": "7,5", "feedback": "Say which gas."}).status_code == 303
    assert attempts(portal)[0].points == 750
    seen = lena.get(f"{place(id)}?attempt=1").text
    assert ("7.5 of 10 points" in seen, "Say which gas." in seen) == (True, True)


def test_a_lesson_with_a_required_quiz_is_done_when_it_is_passed(portal, theo, lena):
    lena.post(f"/learn/{BREAD}/{LESSON}/not-done", data={"sure": "y"})
    id = quiz(theo, portal, required=True)
    answer = lena.post(f"/learn/{BREAD}/{LESSON}/done")
    assert (answer.status_code, "Know your starter" in answer.text) == (409, True)
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-0": "0"})
    assert lena.post(f"/learn/{BREAD}/{LESSON}/done").status_code == 409
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(portal)})
    with portal.reading("athena") as session:
        events = session.scalars(select(LessonEvent.kind).where(LessonEvent.lesson_id == lesson_ids(portal, BREAD)[LESSON]).order_by(LessonEvent.at)).all()
    assert events[-2:] == [LessonEventKind.RESET, LessonEventKind.COMPLETED]


def test_a_pool_draws_so_many_of_the_questions(portal, theo, lena):
    id = quiz(theo, portal, pool="2")
    begin(lena, id, portal)
    assert len(attempts(portal)[0].asked) == 2
    assert attempts(portal)[0].most == sum(one["points"] for one in attempts(portal)[0].asked) * 100


BAD = (  # a question that cannot be asked, and why
    ({"kind": "single", "lines": "*a\n*b"}, "before the one right choice"),
    ({"kind": "single", "lines": "*a"}, "at least two choices"),
    ({"kind": "multiple", "lines": "a\nb"}, "before each right choice"),
    ({"kind": "multiple", "lines": "*a\na"}, "say the same"),
    ({"kind": "number", "lines": "many"}, "Write a number"),
    ({"kind": "number", "lines": "3\n-1"}, "cannot be negative"),
    ({"kind": "ordering", "lines": "one"}, "at least two choices"),
    ({"kind": "text", "lines": "", "points": "-3"}, "from 1 to 100"),
    ({"kind": "text", "lines": "", "points": "0"}, "from 1 to 100"),
    ({"kind": "magic", "lines": ""}, "Not a valid choice"),
    ({"kind": "text", "lines": "\n".join("x" * 9 for _ in range(30))}, "at most 20 lines"),
)


@pytest.mark.parametrize(("typed", "why"), BAD)
def test_a_question_that_cannot_be_asked_is_refused_with_words(portal, theo, typed, why):
    id = with_task(theo, portal, "quiz")
    answer = theo.post(f"{address(portal)}/tasks/{id}/questions/new", data={"prompt": "Really?", "points": "1", **typed})
    assert (answer.status_code, why in answer.text, "Really?" in answer.text) == (422, True, True), answer.text
    assert rows(portal, Question) == []


def test_a_quiz_without_questions_is_not_published_and_rules_are_checked(portal, theo):
    id = with_task(theo, portal, "quiz")
    answer = publish(theo, portal)
    assert (answer.status_code, "A question for the quiz" in answer.text) == (422, True)
    for name, value in (("attempts", "-1"), ("minutes", "-5"), ("pass_percent", "101"), ("pool", "x")):
        assert rules(theo, portal, id, **{name: value}).status_code == 422
    with_questions(theo, portal, id)
    assert publish(theo, portal).status_code == 303


def test_strangers_to_the_course_neither_answer_nor_look(portal, theo, lena):
    id = quiz(theo, portal)
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data=form)
    ada, odin = sign_in(portal, "ada"), sign_in(portal, "odin")
    assert ada.post(f"{place(id)}/answers", data=form).status_code == 404
    page = f"/teach/courses/{course_id(portal, BREAD)}"
    assert odin.get(f"{page}/attempts/{attempts(portal)[0].id}").status_code == 404
    for path in (f"{page}/grades", f"{page}/attempts/{attempts(portal)[0].id}", f"{address(portal)}/tasks/{id}"):
        assert (lena.get(path).status_code, portal.visitor("athena").get(path).status_code) == (404, 303)
        assert theo.get(path).status_code == 200


def test_her_copy_of_her_data_holds_her_answers_and_no_right_ones(portal, theo, lena):
    id = quiz(theo, portal)
    form = begin(lena, id, portal)
    lena.post(f"{place(id)}/answers", data={**form, "a-2": "Hefe?", "do": "keep"})
    assert lena.post("/privacy/mine/archive").status_code == 303
    link = link_in(mails(portal, "lena")[-1])
    sent = zipfile.ZipFile(io.BytesIO(lena.post(link.partition("?")[0], data={"token": link.partition("token=")[2]}).data))
    held = b"".join(sent.read(name) for name in sent.namelist())
    assert (b"Hefe?" in held, b"Sauerteig" in held) == (True, False)


def test_twenty_tabs_begin_one_attempt_and_hand_in_once(school):
    theo, lena = sign_in(school, "theo"), sign_in(school, "lena")
    id = quiz(theo, school)
    with ThreadPoolExecutor(20) as pool:
        begun = [answer.result(60).status_code for answer in [pool.submit(lena.post, f"{place(id)}/start") for _ in range(20)]]
    assert (set(begun), len(attempts(school))) == ({303}, 1)
    data = {"attempt": str(attempts(school)[0].id), **RIGHT, **in_order(school)}
    with ThreadPoolExecutor(20) as pool:
        sent = [answer.result(60).status_code for answer in [pool.submit(lena.post, f"{place(id)}/answers", data=data) for _ in range(20)]]
    assert (set(sent), happened(school, "courses.handed_in"), attempts(school)[0].points) == ({303}, 1, 1400)
