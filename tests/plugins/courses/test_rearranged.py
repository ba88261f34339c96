# SPDX-License-Identifier: MIT
"""Theo rearranges a course that Lena is in: sections, headings, order and cover wait until they are published, whatever somebody else does meanwhile."""

from __future__ import annotations

import re
from uuid import uuid4

from classroom import BREAD, count, facts, lesson_ids, publish_changes
from drafting import LESSON, address, preview, read, rewrite, sections, words
from people import hidden, sign_in
from shelf import describe, put
from sqlalchemy import select
from upart_courses.blocks import text_block
from upart_courses.models import Course, Lesson, LessonEvent

from upart.revisions.models import Revision
from upart.testing import together


def test_a_lesson_goes_into_another_section_when_that_is_published(portal, theo):
    course, before = address(portal), list(lesson_ids(portal, BREAD))
    rewrite(theo, portal, "A text that waits.", section=sections(theo, course)[-1])
    assert (list(lesson_ids(portal, BREAD)), "A text that waits." in read(portal)) == (before, False)
    publish_changes(theo, course)
    assert list(lesson_ids(portal, BREAD))[-1] == LESSON
    assert ("A text that waits." in read(portal), portal.breaches()) == (True, [])


def test_headings_and_order_wait_and_what_was_learned_stays(portal, theo, lena):
    course, done = address(portal), count(portal, LessonEvent)
    before, first = words(lena, f"/courses/{BREAD}"), sections(theo, course)[0]
    theo.post(f"{course}/sections/{first}", data={"title": "Before you begin"})
    theo.post(f"{course}/move", data={"id": first, "to": "down"})
    theo.post(f"{course}/sections", data={"title": "Still empty", "once": "0199a000-0000-7000-8000-000000000001"})
    assert words(lena, f"/courses/{BREAD}") == before
    assert "Before you begin" in portal.visitor("athena").get(preview(theo, course)).text
    page = theo.get(f"{course}/changes").text
    assert re.search(r"<dt>Outline</dt>.*<ins>.*Before you begin", page, re.S)

    publish_changes(theo, course)
    after = words(lena, f"/courses/{BREAD}")
    assert "Before you begin" in after
    assert (after != before, count(portal, LessonEvent), portal.breaches()) == (True, done, [])
    assert len(sections(theo, course)) == 3


def test_a_heading_that_was_removed_comes_back_with_an_earlier_version(portal, theo, lena):
    course = address(portal)
    before, first = words(lena, f"/courses/{BREAD}"), sections(theo, course)[0]
    theo.post(f"{course}/sections/{first}/remove")
    assert (words(lena, f"/courses/{BREAD}"), len(sections(theo, course))) == (before, 1)
    publish_changes(theo, course)
    assert words(lena, f"/courses/{BREAD}") != before
    assert theo.post(f"{course}/versions/restore", data={"number": "1"}).status_code == 303
    publish_changes(theo, course)
    assert (words(lena, f"/courses/{BREAD}"), portal.breaches()) == (before, [])


def test_lessons_that_come_and_go_meanwhile_find_their_place_in_the_draft(portal, theo):
    course = address(portal)
    theo.post(f"{course}/sections", data={"title": "Afterwards", "once": "0199a000-0000-7000-8000-000000000001"})
    new = {"title": "Eat it", "section": sections(theo, course)[-1], "kind": "text", "minutes": "5", "body": "Now.", "once": str(uuid4())}
    assert theo.post(f"{course}/lessons/new", data=new).status_code == 303
    theo.post(f"{course}/lessons/{lesson_ids(portal, BREAD)[LESSON]}/delete")
    theo.post(f"{course}/move", data={"id": sections(theo, course)[-1], "to": "up"})

    assert publish_changes(theo, course).status_code == 303
    found = list(lesson_ids(portal, BREAD))
    assert ("eat-it" in found[:-1], LESSON in found, portal.breaches()) == (True, False, [])


def test_the_cover_waits_for_the_publication(portal, theo):
    course, ada = address(portal), sign_in(portal, "ada")
    id = put(portal, ada)
    describe(ada, id)
    theo.post(f"{course}/cover", data={"picture": str(id)})
    with portal.reading("athena") as session:
        assert session.scalars(select(Course.cover_id).where(Course.slug == BREAD)).one() is None
    kept = ada.post(f"/manage/media/{id}/trash")
    assert (kept.status_code, "</b>, draft</span>" in kept.text) == (409, True)
    publish_changes(theo, course)
    with portal.reading("athena") as session:
        assert session.scalars(select(Course.cover_id).where(Course.slug == BREAD)).one() == id


def test_of_those_who_arrange_and_publish_at_once_nobody_gets_a_fault(school):
    theo, course, ids = sign_in(school, "theo"), address(school), list(lesson_ids(school, BREAD).values())
    theo.post(f"{course}/move", data={"id": ids[0], "to": "down"})
    opened = hidden(theo.get(f"{course}/changes").text, "seen")

    def act(number: int) -> int:
        tab = school.visitor("athena")
        tab.keep("upart_session", theo.cookie("upart_session"))
        ways = (("changes/publish", {"seen": opened}), ("move", {"id": ids[2], "to": "up"}), ("versions/restore", {"number": "1"}))
        path, data = ways[number % 3]
        return tab.post(f"{course}/{path}", data=data).status_code

    assert set(together(6, act)) <= {303, 409}
    assert (set(lesson_ids(school, BREAD).values()), school.breaches()) == (set(ids), [])


def test_a_program_changes_at_once_and_never_what_somebody_is_drafting(portal, theo):
    place = f"/api/v1/lessons/{lesson_ids(portal, BREAD)[LESSON]}"

    def patch(body: str):
        headers = {"Sec-Fetch-Site": "same-origin", "If-Match": theo.get(place).headers["ETag"]}
        return theo.open(place, method="PATCH", headers=headers, json={"body": body})

    assert patch("By a program.").status_code == 200
    assert ("By a program." in read(portal), count(portal, Revision)) == (True, 2)
    rewrite(theo, portal, "By Theo.")
    assert patch("By a program again.").status_code == 409
    assert "By Theo." in theo.get(f"{address(portal)}/lessons/{lesson_ids(portal, BREAD)[LESSON]}").text


def test_what_was_changed_beside_its_draft_is_not_undone_by_publishing(portal, theo):
    course, id = address(portal), lesson_ids(portal, BREAD)[LESSON]
    rewrite(theo, portal, "By Theo.")
    theo.post(f"{course}/facts", data=facts(theo, course, title="Another title"))
    with portal.writing("athena") as session:
        session.scalars(select(Lesson).where(Lesson.id == id)).one().blocks = text_block("Beside.")
    answer = publish_changes(theo, course)
    assert (answer.status_code, "Nothing was published" in answer.text) == (409, True)
    assert ("Beside." in read(portal), "Another title" in portal.visitor("athena").get("/courses/").text) == (True, False)
