# SPDX-License-Identifier: MIT
"""Lena sees in one place what she has reached in a course, and in each lesson what is to be passed before it is done."""

from __future__ import annotations

from building import LESSON
from classroom import BREAD, MUSIC, course_id
from drafting import words
from people import sign_in
from quizzing import RIGHT, assignment, begin, in_order, place, quiz, submissions
from sqlalchemy import update
from upart_courses.models import Course, Entitlement, Entry

from upart import clock

RESULTS = f"/courses/{BREAD}/results"


def test_a_lesson_leads_to_what_has_to_be_passed_first(portal, theo, lena):
    id = quiz(theo, portal, required=True)
    lena.post(f"/learn/{BREAD}/{LESSON}/not-done", data={"sure": "y"})
    lesson = lena.get(f"/learn/{BREAD}/{LESSON}").text
    foot = lesson[lesson.index('class="lesson-foot"') :]
    assert ("Mark done and go on" in foot, f'href="{place(id)}"' in foot) == (False, True)
    lena.post(f"{place(id)}/answers", data={**begin(lena, id, portal), **RIGHT, **in_order(portal)})
    lesson = words(lena, f"/learn/{BREAD}/{LESSON}")
    assert ("Quiz · passed" in lesson, "must be passed" in lesson) == (True, False)


def test_lena_reads_how_she_stands_from_not_begun_to_passed(portal, theo, lena):
    asked, work = quiz(theo, portal), assignment(theo, portal, due="2030-01-05T18:00")
    before = words(lena, RESULTS)
    assert (before.count("not begun"), "2030" in before) == (2, True)
    lena.post(f"{place(asked)}/answers", data={**begin(lena, asked, portal), **RIGHT, **in_order(portal)})
    lena.post(f"{place(work)}/work", data={"text": "Flat."})
    page = words(lena, RESULTS)
    assert ("Passed 14 of 14 points" in page, "waits for a teacher" in page, "not begun" in page) == (True, True, False)
    sent = f"/teach/courses/{course_id(portal, BREAD)}/submissions/{submissions(portal)[-1].id}"
    theo.post(sent, data={"do": "return", "feedback": "Once more."})
    assert "Given back" in words(lena, RESULTS)
    assert f'href="{place(work)}"' in lena.get(RESULTS).text


def test_of_what_is_closed_to_lena_only_what_she_has_done_is_told(portal, theo, lena):
    asked, work = quiz(theo, portal), assignment(theo, portal)
    lena.post(f"{place(work)}/work", data={"text": "Flat."})
    with portal.writing("athena") as session:
        session.execute(update(Course).where(Course.slug == BREAD).values(entry=Entry.ENTITLED))
        session.execute(update(Entitlement).values(revoked_at=clock.now()))
    page = lena.get(RESULTS).text
    assert ("Bake one" in page, "Know your starter" in page, place(work) in page, place(asked) in page) == (True, False, False, False)


def test_a_course_without_quizzes_says_so_and_nobody_else_reads_it(portal):
    assert "Nothing to pass yet" in words(sign_in(portal, "lena"), RESULTS)
    assert [sign_in(portal, name).get(RESULTS).status_code for name in ("theo", "odin")] == [404, 404]
    assert portal.visitor("athena").get(f"/courses/{MUSIC}/results").status_code == 303
