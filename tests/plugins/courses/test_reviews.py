# SPDX-License-Identifier: MIT
"""Learners who have come some way say what they think of a course, without their name; Theo hides words, not stars."""

from __future__ import annotations

import re
import time

from classroom import BREAD, MUSIC, NUMBERS, STEPS, count, course_id, erase, happened
from people import mails, sign_in
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.actions.learning import complete, enrol
from upart_courses.models import Course, Lesson, Review

from upart.accounts.models import Person

PRAISE = {"stars": "4", "text": "The folding made me <b>understand</b> gluten."}


def write(browser, slug=BREAD, **typed):
    return browser.post(f"/courses/{slug}/review", data={**PRAISE, **typed})


def test_lena_reviews_a_course_and_everybody_reads_it_without_her_name(school):
    lena, vic = sign_in(school, "lena"), school.visitor("athena")
    assert "What learners say" not in sign_in(school, "theo").get(f"/courses/{BREAD}").text
    assert write(lena).status_code == 303
    assert write(lena, stars="5").status_code == 303
    page = vic.get(f"/courses/{BREAD}").text
    said = page[page.index('id="reviews"') :]
    assert "made me &lt;b&gt;understand&lt;/b&gt; gluten." in said
    assert 'aria-label="5 of 5 stars"' in said
    assert "Lena" not in page
    assert (count(school, Review), "1 review" in said) == (1, True)


def test_whoever_has_not_come_some_way_says_nothing(portal):
    lena, odin = sign_in(portal, "lena"), sign_in(portal, "odin")
    assert write(lena, NUMBERS).status_code == 404
    lena.post(f"/courses/{NUMBERS}/enrol")
    lena.post(f"/learn/{NUMBERS}/{STEPS['A']}/done")
    assert "when you have done a third" in lena.get(f"/courses/{NUMBERS}/review").text
    assert write(lena, NUMBERS).status_code == 409
    lena.post(f"/learn/{NUMBERS}/{STEPS['B']}/done")
    assert write(lena, NUMBERS).status_code == 303
    assert write(odin).status_code == 404
    assert (count(portal, Review), count(portal, Review, at="orion")) == (1, 0)


def test_what_is_no_review_is_refused_in_words(portal):
    lena = sign_in(portal, "lena")
    assert "Choose from one to five stars." in write(lena, stars="").text
    assert write(lena, stars="6").status_code == 422
    assert write(lena, text="x" * 2001).status_code == 422
    assert count(portal, Review) == 0


def test_theo_hides_words_and_lena_reads_why(portal):
    lena, theo, vic = sign_in(portal, "lena"), sign_in(portal, "theo"), portal.visitor("athena")
    write(lena)
    desk = f"/teach/courses/{course_id(portal, BREAD)}/reviews"
    one = re.search(rf"{desk}/[0-9a-f-]+", theo.get(desk).text)[0]
    assert sign_in(portal, "lena").post(f"{one}/hide", data={"hidden_because": "No."}).status_code == 404
    assert theo.post(f"{one}/hide", data={"hidden_because": ""}).status_code == 422
    assert theo.post(f"{one}/hide", data={"hidden_because": "It names a neighbour."}).status_code == 303
    page = vic.get(f"/courses/{BREAD}").text
    assert "gluten" not in page[page.index('id="reviews"') :]
    assert "1 review" in page
    assert "It names a neighbour." in lena.get(f"/courses/{BREAD}/review").text
    assert "It names a neighbour." not in page
    (told,) = [mail for mail in mails(portal) if "words about a course are hidden" in mail["Subject"]]
    assert (told["To"], "neighbour" in str(told)) == ("lena@example.org", False)
    theo.post(f"{one}/show")
    assert "understand" in vic.get(f"/courses/{BREAD}").text


def test_words_that_are_hidden_twice_are_news_once(portal):
    theo, desk = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, BREAD)}/reviews"
    write(sign_in(portal, "lena"))
    one = re.search(rf"{desk}/[0-9a-f-]+", theo.get(desk).text)[0]
    for _press in range(2):
        assert theo.post(f"{one}/hide", data={"hidden_because": "It names a neighbour."}).status_code == 303
    told = [mail for mail in mails(portal) if "words about a course are hidden" in mail["Subject"]]
    assert (len(told), happened(portal, "courses.review_hidden")) == (1, 1)


def test_an_average_is_shown_from_three_on(portal):
    _others(portal, 5, 4)
    vic = portal.visitor("athena")
    assert "of 5, 2 reviews" not in vic.get(f"/courses/{BREAD}").text
    write(sign_in(portal, "lena"), stars="2")
    assert "3.7 of 5, 3 reviews" in vic.get(f"/courses/{BREAD}").text


def _others(portal, *stars):
    """Others who have finished the course give these stars."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == BREAD)).one()
        lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id)).all()
        for n, given in enumerate(stars):
            session.add(person := Person(name=f"Learner {n}"))
            session.flush()
            enrolment = enrol(person, course)
            for lesson in lessons:
                complete(enrolment, lesson)
            session.add(Review(author_id=person.id, course_id=course.id, stars=given))


def test_it_goes_with_its_author_and_when_its_author_deletes_it(school):
    lena = sign_in(school, "lena")
    write(lena)
    write(lena, MUSIC)
    assert lena.post(f"/courses/{MUSIC}/review/delete").status_code == 303
    assert (count(school, Review), happened(school, "courses.review_deleted")) == (1, 1)
    erase(school, "Lena")
    assert count(school, Review) == 0


def test_it_goes_with_its_course(school):
    write(sign_in(school, "lena"))
    assert sign_in(school, "ada").post(f"/teach/courses/{course_id(school, BREAD)}/delete").status_code == 303
    assert count(school, Review) == 0


def test_programs_read_reviews_without_names_and_hidden_words_only_if_they_are_theirs(portal):
    lena, theo, odin, vic = sign_in(portal, "lena"), sign_in(portal, "theo"), sign_in(portal, "odin"), portal.visitor("athena")
    body = {"course_id": str(course_id(portal, BREAD)), "stars": 4, "text": "It rose."}
    made = lena.post("/api/v1/reviews", json=body)
    assert (made.status_code, sorted(made.json)) == (201, ["course_id", "id", "stars", "text", "written_at"])
    verbs = f"/api/v1/reviews/{made.json['id']}/actions"
    assert lena.post(f"{verbs}/hide", json={"reason": "No."}).status_code in (403, 404)
    assert theo.post(f"{verbs}/hide", json={"reason": "It names a neighbour."}).status_code == 200
    read = [browser.get("/api/v1/reviews").json["data"][0]["text"] for browser in (lena, theo, vic)]
    assert read == ["It rose.", "It rose.", None]
    assert odin.get("/api/v1/reviews").json["data"] == []
    assert theo.post(f"{verbs}/show").json["text"] == "It rose."
    one, headers = f"/api/v1/reviews/{made.json['id']}", {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    assert [browser.open(one, method="DELETE", headers=headers).status_code for browser in (theo, lena)] == [404, 204]


def test_programs_review_nothing_too_early_and_nothing_they_do_not_see(portal):
    lena = sign_in(portal, "lena")
    lena.post(f"/courses/{NUMBERS}/enrol")
    body = {"course_id": str(course_id(portal, NUMBERS)), "stars": 4}
    assert lena.post("/api/v1/reviews", json=body).json["code"] == "too_early"
    assert lena.post("/api/v1/reviews", json={**body, "stars": 6}).status_code == 422
    assert sign_in(portal, "odin").post("/api/v1/reviews", json=body).status_code == 404


def test_a_learner_who_is_restricted_is_not_quoted(school):
    lena, vic = sign_in(school, "lena"), school.visitor("athena")
    write(lena)
    assert "gluten" in vic.get(f"/courses/{BREAD}").text
    restrict_at(school, "Lena")
    begun = time.monotonic()
    while "gluten" in vic.get(f"/courses/{BREAD}").text:  # PostgreSQL, whose epochs are read twice a second: within one
        assert time.monotonic() - begun < 1
    assert vic.get("/api/v1/reviews").json["data"] == []
