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


def test_a_certificate_goes_with_the_table_by_which_the_course_was_finished(school):
    ada, numbers = sign_in(school, "ada"), course_id(school, NUMBERS)
    path = send(ada, f"{TABLE}lena@example.org;;{NUMBERS};2026-01-02;;2026-03-04\n")
    act(school, ada, path)
    ada.post(f"/teach/courses/{numbers}/certificates/issuing", data={"to": "issue"})
    work(school)
    assert count(school, Certificate, course_id=numbers, state=CertificateState.ISSUED) == 1
    act(school, ada, path, "undo")
    assert count(school, Certificate, course_id=numbers, state=CertificateState.WITHDRAWN) == 1
    assert count(school, Certificate, course_id=numbers) == 1


def test_work_that_somebody_handed_in_stays_when_their_table_is_taken_back(school):
    theo, ada = sign_in(school, "theo"), sign_in(school, "ada")
    id = assignment(theo, school)
    path = send(ada, f"{TABLE}ada@example.org;;{BREAD};2026-01-02;;\n")
    act(school, ada, path)
    assert ada.post(f"{place(id)}/work", data={"text": "My loaf."}).status_code == 303
    assert "They have learned in the course since" in act(school, ada, path, "undo")
    assert [one.text for one in submissions(school)] == ["My loaf."]


@pytest.mark.parametrize("due", BEYOND)
def test_a_deadline_with_which_no_clock_counts_is_refused_in_words(school, due):
    theo, lena = sign_in(school, "theo"), sign_in(school, "lena")
    id = assignment(theo, school)
    lena.post(f"{place(id)}/work", data={"text": "My loaf."})
    theirs = f"{address(school)}/tasks/{id}/learners/{submissions(school)[0].enrolment_id}"
    for answer in (rules(theo, school, id, due=due), theo.post(theirs, data={"due": due})):
        assert (answer.status_code, "Give a year from 2000 to 2200." in answer.text) == (422, True)
    assert "no deadline" in lena.get(place(id)).text


@pytest.mark.parametrize("at", BEYOND)
def test_no_change_is_planned_for_a_time_with_which_no_clock_counts(school, at):
    theo = sign_in(school, "theo")
    with_task(theo, school, "assignment", text="Bake a loaf.")
    answer = theo.post(f"/teach/courses/{course_id(school, BREAD)}/changes/plan", data={"publish_at": at})
    assert (answer.status_code, "Give a year from 2000 to 2200." in answer.text) == (422, True)
    assert publish(theo, school).status_code == 303


def test_what_a_package_reports_is_kept_though_a_quiz_of_its_lesson_is_not_passed(school):
    lena, made = sign_in(school, "lena"), new_block("package", title="Three knots")
    with school.writing("athena") as session:
        with context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
            item = add_media(upload(io.BytesIO(packed()), "knots.zip", Category.CONTENT_PUBLIC, while_writing=True))
        lesson = session.scalars(select(Lesson).where(Lesson.slug == "spell-ten-chords")).one()
        lesson.blocks = [*lesson.blocks, {**made, "item": str(item)}, {**new_block("quiz", title="Chords"), "required": True}]
        id = lesson.id
    there = f"/learn/{MUSIC}/spell-ten-chords/packages/{made['id']}"
    version = re.search(r'name="version" value="(\w+)"', lena.get(there).text)[1]
    told = {"status": "passed", "score": "90", "seconds": "60", "part": "0", "version": version}
    assert lena.post(there, data=told).status_code == 204
    assert (count(school, PackageResult, score="90"), count(school, LessonEvent, lesson_id=id, kind=LessonEventKind.COMPLETED)) == (1, 0)


def test_a_course_is_not_deleted_while_somebody_has_bought_a_right_that_is_to_begin(school):
    theo, music = sign_in(school, "theo"), course_id(school, MUSIC)
    with school.app.test_request_context(), school.writing("athena") as session:
        ada, course = session.scalars(select(Person).where(Person.name == "Ada")).one(), session.scalars(select(Course).where(Course.id == music)).one()
        public.entitle(ada, course, Source.PURCHASE, reference="1", starts_at=clock.now() + timedelta(days=3))
    assert theo.post(f"/teach/courses/{music}/delete").status_code == 409
    assert count(school, Course, id=music) == 1


@pytest.mark.parametrize("rule", ["grouped", "prerequisites", "release", "required"])
def test_a_forged_copy_brings_nobody_past_the_rules_of_a_course(school, rule):
    with school.app.test_request_context(), school.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
        place, first = Enrolment(course_id=course.id, completed_at=clock.now()), course.sections[0]
        assert against_bringing(place) == []
        if rule == "release":
            first.release = {"kind": "days", "days": 700}
        elif rule == "required":
            first.lessons[0].blocks = [{**new_block("quiz", title="Nights"), "required": True}]
        else:
            setattr(course, rule, True if rule == "grouped" else [str(course_id(school, BREAD))])
        session.flush()
        assert against_bringing(place) == ["Its course has rules that a file cannot keep. Enrol there."]
