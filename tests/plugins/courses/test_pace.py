# SPDX-License-Identifier: MIT
"""Theo plans when parts of his course open; Lena sees what opens the next one, and Theo opens it to her alone, or to all."""

from __future__ import annotations

import re
from datetime import timedelta

from classroom import MUSIC, course_id, held, lesson_ids, publish_changes
from people import sign_in
from sqlalchemy import select
from upart_courses.models import Enrolment, Section

from upart import clock

LATER, LATER_TITLE = "beats-bars-and-where-one-is", "Beats, bars and where one is"
"""A lesson of the third section; Lena is in the second."""


def sections(school):
    with school.reading("athena") as session:
        return list(session.scalars(select(Section.id).where(Section.course_id == course_id(school, MUSIC)).order_by(Section.position)))


def plan(school, theo, number=2, **typed):
    """Let Theo plan when a section opens, and publish that; all its lessons are needed."""
    course = f"/teach/courses/{course_id(school, MUSIC)}"
    path = f"{course}/sections/{sections(school)[number]}/plan"
    needed = re.findall(r'name="required"[^>]*value="([^"]+)" checked', theo.get(path).text)
    answer = theo.post(path, data={"required": needed, **typed})
    publish_changes(theo, course)
    return answer


def is_open(lena, lesson=LATER):
    return lena.get(f"/learn/{MUSIC}/{lesson}").status_code == 200


def test_a_day_opens_it_and_until_then_nobody_reads_it(portal):
    theo, lena, day = sign_in(portal, "theo"), sign_in(portal, "lena"), clock.now() + timedelta(days=3)
    assert plan(portal, theo, kind="date", on=f"{day:%Y-%m-%dT%H:%M}").status_code == 303
    page = lena.get(f"/courses/{MUSIC}").text
    assert f'Opens on <time datetime="{day:%Y-%m-%dT%H:%M}' in page
    refused = lena.get(f"/learn/{MUSIC}/{LATER}")
    assert (refused.status_code, "Not open yet" in refused.text) == (403, True)
    assert lena.post(f"/learn/{MUSIC}/{LATER}/done").status_code == 409
    assert lena.post(f"/learn/{MUSIC}/{LATER}/opened").status_code == 409
    texts = {one["slug"]: one["body"] for one in lena.get("/api/v1/lessons?fields=slug,body&limit=100").json["data"]}
    assert (texts[LATER], bool(texts["spell-ten-chords"])) == (None, True)
    assert LATER not in lena.get("/search?q=bars").text
    assert is_open(theo)
    with clock.shifted(timedelta(days=3, minutes=1)):
        again = sign_in(portal, "lena")
        assert is_open(again)
        assert LATER in again.get("/search?q=bars").text


def test_what_is_done_before_opens_it_and_going_on_skips_what_is_closed(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    last = lesson_ids(portal, MUSIC)["spell-ten-chords"]
    assert plan(portal, theo, kind="completion", after=f"lesson:{last}").status_code == 303
    assert "Opens when you have done “Spell ten chords" in lena.get(f"/courses/{MUSIC}").text
    lena.post(f"/learn/{MUSIC}/three-notes-that-hold-together/done")
    assert not is_open(lena)
    answer = lena.post(f"/learn/{MUSIC}/spell-ten-chords/done")
    assert "/learn/" in answer.headers["Location"]
    assert is_open(lena)


def test_what_was_planned_is_taken_back(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    plan(portal, theo, kind="days", days="3000")
    assert not is_open(lena)
    assert plan(portal, theo, kind="now").status_code == 303
    assert is_open(lena)


def test_theo_opens_it_to_lena_alone_then_lets_her_follow_the_plan_then_opens_all(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    plan(portal, theo, kind="days", days="3000")
    with portal.reading("athena") as session:
        mine = session.scalars(select(Enrolment.id).where(Enrolment.course_id == course_id(portal, MUSIC))).one()
    course = f"/teach/courses/{course_id(portal, MUSIC)}"
    opened = []
    for path, to in ((f"learners/{mine}/pace", "open"), (f"learners/{mine}/pace", "plan"), ("open-all", "open"), ("open-all", "plan")):
        assert theo.post(f"{course}/{path}", data={"to": to, "section": str(sections(portal)[2])}).status_code == 303
        opened.append(is_open(lena))
    assert opened == [True, False, True, False]
    assert "opens on" in theo.get(f"{course}/learners/{mine}").text
    assert "opens 3000 days after enrolling" in theo.get(f"{course}/access").text


def test_what_cannot_be_planned_is_refused_in_words(portal):
    theo = sign_in(portal, "theo")
    own = lesson_ids(portal, MUSIC)[LATER]
    second = sections(portal)[1]
    plan(portal, theo, number=1, kind="completion", after=f"section:{sections(portal)[2]}")
    for typed, said in (
        ({"kind": "date"}, "This is needed"),
        ({"kind": "date", "on": "9999-12-31T23:59"}, "Give a year"),
        ({"kind": "days", "days": "-1"}, "Give a number of days"),
        ({"kind": "completion", "after": f"lesson:{own}"}, "Not a valid choice"),
        ({"kind": "completion", "after": f"section:{second}"}, "only be done when this section is open"),
    ):
        answer = plan(portal, theo, **typed)
        assert (answer.status_code, said in answer.text) == (422, True), typed


def test_the_zone_of_the_academy_says_when_and_a_skipped_hour_is_refused(portal):
    ada, theo, lena = (sign_in(portal, name) for name in ("ada", "theo", "lena"))
    assert ada.post("/manage/settings/time-zone", data={"zone": "Europe/Vienna"}).status_code == 303
    assert "is left out" in plan(portal, theo, kind="date", on="2027-03-28T02:30").text
    plan(portal, theo, kind="date", on="2027-03-28T03:00")
    form = held(theo, f"/teach/courses/{course_id(portal, MUSIC)}/sections/{sections(portal)[2]}/plan")
    assert (form["kind"], form["on"]) == ("date", "2027-03-28T03:00")
    assert '<time datetime="2027-03-28T01:00' in lena.get(f"/courses/{MUSIC}").text


def test_programs_read_and_write_the_plan(portal):
    theo, place = sign_in(portal, "theo"), f"/api/v1/sections/{sections(portal)[2]}"
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}

    def patch(**body):
        return theo.open(place, method="PATCH", headers=headers, json=body)

    assert patch(release={"kind": "days", "days": 7}).json["release"] == {"kind": "days", "days": 7}
    after = {"kind": "completion", "section": str(sections(portal)[0])}
    assert patch(release=after).json["release"] == after
    renamed = patch(title="Later").json
    assert (renamed["title"], renamed["release"]) == ("Later", after)
    assert "Later" in portal.visitor("athena").get(f"/courses/{MUSIC}").text
    assert patch(release=None).json["release"] is None
    for bad in ({"kind": "never"}, {"kind": "days", "days": 0}, {"kind": "date", "on": "2026-13-01T00:00"}, {"kind": "completion"}):
        assert patch(release=bad).status_code == 422, bad
    assert sign_in(portal, "odin").get(place).status_code == 404
