# SPDX-License-Identifier: MIT
"""Ways to get more out of a course than was earned, to lose what others did there, or to break a page: each was open once."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from building import address
from classroom import BREAD, MUSIC, NUMBERS, count, course_id
from people import sign_in, work
from quizzing import assignment, place, publish, rules, submissions, with_task
from scorm import packed
from sqlalchemy import select
from tabling import act, send
from upart_courses import public
from upart_courses.actions.learning import against_bringing
from upart_courses.blocks import new_block
from upart_courses.models import Certificate, CertificateState, Course, Enrolment, Lesson, LessonEvent, LessonEventKind, PackageResult, Source

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.plugin import Category, add_media, upload

TABLE = "E-mail;Name;Course;Enrolled on;Lessons done;Finished on\n"
BEYOND = ("0001-01-01T00:00", "9999-12-31T23:59")
"""Times of which calendars know, and clocks of other zones do not."""


def test_a_certificate_goes_with_the_table_by_which_the_course_was_finished(portal):
    ada, numbers = sign_in(portal, "ada"), course_id(portal, NUMBERS)
    path = send(ada, f"{TABLE}lena@example.org;;{NUMBERS};2026-01-02;;2026-03-04\n")
    act(portal, ada, path)
    ada.post(f"/teach/courses/{numbers}/certificates/issuing", data={"to": "issue"})
    work(portal)
    assert count(portal, Certificate, course_id=numbers, state=CertificateState.ISSUED) == 1
    act(portal, ada, path, "undo")
    assert count(portal, Certificate, course_id=numbers, state=CertificateState.WITHDRAWN) == 1
    assert count(portal, Certificate, course_id=numbers) == 1


def test_work_that_somebody_handed_in_stays_when_their_table_is_taken_back(portal):
    theo, ada = sign_in(portal, "theo"), sign_in(portal, "ada")
    id = assignment(theo, portal)
    path = send(ada, f"{TABLE}ada@example.org;;{BREAD};2026-01-02;;\n")
    act(portal, ada, path)
    assert ada.post(f"{place(id)}/work", data={"text": "My loaf."}).status_code == 303
    assert "They have learned in the course since" in act(portal, ada, path, "undo")
    assert [one.text for one in submissions(portal)] == ["My loaf."]


@pytest.mark.parametrize("due", BEYOND)
def test_a_deadline_with_which_no_clock_counts_is_refused_in_words(portal, due):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    id = assignment(theo, portal)
    lena.post(f"{place(id)}/work", data={"text": "My loaf."})
    theirs = f"{address(portal)}/tasks/{id}/learners/{submissions(portal)[0].enrolment_id}"
    for answer in (rules(theo, portal, id, due=due), theo.post(theirs, data={"due": due})):
        assert (answer.status_code, "Give a year from 2000 to 2200." in answer.text) == (422, True)
    assert "no deadline" in lena.get(place(id)).text


@pytest.mark.parametrize("at", BEYOND)
def test_no_change_is_planned_for_a_time_with_which_no_clock_counts(portal, at):
    theo = sign_in(portal, "theo")
    with_task(theo, portal, "assignment", text="Bake a loaf.")
    answer = theo.post(f"/teach/courses/{course_id(portal, BREAD)}/changes/plan", data={"publish_at": at})
    assert (answer.status_code, "Give a year from 2000 to 2200." in answer.text) == (422, True)
    assert publish(theo, portal).status_code == 303


def test_what_a_package_reports_is_kept_though_a_quiz_of_its_lesson_is_not_passed(portal):
    lena, made = sign_in(portal, "lena"), new_block("package", title="Three knots")
    with portal.writing("athena") as session:
        with context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
            item = add_media(upload(io.BytesIO(packed()), "knots.zip", Category.CONTENT_PUBLIC, while_writing=True))
        lesson = session.scalars(select(Lesson).where(Lesson.slug == "spell-ten-chords")).one()
        lesson.blocks = [*lesson.blocks, {**made, "item": str(item)}, {**new_block("quiz", title="Chords"), "required": True}]
        id = lesson.id
    there = f"/learn/{MUSIC}/spell-ten-chords/packages/{made['id']}"
    version = re.search(r'name="version" value="(\w+)"', lena.get(there).text)[1]
    told = {"status": "passed", "score": "90", "seconds": "60", "part": "0", "version": version}
    assert lena.post(there, data=told).status_code == 204
    assert (count(portal, PackageResult, score="90"), count(portal, LessonEvent, lesson_id=id, kind=LessonEventKind.COMPLETED)) == (1, 0)


def test_a_course_is_not_deleted_while_somebody_has_bought_a_right_that_is_to_begin(portal):
    theo, music = sign_in(portal, "theo"), course_id(portal, MUSIC)
    with portal.app.test_request_context(), portal.writing("athena") as session:
        ada, course = session.scalars(select(Person).where(Person.name == "Ada")).one(), session.scalars(select(Course).where(Course.id == music)).one()
        public.entitle(ada, course, Source.PURCHASE, reference="1", starts_at=clock.now() + timedelta(days=3))
    assert theo.post(f"/teach/courses/{music}/delete").status_code == 409
    assert count(portal, Course, id=music) == 1


@pytest.mark.parametrize("rule", ["grouped", "prerequisites", "release", "required"])
def test_a_forged_copy_brings_nobody_past_the_rules_of_a_course(portal, rule):
    with portal.app.test_request_context(), portal.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
        place, first = Enrolment(course_id=course.id, completed_at=clock.now()), course.sections[0]
        assert against_bringing(place) == []
        if rule == "release":
            first.release = {"kind": "days", "days": 700}
        elif rule == "required":
            first.lessons[0].blocks = [{**new_block("quiz", title="Nights"), "required": True}]
        else:
            setattr(course, rule, True if rule == "grouped" else [str(course_id(portal, BREAD))])
        session.flush()
        assert against_bringing(place) == ["Its course has rules that a file cannot keep. Enrol there."]
