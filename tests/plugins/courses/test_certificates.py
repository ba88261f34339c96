# SPDX-License-Identifier: MIT
"""Lena finishes a course and has a certificate: hers to show or not, Theo's to take back, and when she is erased it names nobody."""

from __future__ import annotations

import re
import time

import pytest
from classroom import BREAD, MUSIC, NUMBERS, course_id, erase, happen, happened, lesson_ids
from people import mails, sign_in, work
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.actions.learning import enrol
from upart_courses.models import Certificate, CertificateState, Course

from upart import clock
from upart.accounts.models import Person
from upart.testing.together import together

ISSUED, REVOKED, WITHDRAWN = CertificateState
BEFORE = 1
"""Lena has one of the course that she finished before."""

ALL = ("done A", "done B", "done C", "done D")

STORIES = (  # what happens in turn; the state of the certificate; how often one was issued; the lessons that it names
    (ALL[:3], None, 0, 0),
    (ALL, ISSUED, 1, 4),
    ((*ALL, "done D"), ISSUED, 1, 4),
    ((*ALL, "add", "publish"), ISSUED, 1, 4),
    ((*ALL, "delete D", "publish"), ISSUED, 1, 4),
    ((*ALL[:3], "delete D"), None, 0, 0),
    ((*ALL[:3], "delete D", "publish"), ISSUED, 1, 3),
    ((*ALL[:3], "optional D", "publish"), ISSUED, 1, 3),
    ((*ALL, "reset D"), WITHDRAWN, 1, 4),
    ((*ALL, "reset D", "done D"), ISSUED, 2, 4),
    ((*ALL, "reset D", "optional D", "publish"), ISSUED, 2, 3),
    ((*ALL, "optional D", "publish", "reset D"), ISSUED, 1, 4),
    ((*ALL, "reset D", "add", "publish", "done D"), WITHDRAWN, 1, 4),
    ((*ALL, "revoke"), REVOKED, 1, 4),
    ((*ALL, "revoke", "reset D", "done D"), REVOKED, 1, 4),
    ((*ALL, "revoke", "return"), ISSUED, 1, 4),
    ((*ALL, "revoke", "reset D", "return"), REVOKED, 1, 4),
    ((*ALL, "leave"), ISSUED, 1, 4),
    (("stop", *ALL), None, 0, 0),
    (("stop", *ALL, "issue"), ISSUED, 1, 4),
    (("stop", *ALL, "leave", "issue"), ISSUED, 1, 4),
    (("stop", *ALL, "reset D", "issue"), None, 0, 0),
    (("stop", *ALL[:3], "issue"), None, 0, 0),
    ((*ALL, "stop"), ISSUED, 1, 4),
    ((*ALL, "stop", "reset D", "done D"), ISSUED, 2, 4),
    ((*ALL, "revoke", "stop", "issue"), REVOKED, 1, 4),
    ((*ALL, "issue"), ISSUED, 1, 4),
)


@pytest.mark.parametrize(("acts", "state", "issued", "lessons"), STORIES, ids=[", ".join(acts) for acts, *_ in STORIES])
def test_what_becomes_of_a_certificate(classroom, acts, state, issued, lessons):
    portal, lena, ada = classroom
    with portal.rewound():
        for act in acts:
            _happen(portal, lena, ada, act)
            work(portal)
        row = certificate(portal, NUMBERS)
        assert (row and row.state, row.lessons if row else 0) == (state, lessons)
        assert happened(portal, "courses.certified") == BEFORE + issued


def test_many_who_finished_without_one_get_theirs(portal, monkeypatch):
    monkeypatch.setattr("upart_courses.actions.certifying.BATCH", 2)
    ada, desk = sign_in(portal, "ada"), f"/teach/courses/{course_id(portal, NUMBERS)}/certificates"
    with portal.app.test_request_context(), portal.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
        people = [Person(name=f"Learner {n}") for n in range(5)]
        session.add_all(people)
        session.flush()
        for person in people:
            enrol(person, course).completed_at = clock.now()
    assert "5 people have finished the course without getting one." in ada.get(desk).text
    assert ada.post(f"{desk}/issuing", data={"to": "issue"}).status_code == 303
    work(portal)
    assert happened(portal, "courses.certified") == BEFORE + 5
    assert "without getting one" not in ada.get(desk).text


def _happen(portal, lena, ada, act):
    if act in ("revoke", "return"):
        page = f"/teach/courses/{course_id(portal, NUMBERS)}/certificates/{certificate(portal, NUMBERS).id}"
        ada.post(f"{page}/{'revoke' if act == 'revoke' else 'give-back'}", data={"reason": "It was copied."})
    elif act in ("stop", "issue"):
        assert ada.post(f"/teach/courses/{course_id(portal, NUMBERS)}/certificates/issuing", data={"to": act}).status_code == 303
    elif act == "leave":
        lena.post(f"/courses/{NUMBERS}/leave")
    else:
        happen(portal, lena, ada, *act.split())


def certificate(portal, slug, at="athena"):
    """The only certificate of a course, or None."""
    with portal.reading(at) as session:
        return session.scalars(select(Certificate).where(Certificate.course_id == course_id(portal, slug, at))).first()


def address(portal, slug=BREAD):
    return f"/certificates/{certificate(portal, slug).code}"


def test_it_is_lenas_alone_until_she_shows_it(school):
    lena, vic, page = sign_in(school, "lena"), school.visitor("athena"), address(school)
    assert page in lena.get(f"/courses/{BREAD}").text
    assert page in lena.get("/learn/").text
    assert "This certificate holds." in lena.get(page).text
    assert (vic.get(page).status_code, sign_in(school, "odin").get(page).status_code) == (404, 404)

    lena.post(f"{page}/visibility", data={"to": "everybody"})
    shown = vic.get(page)
    assert "Lena" in shown.text
    assert (shown.headers["X-Robots-Tag"], shown.headers["Cache-Control"]) == ("noindex", "private, no-store")
    assert school.visitor("orion").get(page).status_code == 404

    lena.post(f"{page}/visibility", data={"to": "nobody"})
    assert vic.get(page).status_code == 404


def test_nobody_but_its_holder_decides_who_sees_it(school):
    page = address(school)
    for name in ("ada", "theo", "odin"):
        browser = sign_in(school, name, at="athena" if name != "odin" else "orion")
        assert browser.post(f"{page}/visibility", data={"to": "everybody"}).status_code == 404
    assert not certificate(school, BREAD).public


def test_search_engines_list_it_only_if_lena_says_so(school):
    lena, vic, page = sign_in(school, "lena"), school.visitor("athena"), address(school)
    assert lena.post(f"{page}/visibility", data={"to": "all"}).status_code == 422
    assert lena.post(f"{page}/visibility", data={"to": "engines"}).status_code == 303
    listed = vic.get(page)
    assert (listed.headers.get("X-Robots-Tag"), 'content="noindex"' in listed.text) == (None, False)
    assert 'value="engines" checked' in lena.get(page).text

    lena.post(f"{page}/visibility", data={"to": "everybody"})
    assert vic.get(page).headers["X-Robots-Tag"] == "noindex"
    lena.post(f"{page}/visibility", data={"to": "engines"})
    lena.post(f"/learn/{BREAD}/{next(iter(lesson_ids(school, BREAD)))}/not-done", data={"sure": "y"})
    assert (vic.get(page).status_code, vic.get(page).headers["X-Robots-Tag"]) == (410, "noindex")


def test_it_says_what_was_so_then(school):
    lena, theo, page = sign_in(school, "lena"), sign_in(school, "theo"), address(school)
    lena.post("/account/profile", data={"name": "Lena Other", "language": "en", "zone": "Europe/Berlin"})
    with school.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == BREAD)).one().title = "Bread, anew"
    text = lena.get(page).text
    assert "Your first sourdough" in text
    assert "Bread, anew" not in text
    assert theo.get(page).status_code == 200


def test_theo_takes_it_back_and_says_why_to_lena_alone(school):
    lena, theo, vic, page = sign_in(school, "lena"), sign_in(school, "theo"), school.visitor("athena"), address(school)
    lena.post(f"{page}/visibility", data={"to": "everybody"})
    desk = f"/teach/courses/{course_id(school, BREAD)}/certificates"
    one = re.search(rf"{desk}/[0-9a-f-]+", theo.get(desk).text)[0]
    assert theo.post(f"{one}/revoke", data={"reason": " "}).status_code == 422
    assert theo.post(f"{one}/revoke", data={"reason": "The work was copied."}).status_code == 303
    told, seen = lena.get(page), vic.get(page)
    assert (told.status_code, seen.status_code) == (410, 410)
    assert "The work was copied." in told.text
    assert "The work was copied." not in seen.text
    assert "Lena" not in seen.text
    (told,) = [mail for mail in mails(school) if "was taken back" in mail["Subject"]]
    assert (told["To"], "copied" in str(told)) == ("lena@example.org", False)


def test_another_teacher_and_a_learner_take_nothing_back(school):
    lena, page = sign_in(school, "lena"), f"/teach/courses/{course_id(school, BREAD)}/certificates/{certificate(school, BREAD).id}"
    assert lena.get(page).status_code == 404
    assert lena.post(f"{page}/revoke", data={"reason": "No."}).status_code == 404
    assert sign_in(school, "odin").post(f"{page}/revoke", data={"reason": "No."}).status_code == 404
    assert certificate(school, BREAD).state is ISSUED


def test_after_lena_is_erased_it_says_issued_and_withdrawn_and_names_nobody(school):
    page, vic = address(school), school.visitor("athena")
    sign_in(school, "lena").post(f"{page}/visibility", data={"to": "engines"})
    shown = vic.get(page)
    assert "Lena" in shown.text
    erase(school, "Lena")
    answer, row = vic.get(page, headers={"If-None-Match": shown.headers.get("ETag", "*")}), certificate(school, BREAD)
    assert answer.status_code == 410
    assert "It was issued and withdrawn." in answer.text
    assert "Lena" not in answer.text
    assert (row.learner_id, row.name, row.state, row.issued_at, row.public, row.findable) == (None, "", WITHDRAWN, None, True, False)
    assert "Lena" not in sign_in(school, "ada").get(f"/teach/courses/{row.course_id}/certificates").text
    told = [(one["name"], one["learner_id"], one["state"]) for one in sign_in(school, "ada").get("/api/v1/certificates").json["data"]]
    assert told == [("", None, "withdrawn")]


def test_while_lena_is_restricted_others_see_nothing_of_it(school):
    page = address(school)
    sign_in(school, "lena").post(f"{page}/visibility", data={"to": "everybody"})
    restrict_at(school, "Lena")
    begun, vic = time.monotonic(), school.visitor("athena")
    while vic.get(page).status_code != 404:  # PostgreSQL, whose epochs are read twice a second: within one
        assert time.monotonic() - begun < 1


def test_it_outlives_its_course(school):
    lena, page = sign_in(school, "lena"), address(school)
    assert sign_in(school, "ada").post(f"/teach/courses/{course_id(school, BREAD)}/delete").status_code == 303
    assert "Your first sourdough" in lena.get(page).text


def test_two_tabs_finish_and_make_one(school):
    lena = sign_in(school, "lena")
    lena.post(f"/courses/{NUMBERS}/enrol")
    *first, last = lesson_ids(school, NUMBERS)
    for slug in first:
        lena.post(f"/learn/{NUMBERS}/{slug}/done")
    tabs = [sign_in(school, "lena") for _ in range(4)]
    together(4, lambda n: tabs[n].post(f"/learn/{NUMBERS}/{last}/done"))
    assert happened(school, "courses.certified") == BEFORE + 1


def test_programs_read_show_and_take_back(portal):
    lena, theo, odin = sign_in(portal, "lena"), sign_in(portal, "theo"), sign_in(portal, "odin")
    (row,) = lena.get("/api/v1/certificates").json["data"]
    verbs = f"/api/v1/certificates/{row['id']}/actions"
    assert (row["state"], row["course"], row["public"]) == ("issued", "Your first sourdough", False)
    assert odin.get("/api/v1/certificates").json["data"] == []
    assert portal.visitor("athena").get("/api/v1/certificates").status_code == 401
    assert theo.post(f"{verbs}/show").status_code == 404
    assert lena.post(f"{verbs}/revoke", json={"reason": "Mine."}).status_code in (403, 404)
    assert lena.post(f"{verbs}/show").json["public"] is True
    assert (lena.post(f"{verbs}/show-to-engines").json["findable"], lena.post(f"{verbs}/hide").json["findable"]) == (True, False)
    assert theo.post(f"{verbs}/revoke", json={"reason": "Copied."}).json["state"] == "revoked"
    assert theo.post(f"{verbs}/revoke", json={"reason": "Copied."}).json["code"] == "not_issued"
    assert theo.post(f"{verbs}/give-back").json["state"] == "issued"
    assert certificate(portal, MUSIC) is None
    course = f"/api/v1/courses/{row['course_id']}"
    assert theo.get(course).json["certifies"] is True
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    assert theo.open(course, method="PATCH", headers=headers, json={"certifies": False}).json["certifies"] is False
