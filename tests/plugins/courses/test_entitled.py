# SPDX-License-Identifier: MIT
"""Who may learn in a course is one thing, who does another: rights come from several sides, end, and are taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from classroom import BREAD, MUSIC, NUMBERS, count, course_id, erase, happened
from people import mails, sign_in
from sqlalchemy import select
from upart_courses import public
from upart_courses.actions import entitling
from upart_courses.models import Course, Enrolment, Entitlement, Source

from upart import clock
from upart.accounts.models import Person

LOCKED = "doubt-a-headline"


def person(session, name="Lena"):
    return session.scalars(select(Person).where(Person.name == name)).one()


def course(session, slug=NUMBERS):
    return session.scalars(select(Course).where(Course.slug == slug)).one()


def give(school, name="Lena", slug=NUMBERS, source=Source.GRANT, **more):
    with school.app.test_request_context(), school.writing("athena") as session:
        return public.entitle(person(session, name), course(session, slug), source, **more).id


def set_access(school, slug=NUMBERS, **typed):
    """Let Ada choose who sees a course and who enrols."""
    data = {"visibility": "public", "entry": "entitled", **typed}
    answer = sign_in(school, "ada").post(f"/teach/courses/{course_id(school, slug)}/access", data=data)
    assert answer.status_code == 303, answer.text


def test_without_a_right_nobody_enters_and_with_one_they_do(portal):
    set_access(portal)
    lena = sign_in(portal, "lena")
    assert "The academy decides who takes part" in lena.get(f"/courses/{NUMBERS}").text
    assert lena.post(f"/courses/{NUMBERS}/enrol").status_code == 409
    give(portal)
    assert "Enrol" in lena.get(f"/courses/{NUMBERS}").text
    assert lena.post(f"/courses/{NUMBERS}/enrol").status_code == 303
    assert lena.get(f"/learn/{NUMBERS}/{LOCKED}").status_code == 200
    assert (happened(portal, "courses.entitled"), happened(portal, "courses.enrolled")) == (1, 1)


def test_a_right_that_is_taken_back_closes_the_lessons_and_keeps_what_was_done(portal):
    right = give(portal)
    set_access(portal)
    lena = sign_in(portal, "lena")
    lena.post(f"/courses/{NUMBERS}/enrol")
    lena.post(f"/learn/{NUMBERS}/{LOCKED}/done")
    sign_in(portal, "ada").post(f"/teach/courses/{course_id(portal, NUMBERS)}/learners/{enrolment(portal)}/revoke", data={"right": str(right)})
    assert lena.get(f"/learn/{NUMBERS}/{LOCKED}").status_code == 403
    assert lena.post(f"/learn/{NUMBERS}/{LOCKED}/not-done").status_code == 409
    assert "Your access to this course is over" in lena.get("/learn/").text
    give(portal, source=Source.PURCHASE, reference="line 7")
    assert "1 of 4 lessons done" in lena.get(f"/courses/{NUMBERS}").text
    assert lena.get(f"/learn/{NUMBERS}/{LOCKED}").status_code == 200


def enrolment(school, slug=NUMBERS):
    with school.reading("athena") as session:
        return session.scalars(select(Enrolment.id).where(Enrolment.course_id == course_id(school, slug))).one()


def test_one_of_several_is_enough_and_each_ends_by_itself(portal):
    set_access(portal)
    day = timedelta(days=1)
    give(portal, ends_at=clock.now() + 2 * day)
    give(portal, source=Source.PURCHASE, reference="line 1", ends_at=clock.now() + 9 * day)
    give(portal, source=Source.IMPORT, reference="list", starts_at=clock.now() + 20 * day)
    held = []
    with portal.reading("athena") as session:
        for days in (1, 3, 10, 21):
            with clock.shifted(days * day):
                held.append(public.is_entitled(person(session), course(session)))
    assert held == [True, True, False, True]


def test_the_same_line_of_an_order_counts_once_and_an_end_before_the_beginning_is_refused(portal):
    first = give(portal, source=Source.PURCHASE, reference="line 1")
    assert give(portal, source=Source.PURCHASE, reference="line 1") == first
    assert (count(portal, Entitlement, course_id=course_id(portal, NUMBERS)), happened(portal, "courses.entitled")) == (1, 1)
    with pytest.raises(Exception, match="before it begins"):
        give(portal, ends_at=clock.now() - timedelta(days=1))


def test_twenty_purchases_at_once_are_one_right_one_place_and_one_mail(school):
    set_access(school)

    def fulfil(_: int) -> None:
        with school.app.test_request_context(), school.writing("athena") as session:
            lena, bought = person(session), course(session)
            public.entitle(lena, bought, Source.PURCHASE, reference="line 1")
            public.enrol(lena, bought, by_themselves=False)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(fulfil, range(20)))
    rows = [count(school, table, course_id=course_id(school, NUMBERS)) for table in (Entitlement, Enrolment)]
    assert (rows, len(mails(school, "lena"))) == ([1, 1], 1)
    assert (happened(school, "courses.entitled"), happened(school, "courses.enrolled")) == (1, 1)


def test_whoever_is_in_a_course_stays_when_it_begins_to_ask_for_a_right(portal):
    set_access(portal, MUSIC)
    lena = sign_in(portal, "lena")
    assert lena.get(f"/learn/{MUSIC}/spell-ten-chords").status_code == 200
    assert lena.post(f"/learn/{MUSIC}/spell-ten-chords/done").status_code == 303
    with portal.reading("athena") as session:
        assert [right.source for right in entitling.rights_of(person(session), course(session, MUSIC))] == [Source.FREE]


def rights(school, slug=NUMBERS):
    with school.reading("athena") as session:
        return [(right.id, right.source, right.revoked_at is None) for right in entitling.rights_of(person(session), course(session, slug))]


def test_lena_who_was_taken_out_and_came_back_stays_when_it_begins_to_ask_for_a_right(portal):
    ada, lena, path = sign_in(portal, "ada"), sign_in(portal, "lena"), f"/teach/courses/{course_id(portal, NUMBERS)}/learners"
    lena.post(f"/courses/{NUMBERS}/enrol")
    assert ada.post(f"{path}/{enrolment(portal)}/remove").status_code == 303
    assert [held for _id, _source, held in rights(portal)] == [False]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: lena.post(f"/courses/{NUMBERS}/enrol"), range(4)))
    assert ([one[1:] for one in rights(portal)], len(mails(portal, "lena"))) == ([(Source.FREE, True)], 1)
    set_access(portal)
    assert lena.get(f"/learn/{NUMBERS}/{LOCKED}").status_code == 200


def test_a_right_that_was_taken_back_holds_again_when_the_course_begins_to_ask_for_one(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    lena.post(f"/courses/{NUMBERS}/enrol")
    (right, *_rest), path = rights(portal)[0], f"/teach/courses/{course_id(portal, NUMBERS)}/learners/{enrolment(portal)}"
    assert ada.post(f"{path}/revoke", data={"right": str(right)}).status_code == 303
    set_access(portal)
    assert (lena.get(f"/learn/{NUMBERS}/{LOCKED}").status_code, rights(portal)) == (200, [(right, Source.FREE, True)])


SEEN = (  # what the course says, then what Vic, Lena, Lena with a right, Theo, and Odin get of its page; and whether lists name it to Lena
    ("public", 200, 200, 200, 200, True),
    ("unlisted", 200, 200, 200, 200, False),
    ("members", 404, 200, 200, 200, True),
    ("entitled", 404, 404, 200, 200, False),
)


@pytest.mark.parametrize(("visibility", "vic", "lena", "rightful", "theo", "listed"), SEEN)
def test_who_sees_it(portal, visibility, vic, lena, rightful, theo, listed):
    set_access(portal, visibility=visibility, entry="open")
    page, catalogue, api = f"/courses/{NUMBERS}", "/courses/", "/api/v1/courses?fields=slug"
    seen = [portal.visitor("athena").get(page).status_code, *(sign_in(portal, who).get(page).status_code for who in ("lena", "theo"))]
    assert seen == [vic, lena, theo]
    reader = sign_in(portal, "lena")
    assert [NUMBERS in reader.get(path).text for path in (catalogue, api, "/search?q=Statistics")] == [listed] * 3
    nobody = [portal.visitor("athena").get(path).text for path in (catalogue, api, "/", "/search?q=Statistics")]
    assert [NUMBERS in text for text in nobody] == [visibility == "public"] * 4
    give(portal)
    assert reader.get(page).status_code == rightful
    assert NUMBERS in reader.get(catalogue).text
    assert sign_in(portal, "odin").get(page).status_code == 404


def test_theo_adds_lena_and_takes_her_out(portal):
    set_access(portal, BREAD)
    theo, path = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, BREAD)}/learners"
    assert theo.post(f"{path}/{enrolment(portal, BREAD)}/remove").status_code == 303
    assert "Nobody yet" in theo.get(path).text
    assert sign_in(portal, "lena").get(f"/learn/{BREAD}/plan-your-bake").status_code == 404
    assert theo.post(f"{path}/add", data={"email": "nobody@example.org"}).status_code == 422
    assert theo.post(f"{path}/add", data={"email": "Lena@example.org", "ends_on": "2001-01-01"}).status_code == 422
    answer = theo.post(f"{path}/add", data={"email": "Lena@example.org"})
    assert "4 of 4" in theo.get(path).text
    assert "Given by the academy" in theo.get(answer.headers["Location"]).text
    assert sign_in(portal, "lena").get(f"/learn/{BREAD}/plan-your-bake").status_code == 200


def test_programs_give_rights_and_take_them_back(portal):
    set_access(portal)
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    with portal.reading("athena") as session:
        body = {"learner_id": str(person(session).id), "course_id": str(course(session).id)}
    assert lena.post("/api/v1/entitlements", json=body).status_code == 404
    made = ada.post("/api/v1/entitlements", json=body)
    assert (made.status_code, made.json["source"]) == (201, "grant")
    assert lena.post("/api/v1/enrolments", json={"course_id": body["course_id"]}).status_code == 201
    mine = next(one for one in lena.get("/api/v1/enrolments").json["data"] if one["course_id"] == body["course_id"])
    assert (mine["progress"]["needed_done"], mine["progress"]["needed"]) == (0, 4)
    assert ada.post(f"{made.headers['Location']}/actions/revoke").json["revoked_at"]
    assert lena.get(made.headers["Location"]).json["revoked_at"]
    texts = lena.get(f"/api/v1/lessons?filter[course_id]={body['course_id']}&fields=slug,body").json["data"]
    assert {one["slug"] for one in texts if one["body"]} == {"seven-nights", "how-far-is-far"}


def test_a_course_to_which_somebody_has_a_right_is_archived_instead_of_deleted(portal):
    right, theo, course = give(portal, slug=MUSIC), sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, MUSIC)}"
    page = theo.get(f"{course}/delete").text
    assert ("Archive it instead" in page, f'action="{course}/archive"' in page, f'action="{course}/delete"' in page) == (True, True, False)
    assert theo.post(f"{course}/delete").status_code == 409
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    assert theo.open(f"/api/v1/courses/{course_id(portal, MUSIC)}", method="DELETE", headers=headers).json["code"] == "has_rights"
    assert theo.post(f"{course}/archive").status_code == 303
    assert sign_in(portal, "lena").get(f"/learn/{MUSIC}/spell-ten-chords").status_code == 200
    assert f'action="{course}/archive"' not in theo.get(f"{course}/delete").text
    theo.post(f"{course}/learners/{enrolment(portal, MUSIC)}/revoke", data={"right": str(right)})
    assert theo.post(f"{course}/delete").status_code == 303
    assert count(portal, Entitlement) == 0


def test_rights_go_with_lena_and_the_course_keeps_its_other_learners(portal):
    give(portal)
    erase(portal, "Lena")
    assert count(portal, Entitlement) == 0
    assert count(portal, Course) == 3
