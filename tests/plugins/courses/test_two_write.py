# SPDX-License-Identifier: MIT
"""Theo and Ada write on one course at the same time: nobody publishes what they have not seen, and no text is lost."""

from __future__ import annotations

import re
from uuid import uuid4

from classroom import BREAD, MUSIC, Forms, add_lesson, count, course_id, facts, held, lesson_ids, publish_changes
from drafting import LESSON
from people import sign_in
from upart_courses.models import Lesson, LessonEvent, Section

NEW = "eat-it"


def button(page, desk: str) -> dict[str, str]:
    """What the button on a page of changes sends."""
    return Forms(page.text).found[f"{desk}/changes/publish"]


def test_theo_publishes_no_deletion_that_he_has_not_seen(portal, theo, ada, desk):
    done, lesson = count(portal, LessonEvent), f"{desk}/lessons/{lesson_ids(portal, BREAD)[LESSON]}"
    theo.post(f"{desk}/facts", data=facts(theo, desk, title="Bread, slowly"))
    opened = button(theo.get(f"{desk}/changes"), desk)
    assert ada.post(f"{lesson}/delete").status_code == 303
    answer = theo.post(f"{desk}/changes/publish", data=opened)
    assert (answer.status_code, "somebody has changed something" in answer.text, "will be deleted" in answer.text) == (409, True, True)
    assert (LESSON in lesson_ids(portal, BREAD), count(portal, LessonEvent)) == (True, done)
    assert theo.post(f"{desk}/changes/publish", data=button(answer, desk)).status_code == 303
    assert (LESSON in lesson_ids(portal, BREAD), portal.breaches()) == (False, [])


def test_whoever_has_seen_no_changes_publishes_none_and_a_second_press_does_no_harm(portal, theo, desk):
    theo.post(f"{desk}/facts", data=facts(theo, desk, title="Bread, slowly"))
    for sent in ({}, {"seen": ""}, {"seen": "ä"}):
        assert theo.post(f"{desk}/changes/publish", data=sent).status_code == 409
    assert "Bread, slowly" not in portal.visitor("athena").get("/courses/").text
    opened = button(theo.get(f"{desk}/changes"), desk)
    assert [theo.post(f"{desk}/changes/publish", data=opened).status_code for _press in range(2)] == [303, 303]
    assert "Bread, slowly" in portal.visitor("athena").get("/courses/").text


def test_the_id_of_another_course_s_lesson_makes_a_lesson_of_one_s_own(portal, theo, desk):
    taken, before = lesson_ids(portal, MUSIC), count(portal, Lesson)
    for _press in range(2):
        add_lesson(theo, desk, "Eat it", once=str(next(iter(taken.values()))))
    assert (NEW in lesson_ids(portal, BREAD), lesson_ids(portal, MUSIC)) == (True, taken)
    assert count(portal, Lesson) == before + 1
    assert (publish_changes(theo, desk).status_code, portal.breaches()) == (303, [])


def test_a_section_sent_to_two_courses_is_one_in_each(portal, theo, desk):
    desks, once = (desk, f"/teach/courses/{course_id(portal, MUSIC)}"), str(uuid4())
    for course in (*desks, *desks):
        assert theo.post(f"{course}/sections", data={"title": "Afterwards", "once": once}).status_code == 303
    assert [publish_changes(theo, course).status_code for course in desks] == [303, 303]
    assert (count(portal, Section, title="Afterwards"), portal.breaches()) == (2, [])


def test_a_version_comes_back_without_its_deletion(portal, theo, desk):
    id = lesson_ids(portal, BREAD)[LESSON]
    lesson = f"{desk}/lessons/{id}"
    theo.post(lesson, data=held(theo, lesson, body="Weigh everything twice."))
    theo.post(f"{lesson}/delete")
    theo.post(f"{desk}/changes/aside", data={"lesson": id})
    assert theo.post(f"{desk}/versions/restore", data={"lesson": id, "number": "2"}).status_code == 303
    assert "will be deleted" not in theo.get(f"{desk}/changes").text
    assert publish_changes(theo, desk).status_code == 303
    assert "Weigh everything twice." in sign_in(portal, "lena").get(f"/learn/{BREAD}/{LESSON}").text


def test_what_theo_typed_stays_when_ada_deletes_the_lesson_meanwhile(portal, theo, ada, desk):
    add_lesson(theo, desk, "Eat it")
    lesson = f"{desk}/lessons/{lesson_ids(portal, BREAD)[NEW]}"
    typed = held(theo, lesson, body="Slowly, with butter.", minutes="7")
    assert ada.post(f"{lesson}/delete").status_code == 303
    told = theo.post(lesson, data={**typed, "by_itself": "1"})
    assert (told.status_code, "deleted meanwhile" in told.json["why"]) == (404, True)
    page = theo.post(lesson, data=typed)
    assert (page.status_code, "deleted meanwhile" in page.text, "Slowly, with butter." in page.text) == (404, True, True)
    again = Forms(page.text).found[f"{desk}/lessons/new"]
    assert theo.post(f"{desk}/lessons/new", data=again).status_code == 303
    assert re.search("Eat it.*7 min", theo.get(desk).text, re.S)
    assert portal.breaches() == []
