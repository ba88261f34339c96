# SPDX-License-Identifier: MIT
"""The page of a course says what people want to know before they enrol, to them and to search engines; the catalogue narrows down without a script."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from classroom import BREAD, MUSIC, course_id
from people import night, sign_in
from sqlalchemy import select
from upart_courses.models import Course, CourseState, Visibility

from upart import clock

ASKED = "Do I need an oven?\nYes, one that reaches 230 degrees.\n\nIs it vegan?\nIt is.\nMilk & butter are </script> not needed."


def facts_for_engines(page: str):
    """The JSON-LD of a page, or None."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(found[1]) if found else None


def test_theo_answers_what_people_ask(portal):
    theo, vic = sign_in(portal, "theo"), portal.visitor("athena")
    place = f"/teach/courses/{course_id(portal, BREAD)}/questions"
    assert "Questions and answers" not in vic.get(f"/courses/{BREAD}").text
    assert theo.post(place, data={"text": ASKED}).status_code == 303
    page = vic.get(f"/courses/{BREAD}").text
    assert "<span>Do I need an oven?</span>" in page
    assert "<p>Milk &amp; butter are &lt;/script&gt; not needed.</p>" in page
    assert "Is it vegan?" in theo.get(place).text
    assert theo.post(place, data={"text": ""}).status_code == 303
    assert "Is it vegan?" not in vic.get(f"/courses/{BREAD}").text


def test_a_question_without_answer_is_refused_and_nobody_else_writes_them(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    place = f"/teach/courses/{course_id(portal, BREAD)}/questions"
    refused = theo.post(place, data={"text": "Is it vegan?\n\nDo I need an oven?\nYes."})
    assert refused.status_code == 422
    assert "below “Is it vegan?”" in refused.text
    assert lena.post(place, data={"text": ASKED}).status_code == 404
    assert sign_in(portal, "odin").post(place, data={"text": ASKED}).status_code == 404


def test_search_engines_read_what_the_page_says(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == BREAD)).one().summary = "Bread </script><b>& salt"
    found = facts_for_engines(portal.visitor("athena").get(f"/courses/{BREAD}").text)
    assert (found["@type"], found["name"], found["description"]) == ("Course", "Your first sourdough", "Bread </script><b>& salt")
    assert found["hasCourseInstance"] == [{"@type": "CourseInstance", "courseMode": "Online", "courseWorkload": "PT47M", "inLanguage": "en"}]
    assert found["provider"]["name"] == "Athena"
    assert found["offers"]["category"] == "Free"
    assert "aggregateRating" not in found


def test_search_engines_read_when_groups_begin_and_the_page_says_so_at_once(portal):
    theo, vic, path = sign_in(portal, "theo"), portal.visitor("athena"), f"/teach/courses/{course_id(portal, BREAD)}/cohorts"

    def days() -> list[tuple[str | None, str | None]]:
        return [(one.get("startDate"), one.get("endDate")) for one in facts_for_engines(vic.get(f"/courses/{BREAD}").text).get("hasCourseInstance", [])]

    spring = {"name": "Spring", "starts_on": "2090-03-01", "ends_on": "2090-05-31", "choosable": "y", "once": str(uuid4())}
    assert (days(), "Groups begin" in vic.get(f"/courses/{BREAD}").text) == ([(None, None)], False)
    for group in (
        spring,
        {**spring, "name": "Closed", "choosable": "", "once": str(uuid4())},
        {**spring, "name": "Autumn", "starts_on": "2090-09-01", "ends_on": "", "once": str(uuid4())},
    ):
        assert theo.post(f"{path}/new", data=group).status_code == 303
    assert days() == [(None, None), ("2090-03-01", "2090-05-31"), ("2090-09-01", None)]
    assert re.search(r'Groups begin</dt><dd><time datetime="2090-03-01.*?<br><time datetime="2090-09-01', vic.get(f"/courses/{BREAD}").text)
    theo.post(f"{path}/needed", data={"to": "yes"})
    assert days() == [("2090-03-01", "2090-05-31"), ("2090-09-01", None)]
    theo.post(f"{path}/{spring['once']}/delete", data={"group": ""})
    assert days() == [("2090-09-01", None)]


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.MEMBERS, Visibility.ENTITLED])
def test_of_a_course_that_not_everybody_finds_they_read_nothing(portal, visibility):
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == MUSIC)).one().visibility = visibility
    assert facts_for_engines(sign_in(portal, "lena").get(f"/courses/{MUSIC}").text) is None


def test_the_catalogue_narrows_down_by_language(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == BREAD)).one().language = "de"
    vic = portal.visitor("athena")
    page = vic.get("/courses/?language=de&level=beginner").text
    assert 'name="language" value="de" checked' in page
    assert "Deutsch" in page
    assert ("Your first sourdough" in page, "Music theory from zero" in page) == (True, False)
    assert 'name="language"' not in portal.visitor("orion").get("/courses/").text


def test_a_long_catalogue_has_pages_that_keep_what_was_asked_for(portal):
    with portal.writing("athena") as session:
        facts = {
            **dict.fromkeys(("summary", "lead", "description", "field", "cover"), "Short."),
            "language": "en",
            "outcomes": [],
            "state": CourseState.PUBLISHED,
            "published_at": clock.now(),
            "level": "intermediate",
        }
        session.add_all(Course(slug=f"course-{n:02}", title=f"Course {n:02}.", position=n + 10, **facts) for n in range(50))
    vic = portal.visitor("athena")
    first = vic.get("/courses/?level=intermediate").text
    onwards = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    last = vic.get(onwards.replace("page=2", "page=99999")).text
    assert ("50 courses" in first, "Course 23." in first, "Course 24." in first, 'rel="prev"' in first) == (True, True, False, False)
    assert ("Page 3 of 3" in last, "Course 49." in last, 'rel="next"' in last, "Course 23." in last) == (True, True, False, False)
    assert "Course 24." in vic.get(onwards).text
    for odd in ("0", "-1", "two", "٢"):
        assert "Page 1 of 3" in vic.get(f"/courses/?level=intermediate&page={odd}").text


def test_a_group_that_is_over_is_told_to_nobody_from_the_next_day_on(portal):
    theo, vic, path = sign_in(portal, "theo"), portal.visitor("athena"), f"/teach/courses/{course_id(portal, BREAD)}/cohorts"
    first, last = (f"{clock.now() + timedelta(days=days):%Y-%m-%d}" for days in (1, 3))
    assert theo.post(f"{path}/new", data={"name": "Spring", "starts_on": first, "ends_on": last, "choosable": "y", "once": str(uuid4())}).status_code == 303
    assert "Groups begin" in vic.get(f"/courses/{BREAD}").text
    with clock.shifted(timedelta(days=5)):
        night(portal)
        assert "Groups begin" not in vic.get(f"/courses/{BREAD}").text
