# SPDX-License-Identifier: MIT
"""What goes with a lesson is kept while Lena's data are restricted; what waits is forgotten by nobody, and stands in nobody's way."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from building import LESSON
from classroom import BREAD, add_lesson, count, course_id, held, lesson_ids, publish_changes
from drafting import words
from people import sign_in, work
from quizzing import attempts, begin, quiz
from restricting import restrict_at
from sqlalchemy import delete, select
from upart_courses.models import Course, Enrolment, Lesson, LessonEvent, Opening, Section
from upart_courses.models.assessed import Question, Quiz
from upart_courses.models.courses import CourseState

from upart import clock
from upart.revisions.models import Revision
from upart.rights.restricting.actions import lift
from upart.rights.restricting.models import Restriction, Scope

NEW = "eat-it"
HEADERS = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}


def delete_lesson(teacher, school, slug: str) -> str:
    """Let a teacher mark a lesson to go; the pages of its course."""
    desk = f"/teach/courses/{course_id(school, BREAD)}"
    assert teacher.post(f"{desk}/lessons/{lesson_ids(school, BREAD)[slug]}/delete").status_code == 303
    return desk


def refused(answer) -> str:
    """What somebody is told who sends a form and is refused."""
    assert answer.status_code == 409, answer.status_code
    return html.unescape(answer.text)


def end(school, restriction) -> None:
    """The restriction ends, and a worker looks."""
    with school.app.app_context(), school.writing("athena") as session:
        lift(session.scalars(select(Restriction).where(Restriction.id == restriction)).one(), told=True)
    work(school)


@pytest.mark.parametrize("more", [{}, {"goes_on": True}, {"scope": Scope.TABLE, "name": "courses_attempt"}])
def test_a_lesson_in_which_lena_was_examined_stays_while_she_is_restricted(school, more):
    theo, lena = sign_in(school, "theo"), sign_in(school, "lena")
    begin(lena, quiz(theo, school), school)
    done = count(school, LessonEvent)
    restriction = restrict_at(school, "Lena", **more)
    desk = delete_lesson(theo, school, LESSON)
    assert "their data are restricted" in refused(publish_changes(theo, desk))
    assert (len(attempts(school)), count(school, LessonEvent)) == (1, done)
    end(school, restriction)
    assert publish_changes(theo, desk).status_code == 303
    assert (attempts(school), LESSON in lesson_ids(school, BREAD), school.breaches()) == ([], False, [])


def test_a_program_deletes_no_lesson_and_no_course_in_which_restricted_lena_was(school):
    theo, done = sign_in(school, "theo"), count(school, LessonEvent)
    restrict_at(school, "Lena", scope=Scope.TABLE, name="courses_lesson_event")
    answer = theo.open(f"/api/v1/lessons/{lesson_ids(school, BREAD)[LESSON]}", method="DELETE", headers=HEADERS)
    assert (answer.status_code, answer.json["code"]) == (409, "restricted")
    assert theo.post(f"/teach/courses/{course_id(school, BREAD)}/delete").status_code == 409
    assert (count(school, LessonEvent), LESSON in lesson_ids(school, BREAD)) == (done, True)


def test_a_planned_deletion_waits_for_the_end_of_her_restriction(school):
    theo, done = sign_in(school, "theo"), count(school, LessonEvent)
    soon = datetime.now(ZoneInfo("Europe/Vienna")).replace(tzinfo=None) + timedelta(days=1)
    desk, restriction = delete_lesson(theo, school, LESSON), restrict_at(school, "Lena")
    assert theo.post(f"{desk}/changes/plan", data={"publish_at": f"{soon:%Y-%m-%dT%H:%M}"}).status_code == 303
    with clock.shifted(timedelta(days=3)):
        work(school)
        assert (count(school, LessonEvent), LESSON in lesson_ids(school, BREAD)) == (done, True)
        assert "Planned changes were not published" in sign_in(school, "ada").get("/manage/").text
        end(school, restriction)
    with clock.shifted(timedelta(days=4)):
        work(school)
        assert (LESSON in lesson_ids(school, BREAD), school.breaches()) == (False, [])


def test_a_section_that_opens_to_restricted_lena_alone_is_not_removed(school):
    theo, desk = sign_in(school, "theo"), f"/teach/courses/{course_id(school, BREAD)}"
    with school.writing("athena") as session:
        section = session.scalars(select(Section).where(Section.course_id == course_id(school, BREAD)).order_by(Section.position)).first()
        place = session.scalars(select(Enrolment).where(Enrolment.course_id == section.course_id)).first()
        session.add(Opening(enrolment_id=place.id, section_id=section.id, opens_at=clock.now()))
        id, learner = section.id, place.learner.name
    restrict_at(school, learner)
    assert theo.post(f"{desk}/sections/{id}/remove").status_code == 303
    assert publish_changes(theo, desk).status_code == 409
    assert count(school, Opening) == 1


def test_a_new_lesson_whose_draft_time_has_taken_comes_when_theo_writes_again(portal, theo, desk):
    add_lesson(theo, desk, "Eat it")
    id = lesson_ids(portal, BREAD)[NEW]
    with portal.writing("athena") as session:  # as retention does after two years
        session.execute(delete(Revision).where(Revision.owner_id == id))
    path = f"{desk}/lessons/{id}"
    assert theo.post(path, data=held(theo, path, body="Still warm.")).status_code == 303
    assert "Lesson “Eat it” is new." in words(theo, f"{desk}/changes")
    assert publish_changes(theo, desk).status_code == 303
    assert "Still warm." in sign_in(portal, "lena").get(f"/learn/{BREAD}/{NEW}").text


def test_an_archived_course_is_shown_again_whatever_waits_in_it(portal, theo, desk):
    theo.post(f"{desk}/archive")
    add_lesson(theo, desk, "Eat it", body="")
    assert "The text of the lesson" not in words(theo, desk)
    assert theo.post(f"{desk}/publish").status_code == 303
    with portal.reading("athena") as session:
        assert session.scalars(select(Course.state).where(Course.slug == BREAD)).one() is CourseState.PUBLISHED
        assert not session.scalars(select(Lesson).where(Lesson.slug == NEW)).one().published


def test_a_course_whose_only_lesson_waits_is_not_shown_again(portal, theo, desk):
    theo.post(f"{desk}/archive")
    add_lesson(theo, desk, "Eat it")
    for slug, id in lesson_ids(portal, BREAD).items():
        if slug != NEW:
            assert theo.open(f"/api/v1/lessons/{id}", method="DELETE", headers=HEADERS).status_code == 204
    answer = theo.post(f"{desk}/publish")
    assert (answer.status_code, "A lesson that is published" in answer.text) == (422, True)
    assert publish_changes(theo, desk).status_code == 303
    add_lesson(theo, desk, "And more")
    assert theo.post(f"{desk}/publish").status_code == 303


def test_an_empty_section_keeps_no_course_from_its_readers_who_do_not_see_it(portal, theo, desk):
    theo.post(f"{desk}/sections", data={"title": "Afterwards", "once": str(UUID(int=7))})
    assert publish_changes(theo, desk).status_code == 303
    theo.post(f"{desk}/archive")
    assert "Before you publish" not in words(theo, desk)
    assert theo.post(f"{desk}/publish").status_code == 303
    page = portal.visitor("athena").get(f"/courses/{BREAD}")
    assert (page.status_code, "Afterwards" in page.text, "Afterwards" in words(theo, desk)) == (200, False, True)


def test_a_quiz_of_a_copy_without_questions_is_not_published(portal, theo, desk):
    quiz(theo, portal)
    made = theo.post(f"{desk}/duplicate", data={"title": "Bread again", "once": str(UUID(int=7))}).headers["Location"]
    lesson = lesson_ids(portal, "bread-again")[LESSON]
    with portal.writing("athena") as session:
        session.execute(delete(Question).where(Question.quiz_id.in_(select(Quiz.id).where(Quiz.lesson_id == lesson))))
    answer = theo.post(f"{made}/publish")
    assert (answer.status_code, "A question for the quiz" in html.unescape(answer.text)) == (422, True)
    assert "A question for the quiz" not in words(theo, desk)


def test_theo_reads_that_a_section_opens_to_all_when_its_condition_goes(portal, theo, desk):
    lesson, section = lesson_ids(portal, BREAD)[LESSON], re.findall(r'<li class="card" data-id="([^"]+)"', theo.get(desk).text)[1]
    assert theo.post(f"{desk}/sections/{section}/plan", data={"kind": "completion", "after": f"lesson:{lesson}", "required": []}).status_code == 303
    assert publish_changes(theo, desk).status_code == 303
    assert "opens when “" in words(theo, f"{desk}/access")
    delete_lesson(theo, portal, LESSON)
    assert re.search("Section “[^”]+” opens when this is done. Without it, it is open at once.", words(theo, f"{desk}/changes"))
    assert "opens when “" not in words(theo, f"{desk}/access")
