# SPDX-License-Identifier: MIT
"""Lena enrols, goes through lessons and finishes; whatever teachers and two tabs do meanwhile."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from classroom import BREAD, MUSIC, NUMBERS, STARS, add_lesson, count, course_id, happened, lesson_ids, publish_changes, rows
from people import mails, sign_in
from sqlalchemy import event, select
from upart_courses.actions import learning
from upart_courses.models import Course, Enrolment, Lesson, LessonEvent

from upart import clock
from upart.accounts.models import Person
from upart.db import engine
from upart.testing import Client

FIRST, SECOND = "seven-nights", "how-far-is-far"


def test_lena_enrols_and_finishes(portal):
    lena = sign_in(portal, "lena")
    answer = lena.post(f"/courses/{NUMBERS}/enrol")
    assert answer.headers["Location"] == f"/learn/{NUMBERS}/{FIRST}"
    while "/learn/" in (page := answer.headers["Location"]):
        assert "Mark done and go on" in lena.get(page).text
        answer = lena.post(f"{page}/done")
    assert page == f"/courses/{NUMBERS}"
    assert "4 of 4 lessons done" in lena.get(page).text
    assert "You finished this course on" in lena.get("/learn/").text
    assert (happened(portal, "courses.enrolled"), happened(portal, "courses.completed")) == (1, 1)


def test_she_gets_one_welcome_with_the_way_back(portal):
    lena = sign_in(portal, "lena")
    for _ in range(3):
        lena.post(f"/courses/{NUMBERS}/enrol")
        lena.post(f"/courses/{NUMBERS}/leave")
    lena.post(f"/courses/{NUMBERS}/enrol")
    [mail] = mails(portal, "lena")
    assert mail["Subject"] == "You are in: Statistics with your own numbers"
    assert f"http://athena.localhost/learn/{NUMBERS}/" in mail.get_body(("plain",)).get_content()
    assert lena.get(f"/learn/{NUMBERS}/").headers["Location"] == f"/learn/{NUMBERS}/{FIRST}"


def test_twenty_requests_at_once_make_one_place_and_one_mail(school):
    token = sign_in(school, "lena").cookie("upart_session")

    def ask(_: int) -> int:
        tab = school.visitor("athena")
        tab.keep("upart_session", token)
        return tab.post(f"/courses/{NUMBERS}/enrol").status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {303}
    assert count(school, Enrolment, course_id=course_id(school, NUMBERS)) == 1
    assert happened(school, "courses.enrolled") == 1
    assert len(mails(school, "lena")) == 1


def test_a_lesson_marked_done_in_eight_tabs_at_once_is_done_once(school):
    lena = sign_in(school, "lena")
    lena.post(f"/courses/{NUMBERS}/enrol")
    for lesson in (SECOND, "a-range-instead-of-a-number", "doubt-a-headline"):
        lena.post(f"/learn/{NUMBERS}/{lesson}/done")

    def mark(_: int) -> int:
        tab = school.visitor("athena")
        tab.keep("upart_session", lena.cookie("upart_session"))
        return tab.post(f"/learn/{NUMBERS}/{FIRST}/done").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(mark, range(8))) == {303}
    assert count(school, LessonEvent, lesson_id=lesson_ids(school, NUMBERS)[FIRST]) == 1
    assert happened(school, "courses.completed") == 1


def test_a_visitor_who_wants_to_enrol_signs_in_and_comes_back(portal):
    vic = portal.visitor("athena")
    asked = re.search(r'href="([^"]+)">Enrol<', vic.get(f"/courses/{NUMBERS}").text)[1]
    assert vic.get(asked).headers["Location"] == f"/sign-in?next=/courses/{NUMBERS}/enrol"
    assert count(portal, Enrolment, course_id=course_id(portal, NUMBERS)) == 0
    assert sign_in(portal, "lena").get(asked).headers["Location"] == f"/courses/{NUMBERS}"
    assert vic.post(f"/courses/{NUMBERS}/enrol").status_code == 401


@pytest.mark.parametrize(("who", "status"), [("lena", 404), ("theo", 200), ("ada", 200)])
def test_locked_lessons_are_for_learners_and_for_those_who_teach(portal, who, status):
    assert sign_in(portal, who).get(f"/learn/{NUMBERS}/doubt-a-headline").status_code == status


def test_she_continues_where_she_was(portal):
    lena = sign_in(portal, "lena")
    assert lena.get(f"/learn/{MUSIC}/").headers["Location"] == f"/learn/{MUSIC}/three-notes-that-hold-together"
    assert lena.post(f"/learn/{MUSIC}/beats-bars-and-where-one-is/opened").status_code == 204
    assert lena.get(f"/learn/{MUSIC}/").headers["Location"] == f"/learn/{MUSIC}/beats-bars-and-where-one-is"
    lena.post(f"/learn/{MUSIC}/beats-bars-and-where-one-is/done")
    assert "Next: Write down a melody you have heard twice" in lena.get("/learn/").text
    lena.post(f"/learn/{MUSIC}/write-down-a-melody/done")
    assert lena.get(f"/learn/{MUSIC}/").headers["Location"] == f"/learn/{MUSIC}/three-notes-that-hold-together"


def test_looking_changes_nothing_and_looking_again_is_not_noted(portal):
    lena, before = sign_in(portal, "lena"), rows(portal)
    for path in ("/learn/", f"/learn/{MUSIC}/", f"/learn/{MUSIC}/spell-ten-chords", f"/courses/{MUSIC}", f"/courses/{NUMBERS}/enrol"):
        assert lena.get(path).status_code in (200, 303)
        assert lena.open(path, method="HEAD").status_code in (200, 303)
    assert rows(portal) == before
    for _ in range(3):
        lena.post(f"/learn/{MUSIC}/spell-ten-chords/opened")
    assert rows(portal)[1] == before[1] + 1


def test_what_is_done_can_be_taken_back_and_the_course_with_it(portal):
    lena = sign_in(portal, "lena")
    assert "You finished this course" in lena.get(f"/courses/{BREAD}").text
    assert lena.post(f"/learn/{BREAD}/bakers-percentages/not-done", data={"sure": "y"}).headers["Location"] == f"/learn/{BREAD}/bakers-percentages"
    page = lena.get(f"/courses/{BREAD}").text
    assert "3 of 4 lessons done" in page
    assert "You finished" not in page
    lena.post(f"/learn/{BREAD}/bakers-percentages/done")
    assert "You finished this course" in lena.get(f"/courses/{BREAD}").text


def test_a_lesson_that_theo_adds_counts_and_does_not_undo_a_completion(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    course = f"/teach/courses/{course_id(portal, BREAD)}"
    add_lesson(theo, course, "Rye, later")
    publish_changes(theo, course)
    page = lena.get(f"/courses/{BREAD}").text
    assert "4 of 5 lessons done" in page
    assert "One lesson is new since" in page
    gone = lesson_ids(portal, BREAD)["bakers-percentages"]
    assert theo.post(f"{course}/lessons/{gone}/delete").status_code == 303
    assert publish_changes(theo, course).status_code == 303
    assert "3 of 4 lessons done" in lena.get(f"/courses/{BREAD}").text


def test_a_course_whose_missing_lesson_is_deleted_is_finished_at_the_next_look(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    lena.post(f"/learn/{BREAD}/bakers-percentages/not-done", data={"sure": "y"})
    theo.post(f"/teach/courses/{course_id(portal, BREAD)}/lessons/{lesson_ids(portal, BREAD)['bakers-percentages']}/delete")
    publish_changes(theo, f"/teach/courses/{course_id(portal, BREAD)}")
    assert "3 of 3 lessons done" in lena.get(f"/courses/{BREAD}").text
    assert "You finished" not in lena.get(f"/courses/{BREAD}").text
    lena.post(f"/learn/{BREAD}/plan-your-bake/opened")
    assert "You finished this course" in lena.get(f"/courses/{BREAD}").text


def test_whoever_leaves_finds_everything_when_coming_back(portal):
    lena = sign_in(portal, "lena")
    assert lena.post(f"/courses/{MUSIC}/leave").headers["Location"] == f"/courses/{MUSIC}"
    assert "Music theory" not in lena.get("/learn/").text
    assert lena.get(f"/learn/{MUSIC}/spell-ten-chords").status_code == 404
    assert lena.post(f"/learn/{MUSIC}/spell-ten-chords/done").status_code == 404
    assert lena.post(f"/courses/{MUSIC}/enrol").headers["Location"] == f"/learn/{MUSIC}/three-notes-that-hold-together"
    assert "5 of 10 lessons done" in lena.get("/learn/").text
    assert (happened(portal, "courses.left"), count(portal, Enrolment)) == (1, 2)


def test_a_clock_that_is_put_back_loses_nothing(portal):
    lena = sign_in(portal, "lena")
    lena.post(f"/learn/{MUSIC}/spell-ten-chords/done")
    with clock.shifted(timedelta(minutes=-20)):
        lena.post(f"/learn/{MUSIC}/spell-ten-chords/not-done")
        assert "5 of 10 lessons done" in lena.get("/learn/").text
        lena.post(f"/learn/{MUSIC}/spell-ten-chords/done")
    assert "6 of 10 lessons done" in lena.get("/learn/").text


def test_progress_is_what_the_events_say(portal):
    chance, done = random.Random(11), set()
    with portal.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
        lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position)).all()
        enrolment = learning.enrol(session.scalars(select(Person).where(Person.name == "Lena")).one(), course)
        for _ in range(200):
            lesson, act = chance.choice(lessons), chance.choice((learning.complete, learning.take_back, learning.open_lesson))
            act(enrolment, lesson)
            done = done | {lesson.id} if act is learning.complete else done - {lesson.id} if act is learning.take_back else done
            assert learning.progress([enrolment.id])[enrolment.id].done == done
            assert (enrolment.completed_at is not None) == (len(done) == len(lessons))


def test_a_page_of_a_learner_needs_six_statements(portal):
    lena, sent = sign_in(portal, "lena"), []
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))
    counts = {}
    for path in ("/learn/", f"/courses/{MUSIC}", f"/learn/{MUSIC}/spell-ten-chords"):
        sent.clear()
        assert lena.get(path).status_code == 200
        counts[path] = len([one for one in sent if one.startswith("SELECT") and "FROM courses_certificate" not in one])
    assert max(counts.values()) <= 6, counts  # and one for certificates, where somebody has finished a course


def test_a_plugin_can_object_to_an_enrolment(portal):
    class Reserved:
        """A plugin that is asked before."""

        @staticmethod
        def upart_objections(operation, actor, subject):
            return [f"{actor.name} has not paid."] if operation == "courses.enrol" else []

    from upart.plugin import hookimpl

    hookimpl(Reserved.upart_objections)
    portal.state.plugins.manager.register(Reserved, name="courses-objecting")
    academy = portal.academy("athena")
    portal.state.directory._known = {}
    with portal.everywhere() as session:
        from upart.academies.actions import enable_plugin

        enable_plugin(session, academy.id, "courses-objecting")
    answer = sign_in(portal, "lena").post(f"/courses/{NUMBERS}/enrol")
    assert answer.status_code == 409
    assert "Lena has not paid." in answer.text
    assert count(portal, Enrolment, course_id=course_id(portal, NUMBERS)) == 0


def test_odin_learns_nothing_of_athena(portal):
    odin = sign_in(portal, "odin")
    for path in (f"/learn/{MUSIC}/", f"/learn/{MUSIC}/spell-ten-chords", f"/courses/{MUSIC}"):
        assert odin.get(path).status_code == 404
    for path in (f"/courses/{MUSIC}/enrol", f"/courses/{MUSIC}/leave", f"/learn/{MUSIC}/spell-ten-chords/done"):
        answer = odin.post(path)
        assert answer.status_code == 404
        assert "Music" not in answer.text
    assert odin.post(f"/courses/{STARS}/enrol").status_code == 303
    assert "Music" not in odin.get("/learn/").text


def test_a_cached_course_page_is_the_same_for_all_visitors_and_ones_own_for_learners(portal):
    vic = portal.visitor("athena")
    first = vic.get(f"/courses/{MUSIC}")
    assert first.headers["Cache-Control"] == "public, no-cache"
    mine = sign_in(portal, "lena").get(f"/courses/{MUSIC}")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "5 of 10 lessons done" in mine.text
    assert Client(portal.app, vic.host).get(f"/courses/{MUSIC}").data == first.data
