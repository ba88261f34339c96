# SPDX-License-Identifier: MIT
"""Theo sees what waits for a grade, Lena is told when he has looked at it; the gradebook can be taken out; what is closed takes nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

from building import LESSON, address, blocks, press
from classroom import BREAD, course_id, crowd, happened
from people import mails, sign_in
from quizzing import QUESTIONS, assignment, attempts, begin, place, quiz, rows, submissions
from sqlalchemy import delete, select, update
from upart_courses.models import Lesson, LessonEvent, Section
from upart_courses.models.assessed import Attempt, Question

from upart import clock
from upart.accounts.models import Person

ESSAY = (("text", "Why does dough rise?", "", "10"),)


def hand_in(learner, id: str, text: str):
    return learner.post(f"{place(id)}/work", data={"text": text})


def page(school, rest: str) -> str:
    return f"/teach/courses/{course_id(school, BREAD)}/{rest}"


def grade(teacher, school, **typed: str):
    return teacher.post(page(school, f"submissions/{submissions(school)[-1].id}"), data={"do": "grade", "feedback": "Look.", **typed})


def answers(learner, school, id: str, **typed: str):
    return learner.post(f"{place(id)}/answers", data={**begin(learner, id, school), **typed})


def told(school) -> list[str]:
    """What was written to Lena of grades."""
    return [one["Subject"] for one in mails(school, "lena") if re.match("A grade|Given back", one["Subject"])]


def test_what_waits_stands_in_theos_list_until_it_is_graded(portal, theo, lena):
    work, asked = assignment(theo, portal), quiz(theo, portal, questions=ESSAY)
    hand_in(lena, work, "My first loaf.")
    hand_in(lena, work, "My second loaf.")
    answers(lena, portal, asked, **{"a-0": "Gas."})
    with portal.writing("athena") as session:
        session.execute(update(Attempt).values(handed_in_at=None))
    waiting = theo.get("/teach/courses/").text
    assert ("To grade: Your first sourdough" in waiting, "2 things that were handed in" in waiting) == (True, True)
    assert "To grade: Your" not in sign_in(portal, "ada").get("/manage/").text
    with clock.shifted(timedelta(days=8)):
        assert "To grade: Your first sourdough" in sign_in(portal, "ada").get("/manage/").text
    queue = theo.get(page(portal, "grades/waiting")).text
    assert ("Lena" in queue, "Bake one" in queue, "Work 2" in queue, "Work 1" in queue, "Attempt 1" in queue) == (True, True, True, False, True)
    grade(theo, portal, points="8")
    theo.post(page(portal, f"attempts/{attempts(portal)[0].id}"), data={"points-0": "4", "feedback": ""})
    assert "Nothing to grade" in theo.get(page(portal, "grades/waiting")).text
    assert "To grade: Your" not in theo.get("/teach/courses/").text


def test_theo_goes_on_from_each_grade_to_what_waits_next(portal, theo, ada, lena):
    work, asked = assignment(theo, portal), quiz(theo, portal, questions=ESSAY)
    ada.post(f"/courses/{BREAD}/enrol")
    answers(lena, portal, asked, **{"a-0": "Gas."})
    for learner in (lena, ada):
        hand_in(learner, work, "Here.")
    places = [page(portal, f"submissions/{one.id}") for one in submissions(portal)] + [page(portal, f"attempts/{attempts(portal)[0].id}")]
    for at, following in ((0, places[1]), (1, places[2]), (2, page(portal, "grades"))):
        typed = {"points": "8", "points-0": "4", "feedback": "", "do": "grade"}
        there = theo.get(theo.post(places[at], data=typed).headers["Location"]).text
        assert ("Saved." in there, following in re.findall(r'role="status">.*?<a href="([^"]+)"', there, re.S)) == (True, True)
    assert "Saved." not in theo.get(places[0]).text


def test_lena_is_told_of_each_grade_once_and_no_points_stand_in_the_mail(portal, theo, lena):
    id = assignment(theo, portal)
    hand_in(lena, id, "Flat.")
    grade(theo, portal, do="return")
    hand_in(lena, id, "Round.")
    for points in ("7.77", "7.77", "8.88"):
        assert grade(theo, portal, points=points).status_code == 303
    assert told(portal) == ["Given back: Bake one", "A grade for: Bake one", "A grade for: Bake one"]
    assert not any(word in one.get_body(("plain",)).get_content() for one in mails(portal, "lena") for word in ("7.77", "8.88", "Look."))
    answers(lena, portal, quiz(theo, portal), **{"a-0": "1"})
    assert len(told(portal)) == 3


def test_the_gradebook_is_taken_out_as_a_table_without_formulas(portal, theo, lena):
    work, asked = assignment(theo, portal), quiz(theo, portal, questions=ESSAY)
    hand_in(lena, work, "Here.")
    grade(theo, portal, points="7.5")
    answers(lena, portal, asked, **{"a-0": "Gas."})
    crowd(portal, BREAD, 2)
    with portal.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Learner 00001")).one().name = "=HYPERLINK(1)"
    answer = theo.post(page(portal, "grades/download"))
    head, *table = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert "athena-grades-your-first-sourdough-" in answer.headers["Content-Disposition"]
    assert head[2:] == [f"{task}: {part}" for task in ("Bake one", "Know your starter") for part in ("points", "of", "result")]
    assert {row[0]: row[2:] for row in table}["Lena"] == ["7.5", "10", "passed", "", "10", "to grade"]
    assert sorted(row[0] for row in table) == ["'=HYPERLINK(1)", "Learner 00000", "Lena"]
    assert happened(portal, "courses.grades_downloaded") == 1
    assert [sign_in(portal, who).post(page(portal, "grades/download")).status_code for who in ("lena", "odin")] == [404, 404]


def test_a_large_gradebook_is_whole_and_in_the_order_of_its_page(portal, theo):
    quiz(theo, portal)
    crowd(portal, BREAD, 1100)
    found = list(csv.reader(io.StringIO(theo.post(page(portal, "grades/download")).data.decode("utf-8-sig"))))
    names = [row[0] for row in found[1:] if row[0] != "Lena"]
    assert names == [f"Learner {n:05}" for n in range(1100)]


def test_whoever_has_left_is_neither_graded_nor_shown(portal, theo, lena):
    hand_in(lena, assignment(theo, portal), "Here.")
    lena.post(f"/courses/{BREAD}/leave")
    assert "Nothing to grade" in theo.get(page(portal, "grades/waiting")).text
    assert grade(theo, portal, points="1").status_code == 404
    assert b"Lena" not in theo.post(page(portal, "grades/download")).data


def shut(school) -> None:
    """Let the parts of the course open to Lena on a far day."""
    with school.writing("athena") as session:
        session.execute(delete(LessonEvent))
        session.execute(update(Section).where(Section.course_id == course_id(school, BREAD)).values(release={"kind": "date", "on": "2190-01-01T08:00"}))


def test_what_is_to_be_done_opens_with_its_part_of_the_course(portal, theo, lena):
    work, asked = assignment(theo, portal), quiz(theo, portal)
    form = begin(lena, asked, portal)
    shut(portal)
    for id in (work, asked):
        there = lena.get(place(id))
        assert (there.status_code, "opens with its part" in there.text, "<form" in there.text.partition('class="wrap task-page"')[2]) == (200, True, False)
    sent = (hand_in(lena, work, "Mine."), lena.post(f"{place(asked)}/start"), lena.post(f"{place(asked)}/answers", data=form))
    assert [answer.status_code for answer in sent] == [409, 409, 409]
    with portal.writing("athena") as session:
        session.execute(update(Lesson).where(Lesson.slug == LESSON).values(preview=False))
    assert [lena.get(place(id)).status_code for id in (work, asked)] == [403, 403]
    assert theo.get(place(asked)).status_code == 200


def test_questions_of_another_quiz_are_copied_once_and_live_by_themselves(portal, theo):
    first = quiz(theo, portal)
    press(theo, portal, "add:quiz")
    second = next(one["id"] for one in blocks(portal) if one["kind"] == "quiz" and one["id"] != first)
    source, once = str(rows(portal)[0].quiz_id), str(uuid4())
    assert source in theo.get(f"{address(portal)}/tasks/{second}").text
    for _tab in range(2):
        assert theo.post(f"{address(portal)}/tasks/{second}/questions/copy", data={"quiz": source, "once": once}).status_code == 303
    for other, id in ((first, source), (second, str(uuid4()))):
        assert theo.post(f"{address(portal)}/tasks/{other}/questions/copy", data={"quiz": id, "once": str(uuid4())}).status_code == 422
    copied = sorted((one for one in rows(portal, Question) if str(one.quiz_id) != source), key=lambda one: one.position)
    assert [one.prompt for one in copied] == [prompt for _kind, prompt, *_rest in QUESTIONS]
