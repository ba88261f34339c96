# SPDX-License-Identifier: MIT
"""Programs write: with the version that they have read, and everything that is wrong is said at once."""

from __future__ import annotations

from people import sign_in

SAME = {"Sec-Fetch-Site": "same-origin"}


def patch(browser, path, tag, **fields):
    return browser.open(path, method="PATCH", headers={**SAME, **({"If-Match": tag} if tag else {})}, json=fields)


def begun(theo):
    """The address of a new course of Theo's, and its mark."""
    answer = theo.post("/api/v1/courses", json={"title": "Rye bread", "field": "Baking"})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"], answer.headers["ETag"]


def test_theo_writes_a_course_and_shows_it(portal):
    theo, vic = sign_in(portal, "theo"), portal.visitor("athena")
    place, tag = begun(theo)
    assert vic.get(place).status_code == 404
    lesson = theo.post("/api/v1/lessons", json={"course_id": place.rpartition("/")[2], "title": "Flour", "body": "Rye.", "minutes": 5})
    course = theo.get(place)
    changed = patch(theo, place, course.headers["ETag"], summary="Three loaves.", outcomes=["Bake"])
    shown = theo.post(f"{place}/actions/publish")

    assert lesson.status_code == 201
    assert changed.json["summary"] == "Three loaves."
    assert shown.status_code == 200
    assert shown.json["state"] == "published"
    assert vic.get(place).json["title"] == "Rye bread"
    assert vic.get(f"/api/v1/lessons?filter[course_id]={place.rpartition('/')[2]}&fields=title,body").json["data"] == [{"title": "Flour", "body": None}]


def test_two_writers_notice_each_other(portal):
    theo, ada = sign_in(portal, "theo"), sign_in(portal, "ada")
    place, tag = begun(theo)
    blind, first, second = patch(theo, place, "", title="A"), patch(ada, place, tag, title="Ada's"), patch(theo, place, tag, title="Theo's")
    again = patch(theo, place, second.headers["ETag"], title="Theo's")

    assert [answer.status_code for answer in (blind, first, second, again)] == [428, 200, 412, 200]
    assert second.json["current"]["title"] == "Ada's"
    assert second.mimetype == "application/problem+json"
    assert theo.open(place, method="DELETE", headers=SAME).status_code == 428
    assert theo.open(place, method="DELETE", headers={**SAME, "If-Match": tag}).status_code == 412
    assert theo.open(place, method="DELETE", headers={**SAME, "If-Match": again.headers["ETag"]}).status_code == 204


def test_what_was_not_changed_is_not_sent_again(portal):
    theo, vic = sign_in(portal, "theo"), portal.visitor("athena")
    place, tag = begun(theo)
    same = theo.get(place, headers={"If-None-Match": tag})
    patch(theo, place, tag, title="Spelt bread")
    other = theo.get(place, headers={"If-None-Match": tag})
    listed = vic.get("/api/v1/courses")
    again = vic.get("/api/v1/courses", headers={"If-None-Match": listed.headers["ETag"]})

    assert (same.status_code, same.text, other.status_code) == (304, "", 200)
    assert again.status_code == 304
    assert listed.headers["Cache-Control"] == "public, no-cache"
    assert other.headers["Cache-Control"] == "private, no-store"


def test_theo_learns_everything_that_is_wrong_at_once(portal):
    theo = sign_in(portal, "theo")
    answer = theo.post("/api/v1/courses", json={"title": "", "field": 3, "a/b": 1})

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [("/a~1b", "unknown"), ("/title", "invalid"), ("/field", "invalid")]


def test_lena_enrols_and_leaves(portal):
    lena = sign_in(portal, "lena")
    course = lena.get("/api/v1/courses?filter[slug]=statistics-with-your-own-numbers").json["data"][0]["id"]
    made = lena.post("/api/v1/enrolments", json={"course_id": course})
    again = lena.post("/api/v1/enrolments", json={"course_id": course})
    left = lena.post(f"{made.headers['Location']}/actions/leave")

    assert made.status_code == again.status_code == 201
    assert made.json["id"] == again.json["id"]
    assert left.json["left_at"] is not None


def test_who_may_not_write_changes_nothing(portal):
    theo, lena, odin, vic = sign_in(portal, "theo"), sign_in(portal, "lena"), sign_in(portal, "odin", "orion"), portal.visitor("athena")
    place, tag = begun(theo)
    tries = [
        patch(lena, place, tag, title="x"),
        patch(odin, place, tag, title="x"),
        patch(vic, place, tag, title="x"),
        lena.post("/api/v1/courses", json={"title": "x", "field": "y"}),
    ]

    assert [answer.status_code for answer in tries] == [404, 404, 401, 404]
    assert theo.get(place).headers["ETag"] == tag


def test_a_version_without_a_name_is_none_that_anybody_has_read(portal):
    theo = sign_in(portal, "theo")
    place = theo.post("/api/v1/courses", json={"title": "A", "field": "Music theory"}, headers={"Sec-Fetch-Site": "same-origin"}).headers["Location"]
    for tags in ('""', 'W/""', '"", "x"'):
        answer = theo.open(place, method="PATCH", json={"title": "B"}, headers={"Sec-Fetch-Site": "same-origin", "If-Match": tags})
        assert (answer.status_code, answer.json["code"]) == (412, "changed"), tags
