# SPDX-License-Identifier: MIT
"""Reports count courses and enrolments; who enrolled in a small course cannot be told from them."""

from __future__ import annotations

from datetime import timedelta

from classroom import BREAD, NUMBERS, course_id
from sqlalchemy import insert
from upart_courses import public
from upart_courses.models import Enrolment

from upart import clock
from upart.accounts.models import Person
from upart.db import uuid7


def test_a_course_with_few_enrolments_is_told_with_the_others(portal):
    academy, now = portal.academy("athena").id, clock.now()
    with portal.everywhere() as session:
        for slug, many in ((NUMBERS, 6), (BREAD, 2)):
            people = [uuid7() for _ in range(many)]
            session.execute(insert(Person), [{"academy_id": academy, "id": id, "name": "Mara", "email": None} for id in people])
            places = [{"academy_id": academy, "id": uuid7(), "learner_id": id, "course_id": course_id(portal, slug), "enrolled_at": now} for id in people]
            session.execute(insert(Enrolment), places)
    made, enrolled = public.MEASURES
    with portal.reading("athena"):
        since, until = now - timedelta(hours=1), now + timedelta(seconds=1)
        told = enrolled.count(since, until)
        assert (told.total, told.by_course, told.others) == (8, {course_id(portal, NUMBERS): 6}, 2)
        assert enrolled.count(until, until + timedelta(days=1)).total == 0
        assert made.count(now - timedelta(days=1), until).total == 3
