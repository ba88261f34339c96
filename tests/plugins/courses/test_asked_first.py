# SPDX-License-Identifier: MIT
"""Lena loses neither a certificate nor a place in a group by one tap: she is asked first, and only then; and she finds her certificates again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from classroom import BREAD, MUSIC, NUMBERS, Forms, course_id
from people import sign_in
from sqlalchemy import select
from upart_courses.models import Certificate, CertificateState, Enrolment

LESSON, TITLE = "bakers-percentages", "Your first sourdough"
HELD = "My certificates"


def certificate(portal) -> Certificate:
    with portal.reading("athena") as session:
        return session.scalars(select(Certificate)).one()


def place(portal, slug=NUMBERS) -> Enrolment:
    with portal.reading("athena") as session:
        return session.scalars(select(Enrolment).where(Enrolment.course_id == course_id(portal, slug))).one()


def test_a_tap_on_done_of_a_finished_course_asks_before_the_certificate_goes(portal, lena):
    path, before = f"/learn/{BREAD}/{LESSON}", certificate(portal)
    asked = lena.post(f"{path}/not-done")
    assert (asked.status_code, "your certificate does not hold any more" in asked.text, f"/certificates/{before.code}" in asked.text) == (200, True, True)
    assert (certificate(portal).state, place(portal, BREAD).completed_at is None) == (CertificateState.ISSUED, False)
    assert lena.post(f"{path}/not-done", data=Forms(asked.text).found[f"{path}/not-done"]).headers["Location"] == path
    assert (certificate(portal).state, place(portal, BREAD).completed_at) == (CertificateState.WITHDRAWN, None)


def test_finished_again_it_says_the_day_on_which_she_first_finished(portal, lena):
    path, before = f"/learn/{BREAD}/{LESSON}", certificate(portal)
    lena.post(f"{path}/not-done", data={"sure": "y"})
    assert HELD not in lena.get("/learn/").text
    assert lena.post(f"{path}/done").status_code == 303
    now = certificate(portal)
    assert (now.state, now.code, now.issued_at) == (CertificateState.ISSUED, before.code, before.issued_at)


def test_where_nothing_is_lost_nobody_is_asked(portal, lena):
    assert lena.post(f"/learn/{MUSIC}/what-a-tone-is/not-done").headers["Location"] == f"/learn/{MUSIC}/what-a-tone-is"
    assert lena.post(f"/courses/{MUSIC}/leave").status_code == 303
    assert lena.post(f"/courses/{MUSIC}/leave").status_code == 303
    assert place(portal, MUSIC).left_at is not None


def test_whoever_would_lose_a_place_in_a_group_is_asked_before_they_leave(portal, ada, lena):
    group, path = uuid4(), f"/courses/{NUMBERS}/leave"
    typed = {"name": "Spring", "starts_on": date.today() + timedelta(days=9), "places": "1", "choosable": "y", "once": str(group)}
    ada.post(f"/teach/courses/{course_id(portal, NUMBERS)}/cohorts/new", data=typed)
    lena.post(f"/courses/{NUMBERS}/enrol", data={"group": str(group)})
    asked = lena.post(path)
    assert (asked.status_code, "your place in the group “Spring”" in asked.text, place(portal).cohort_id) == (200, True, group)
    assert lena.post(path, data=Forms(asked.text).found[path]).status_code == 303
    assert (place(portal).cohort_id, place(portal).left_at is None) == (None, False)


def test_a_certificate_is_found_after_its_course_was_left(portal, lena):
    link = f'href="/certificates/{certificate(portal).code}"'
    lena.post(f"/courses/{BREAD}/leave")
    page = lena.get("/learn/").text
    assert (HELD in page, link in page, f">{TITLE}</a>" in page.partition(HELD)[2]) == (True, True, True)
    assert all(link not in sign_in(portal, who).get("/learn/").text for who in ("ada", "theo"))
