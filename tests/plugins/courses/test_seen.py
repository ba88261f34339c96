# SPDX-License-Identifier: MIT
"""Theo looks at his course as others see it: they are told nothing of him, he learns nothing of them, and nothing is written."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from building import LESSON
from classroom import BREAD, MUSIC, count, course_id, lesson_ids
from people import sign_in
from quizzing import RIGHT, quiz
from sqlalchemy import func, select
from upart_courses.models import Course, Enrolment, Entry, LessonEvent, Section, Visibility
from upart_courses.models.assessed import Attempt

from upart import clock
from upart.accounts.models import Person
from upart.accounts.posing import posing
from upart.context import context
from upart.errors import NotHere

SEEN = f"/courses/{MUSIC}/seen"
FIRST = "spell-ten-chords"
LATER, LATER_TITLE = "beats-bars-and-where-one-is", "Beats, bars and where one is"
"""Lessons of the second and of the third section."""


def lessons_told_of(page):
    """The lessons of the outline that are doors."""
    return set(re.findall(rf'href="{SEEN}/([a-z0-9-]+)\?as=', page))


def test_a_learner_of_the_first_day_has_done_nothing_and_nothing_is_written(school):
    theo = sign_in(school, "theo")
    with school.reading("athena") as session:
        before = [session.scalar(select(func.count(model.id))) for model in (Enrolment, LessonEvent)]
    page, inside = theo.get(f"{SEEN}?as=learner").text, theo.get(f"{SEEN}/{FIRST}?as=learner").text
    assert ("as a learner who has just enrolled" in page, "Lena" in page + inside) == (True, False)
    assert ("0 of " in page, "You write this course" in page, "Mark done and go on" in inside) == (True, False, True)
    with school.reading("athena") as session:
        assert [session.scalar(select(func.count(model.id))) for model in (Enrolment, LessonEvent)] == before


def test_each_door_inside_leads_on_inside_and_no_button_works(school):
    theo = sign_in(school, "theo")
    for path in (f"{SEEN}?as=learner", f"{SEEN}/{FIRST}?as=learner", f"{SEEN}?as=visitor"):
        page = theo.get(path).text
        main = page.partition('<fieldset class="seen" disabled>')[2].partition("</fieldset>")[0]
        assert "<h1" in main
        assert f'href="/learn/{MUSIC}' not in main
        assert f'href="/courses/{MUSIC}"' not in main
        doors = set(re.findall(rf'href="({SEEN}[^"#]*)"', main))
        assert {theo.get(html.unescape(door)).status_code for door in doors} == {200}
        outside = re.sub(r'<fieldset class="seen" disabled>.*?</fieldset>', "", page, flags=re.DOTALL)
        assert re.findall(r'method="post" action="([^"]*)"', outside) in (["/sign-out", "/sign-out"], [])


def test_a_visitor_reads_what_is_free_and_another_teacher_all(school):
    theo, vic = sign_in(school, "theo"), school.visitor("athena")
    free = set(re.findall(rf'href="/learn/{MUSIC}/([a-z0-9-]+)"', vic.get(f"/courses/{MUSIC}").text))
    seen = theo.get(f"{SEEN}?as=visitor").text
    assert lessons_told_of(seen) == free
    assert "Theo" not in seen.partition("<main")[0]
    assert "not open to them" in theo.get(f"{SEEN}/{FIRST}?as=visitor").text
    teacher = theo.get(f"{SEEN}?as=teacher").text
    assert (lessons_told_of(teacher) >= set(lesson_ids(school, MUSIC)), "You write this course" in teacher) == (True, False)


def test_the_plan_stands_as_on_the_chosen_day_for_whoever_enrols_today(school):
    theo, id = sign_in(school, "theo"), course_id(school, MUSIC)
    with school.writing("athena") as session:
        third = session.scalars(select(Section).where(Section.course_id == id).order_by(Section.position)).all()[2]
        third.release = {"kind": "days", "days": 7}
    now, then = (clock.now() + timedelta(days=days) for days in (0, 8))
    assert LATER not in lessons_told_of(theo.get(f"{SEEN}?as=learner&on={now:%Y-%m-%d}").text)
    closed = theo.get(f"{SEEN}/{LATER}?as=learner")
    assert (closed.status_code, "Not open yet" in closed.text, LATER_TITLE in closed.text) == (200, True, True)
    assert LATER in lessons_told_of(theo.get(f"{SEEN}?as=learner&on={then:%Y-%m-%d}").text)
    assert "Not open yet" not in theo.get(f"{SEEN}/{LATER}?as=learner&on={then:%Y-%m-%d}").text
    assert theo.get(f"{SEEN}?as=learner&on=0000-99-99").status_code == 200


def test_who_does_not_find_it_is_said_and_a_draft_looks_as_it_will(school):
    theo, id = sign_in(school, "theo"), course_id(school, MUSIC)
    with school.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.id == id)).one()
        course.visibility, course.entry = Visibility.ENTITLED, Entry.ENTITLED
    assert ["do not see this course" in theo.get(f"{SEEN}?as={who}").text for who in ("visitor", "member", "learner", "teacher")] == [True, True, False, False]
    theo.post("/teach/courses/new", data={"title": "Rests", "field": "Music", "once": "01890000-0000-7000-8000-000000000001"})
    page = theo.get("/courses/rests/seen?as=visitor").text
    assert ("It is not published yet" in page, "This is a draft" in page, ">Enrol" in page) == (True, False, True)


@pytest.mark.parametrize("name", ["lena", "odin", ""])
def test_nobody_else_looks_this_way(school, name):
    _sees_nothing(sign_in(school, name) if name else school.visitor("athena"))


def test_who_runs_the_platform_does_not_look_this_way_either(portal):
    _sees_nothing(sign_in(portal, "pia"))


def _sees_nothing(browser) -> None:
    assert browser.get(f"{SEEN}?as=learner").status_code in (303, 404)
    assert browser.get(f"{SEEN}/{FIRST}?as=teacher").status_code in (303, 404)


def test_nobody_poses_as_somebody_who_may_do_more(school):
    with school.reading("athena") as session, context.knowing(session.scalars(select(Person).where(Person.email == "theo@example.org")).one(), fresh=True):
        name = context.person.name
        for role in ("owner", "manager"):
            with pytest.raises(NotHere), posing(role):
                raise AssertionError("Theo posed as an owner")
        with posing("learner"):
            assert (context.person.roles, context.person.email, context.fresh) == (["learner"], None, False)
        with posing(None):
            assert context.person is None
        assert context.person.name == name


def test_theo_tries_his_quiz_and_nothing_of_it_is_kept(portal, theo):
    id = quiz(theo, portal)
    seen = theo.get(f"/courses/{BREAD}/seen/{LESSON}?as=learner").text
    door = html.unescape(re.search(rf'href="(/courses/[^"]+/tasks/{id}[^"]*)"', seen)[1])
    trial = re.search(r'href="([^"]+/trial)"', theo.get(door).text)[1]
    marks = [html.unescape(one) for one in re.findall(r'name="asked" value="([^"]+)"', theo.get(trial).text)]
    order = marks[4].split()[1:]
    ranks = [str(int(place) + 1) for place in order]
    page = theo.post(trial, data={**RIGHT, "a-4": ranks, "asked": marks}).text
    assert ("14 of 14 points" in page, "About: What lives in it?" in page, re.findall(r'name="asked" value="([^"]+)"', page) == marks) == (True, True, True)
    assert count(portal, Attempt) == 0
    wrong = theo.post(trial, data={"a-0": "1", "asked": [marks[0], "x", "\0 9", f"{marks[1].split()[0]} 7 7"]}).text
    assert "2 of 6 points" in wrong
    assert "Passed" not in theo.post(trial).text
    assert sign_in(portal, "lena").get(trial).status_code == sign_in(portal, "odin").post(trial).status_code == 404
