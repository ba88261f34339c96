# SPDX-License-Identifier: MIT
"""Theo and Ada choose for one course at the same time who sees it, when it opens and what people ask: neither takes back unseen what the other has chosen."""

from __future__ import annotations

from classroom import BREAD, MUSIC, Forms, course_id, held, lesson_ids
from sqlalchemy import select
from upart_courses.models import Course, Section

ASKED, MORE = "Do I need an oven?\nYes.", "Is it vegan?\nIt is."


def forms(answer, place: str) -> dict[str, str]:
    """What the form of an answered page holds."""
    return Forms(answer.text).found[place]


def section(portal) -> str:
    """The second section of the bread course."""
    with portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.slug == BREAD)).one()
        return str(session.scalars(select(Section.id).where(Section.course_id == course.id).order_by(Section.position)).all()[1])


def test_what_theo_hid_stays_hidden_when_ada_only_ticks_a_course_before_it(portal, theo, ada, desk):
    place, music = f"{desk}/access", str(course_id(portal, MUSIC))
    opened = held(ada, place, prerequisites=music)
    assert theo.post(place, data=held(theo, place, visibility="unlisted")).status_code == 303
    assert ada.post(place, data=opened).status_code == 303
    now = held(theo, place)
    assert (now["visibility"], now["prerequisites"]) == ("unlisted", music)
    assert "Your first sourdough" not in portal.visitor("athena").get("/courses/").text


def test_who_sees_it_is_asked_when_both_have_chosen(portal, theo, ada, desk):
    place = f"{desk}/access"
    opened = held(ada, place, visibility="members")
    theo.post(place, data=held(theo, place, visibility="unlisted"))
    asked = ada.post(place, data=opened)
    assert (asked.status_code, "Everybody who has the address; it stands in no list</p>" in asked.text) == (409, True)
    assert held(theo, place)["visibility"] == "unlisted"
    again = {**opened, **{name: value for name, value in forms(asked, place).items() if name.startswith("was-")}}
    assert ada.post(place, data={**again, "take-visibility": "theirs"}).status_code == 303
    assert held(theo, place)["visibility"] == "unlisted"
    assert ada.post(place, data=held(ada, place, visibility="members")).status_code == 303
    assert held(theo, place)["visibility"] == "members"


def test_the_day_that_theo_chose_for_a_section_stays_when_ada_changes_what_is_needed(portal, theo, ada, desk):
    place, needed = f"{desk}/sections/{section(portal)}/plan", [str(id) for id in lesson_ids(portal, BREAD).values()][2:]
    opened = {**held(ada, place), "required": needed[:1]}
    assert theo.post(place, data={**held(theo, place, kind="days", days="3"), "required": needed}).status_code == 303
    assert ada.post(place, data=opened).status_code == 303
    now = held(theo, place)
    assert (now["kind"], now["days"], now["required"]) == ("days", "3", needed[0])
    opened = held(ada, place, days="5")
    theo.post(place, data=held(theo, place, kind="date", on="2030-01-07T09:00"))
    asked = ada.post(place, data=opened)
    assert (asked.status_code, forms(asked, place)["kind"], held(theo, place)["kind"]) == (409, "date", "date")


def test_the_answer_that_theo_wrote_is_not_lost_under_ada_s(portal, theo, ada, desk):
    place = f"{desk}/questions"
    opened = held(ada, place, text=MORE)
    assert theo.post(place, data=held(theo, place, text=ASKED)).status_code == 303
    asked = ada.post(place, data=opened)
    assert (asked.status_code, "Do I need an oven?" in asked.text, MORE in asked.text) == (409, True, True)
    both = {**forms(asked, place), "text": f"{ASKED}\n\n{MORE}"}
    assert ada.post(place, data=both).status_code == 303
    page = portal.visitor("athena").get(f"/courses/{BREAD}").text
    assert ("Do I need an oven?" in page, "Is it vegan?" in page) == (True, True)
