# SPDX-License-Identifier: MIT
"""A course is finished by what its learners did, whatever is done to it meanwhile: a table of what may happen."""

from __future__ import annotations

import pytest
from classroom import NUMBERS, STEPS, add_lesson, course_id, happen, happened
from people import sign_in, work
from sqlalchemy import select
from upart_courses.actions.learning import complete, enrol, progress
from upart_courses.models import Course, Enrolment, Lesson

from upart.accounts.models import Person

A, B, C, D = STEPS.values()

STORIES = (  # what happens in turn; lessons done of those needed; is the course finished; how often it was told
    (("done A", "done B", "done C"), (3, 4), False, 0),
    (("done A", "done B", "done C", "done D"), (4, 4), True, 1),
    (("done A", "done B", "done C", "done D", "add", "publish"), (4, 5), True, 1),
    (("done A", "done B", "done C", "add", "publish", "done D"), (4, 5), False, 0),
    (("done A", "done B", "done C", "delete D", "publish"), (3, 3), True, 1),
    (("done A", "done B", "done C", "done D", "delete D", "publish"), (3, 3), True, 1),
    (("done A", "done B", "delete B", "publish"), (1, 3), False, 0),
    (("done A", "done B", "done C", "optional D", "publish"), (3, 3), True, 1),
    (("done A", "done B", "optional C", "optional D", "publish", "required D", "publish"), (2, 3), True, 1),
    (("optional D", "publish", "done A", "done B", "done C"), (3, 3), True, 1),
    (("optional D", "publish", "done A", "done B", "done D"), (2, 3), False, 0),
    (("optional D", "publish", "done A", "done B", "done C", "done D", "reset D"), (3, 3), True, 1),
    (("done A", "done B", "done C", "done D", "reset D"), (3, 4), False, 1),
    (("done A", "done B", "done C", "done D", "reset D", "optional D", "publish"), (3, 3), True, 2),
    (("optional A", "optional B", "optional C", "optional D", "publish", "done A"), (1, 4), False, 0),
    # What waits on drafts finishes nothing, and holds nobody up.
    (("done A", "done B", "done C", "add", "done D"), (4, 4), True, 1),
    (("done A", "done B", "done C", "delete D"), (3, 4), False, 0),
    (("done A", "done B", "done C", "delete D", "keep D", "publish"), (3, 4), False, 0),
    (("optional D", "done A", "done B", "done C"), (3, 4), False, 0),
    (("delete D", "optional C", "done A", "done B", "publish"), (2, 2), True, 1),
)


@pytest.mark.parametrize(("acts", "counted", "finished", "told"), STORIES, ids=[", ".join(acts) for acts, *_ in STORIES])
def test_what_finishes_a_course(classroom, acts, counted, finished, told):
    portal, lena, ada = classroom
    with portal.rewound():
        for act in acts:
            happen(portal, lena, ada, *act.split())
            work(portal)
        with portal.reading("athena") as session:
            course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
            enrolment = session.scalars(select(Enrolment).where(Enrolment.course_id == course.id)).one()
            come = progress([enrolment.id])[enrolment.id]
            assert (come.count(course), course.needed) == counted
            assert (enrolment.completed_at is not None) == finished
        assert f"{counted[0]} of {counted[1]} lessons done" in lena.get(f"/courses/{NUMBERS}").text
        assert happened(portal, "courses.completed") == told


def test_a_lesson_added_later_is_new_and_the_rest_is_not(portal):
    lena, ada = sign_in(portal, "lena"), sign_in(portal, "ada")
    lena.post(f"/courses/{NUMBERS}/enrol")
    for slug in (A, B, C, D):
        lena.post(f"/learn/{NUMBERS}/{slug}/done")
    add_lesson(ada, f"/teach/courses/{course_id(portal, NUMBERS)}", "One more")
    assert "One more" not in lena.get(f"/courses/{NUMBERS}").text
    happen(portal, lena, ada, "publish")
    page = lena.get(f"/courses/{NUMBERS}").text
    assert "One lesson is new since." in page
    assert page.count(">New<") == 1
    assert "Next: One more" in lena.get("/learn/").text


def test_many_finish_when_what_they_lacked_goes(portal, monkeypatch):
    monkeypatch.setattr("upart_courses.actions.learning.BATCH", 2)
    with portal.app.test_request_context(), portal.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
        people = [Person(name=f"Learner {n}") for n in range(5)]
        session.add_all(people)
        session.flush()
        for person in people:
            enrolment = enrol(person, course)
            for lesson in session.scalars(select(Lesson).where(Lesson.course_id == course.id, Lesson.slug != D)).all():
                complete(enrolment, lesson)
    ada = sign_in(portal, "ada")
    for act in ("delete D", "publish"):
        happen(portal, ada, ada, *act.split())
    work(portal)
    assert happened(portal, "courses.completed") == 5
