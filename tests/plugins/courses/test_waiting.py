# SPDX-License-Identifier: MIT
"""Theo rebuilds a course that Lena is in: lessons that come and go, what is needed, when parts open. She meets none of it before he publishes, then all."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from classroom import BREAD, add_lesson, count, course_id, held, lesson_ids, publish_changes
from drafting import LESSON, preview, sections, words
from people import sign_in, work
from sqlalchemy import select
from upart_courses.blocks import new_block
from upart_courses.models import Course, Lesson, LessonEvent, Section
from upart_courses.models.assessed import Quiz

from upart import clock
from upart.revisions.models import Revision

NEW = "eat-it"


def read_by(browser) -> str:
    """The page of the course as somebody reads it, in plain words."""
    return words(browser, f"/courses/{BREAD}")


def told(teacher, desk: str) -> str:
    """The page of changes, in plain words."""
    return words(teacher, f"{desk}/changes")


def publish(teacher, desk: str) -> None:
    assert publish_changes(teacher, desk).status_code == 303


def test_a_new_lesson_is_nowhere_for_learners_until_it_is_published(portal, theo, lena, desk):
    before, friend = read_by(lena), portal.visitor("athena")
    add_lesson(theo, desk, "Eat it", body="Rye, still warm.", preview="y")
    id = lesson_ids(portal, BREAD)[NEW]
    assert read_by(lena) == before
    for path in (f"/learn/{BREAD}/{NEW}", f"/courses/{BREAD}/seen/{NEW}?as=learner"):
        assert {lena.get(path).status_code, friend.get(path).status_code} <= {302, 303, 404}, path
    for act in ("opened", "done", "not-done"):
        assert lena.post(f"/learn/{BREAD}/{NEW}/{act}").status_code == 404
    for browser in (lena, friend, theo):
        assert browser.get(f"/api/v1/lessons/{id}").status_code == 404
        assert str(id) not in browser.get(f"/api/v1/courses/{course_id(portal, BREAD)}?include=lessons").text
    assert "Eat it" not in friend.get("/search?q=warm").text
    assert "Lesson “Eat it” is new." in told(theo, desk)
    publish(theo, desk)
    assert ("Eat it" in read_by(lena), friend.get(f"/learn/{BREAD}/{NEW}").status_code, portal.breaches()) == (True, 200, [])
    assert "Eat it" in friend.get("/search?q=warm").text


def test_a_quiz_in_a_lesson_that_waits_is_no_learner_s(portal, theo, lena, desk):
    add_lesson(theo, desk, "Eat it")
    id, quiz = lesson_ids(portal, BREAD)[NEW], new_block("quiz", title="What did you taste?")
    with portal.writing("athena") as session:
        session.scalars(select(Lesson).where(Lesson.id == id)).one().blocks = [quiz]
        session.add(Quiz(lesson_id=id, block=quiz["id"]))
    task = f"/learn/{BREAD}/{NEW}/tasks/{quiz['id']}"
    assert lena.get(task).status_code == 404
    for act in ("start", "answers", "work"):
        assert lena.post(f"{task}/{act}", data={"text": "Salt."}).status_code == 404
    assert "What did you taste" not in theo.get(f"{desk}/grades").text


def test_whoever_has_the_preview_reads_what_will_be_by_page_and_by_program(portal, theo, desk):
    add_lesson(theo, desk, "Eat it", body="Rye, still warm.")
    ids, friend, path = lesson_ids(portal, BREAD), portal.visitor("athena"), preview(theo, desk)
    theo.post(f"{desk}/lessons/{ids[LESSON]}/delete")
    assert ("Eat it" in friend.get(path).text, "Baker&#39;s percentages" in friend.get(path).text) == (True, False)
    assert "Rye, still warm." in friend.get(f"{path}&lesson={NEW}").text
    assert friend.get(f"{path}&lesson={LESSON}").status_code == 404
    token, api = path.partition("preview=")[2], f"/api/v1/courses/{course_id(portal, BREAD)}"
    whole = friend.get(f"{api}?preview={token}&include=lessons,sections").json
    assert [one["slug"] for one in whole["lessons"]] == [slug for slug in ids if slug != LESSON]
    assert [one["position"] for one in whole["lessons"]] == list(range(1, whole["lesson_count"] + 1))
    assert friend.get(f"/api/v1/lessons/{ids[NEW]}?preview={token}").json["body"] == "Rye, still warm."
    assert friend.get(f"/api/v1/lessons/{ids[LESSON]}?preview={token}").status_code == 404
    assert friend.get(api).json["lesson_count"] == 4


def test_a_deleted_lesson_stays_for_learners_and_can_be_taken_back_whole(portal, theo, lena, desk):
    id, done = lesson_ids(portal, BREAD)[LESSON], count(portal, LessonEvent)
    lesson = f"{desk}/lessons/{id}"
    theo.post(lesson, data=held(theo, lesson, body="Weigh everything twice."))
    assert "until you publish the changes" in theo.get(f"{lesson}/delete").text
    assert theo.post(f"{lesson}/delete").status_code == 303
    assert (lena.get(f"/learn/{BREAD}/{LESSON}").status_code, "4 of 4 lessons done" in read_by(lena)) == (200, True)
    assert re.search("will be deleted. What 1 learner did in it goes along.", told(theo, desk))
    assert theo.post(f"{lesson}/back").status_code == 303
    assert "Weigh everything twice." in theo.get(lesson).text
    publish(theo, desk)
    assert ("Weigh everything twice." in lena.get(f"/learn/{BREAD}/{LESSON}").text, count(portal, LessonEvent)) == (True, done)
    theo.post(f"{lesson}/delete")
    publish(theo, desk)
    assert (lena.get(f"/learn/{BREAD}/{LESSON}").status_code, "3 of 3 lessons done" in read_by(lena)) == (404, True)
    assert (count(portal, Revision, owner_id=id), portal.breaches()) == (0, [])


def test_a_new_section_comes_with_its_lesson_and_both_at_once(portal, theo, lena, desk):
    theo.post(f"{desk}/sections", data={"title": "Afterwards", "once": str(uuid4())})
    add_lesson(theo, desk, "Eat it", section=sections(theo, desk)[-1])
    assert ("Afterwards" in read_by(lena), count(portal, Section, title="Afterwards")) == (False, 0)
    assert "Section “Afterwards” is new." in told(theo, desk)
    page = theo.get(desk).text
    assert page.index("Afterwards") < page.index(">Eat it<")
    publish(theo, desk)
    assert re.search("Afterwards.*Eat it", read_by(lena))
    assert (list(lesson_ids(portal, BREAD))[-1], portal.breaches()) == (NEW, [])


def test_an_outline_that_is_laid_aside_leaves_the_new_lesson(portal, theo, lena, desk):
    theo.post(f"{desk}/sections", data={"title": "Afterwards", "once": str(uuid4())})
    add_lesson(theo, desk, "Eat it", section=sections(theo, desk)[-1])
    theo.post(f"{desk}/changes/aside")
    page = theo.get(desk).text
    assert (">Afterwards<" in page, ">Eat it<" in page) == (False, True)
    id = lesson_ids(portal, BREAD)[NEW]
    assert theo.post(f"{desk}/changes/aside", data={"lesson": id}).status_code == 409
    assert theo.post(f"{desk}/lessons/{id}/delete").status_code == 303
    assert "Nothing waits to be published" in theo.get(f"{desk}/changes").text
    assert (NEW in lesson_ids(portal, BREAD), count(portal, Revision, owner_id=id), portal.breaches()) == (False, 0, [])


def test_a_removed_section_is_taken_back_where_it_was(portal, theo, lena, desk):
    before, (first, second) = read_by(lena), sections(theo, desk)
    outline = theo.get(desk).text
    assert theo.post(f"{desk}/sections/{first}/remove").status_code == 303
    assert re.search("Section “[^”]+” will be removed. Its lessons stay.", told(theo, desk))
    assert (sections(theo, desk), read_by(lena)) == ([second], before)
    assert theo.post(f"{desk}/sections/{first}/back").status_code == 303
    assert re.findall('data-id="([^"]+)"', theo.get(desk).text) == re.findall('data-id="([^"]+)"', outline)
    assert "Nothing waits to be published" in theo.get(f"{desk}/changes").text
    assert theo.post(f"{desk}/sections/{uuid4()}/back").status_code == 404


def test_what_is_needed_and_when_parts_open_waits_and_is_told_in_words(portal, theo, lena, desk):
    second, page = sections(theo, desk)[1], read_by(lena)
    assert theo.post(f"{desk}/sections/{second}/plan", data={"kind": "days", "days": "400", "required": []}).status_code == 303
    assert read_by(lena) == page
    words = told(theo, desk)
    assert re.search("Lesson “[^”]+” becomes optional.", words)
    assert "400 days after enrolling" in words
    assert "opens 400 days after enrolling" in theo.get(f"{desk}/access").text
    assert held(theo, f"{desk}/sections/{second}/plan")["days"] == "400"
    publish(theo, desk)
    with portal.reading("athena") as session:
        row = session.scalars(select(Section).where(Section.id == UUID(second))).one()
        assert row.release == {"kind": "days", "days": 400}
        assert [one.required for one in row.lessons] == [False] * len(row.lessons)
    assert (read_by(lena) != page, portal.breaches()) == (True, [])


def test_a_plan_that_is_laid_aside_is_as_it_was_and_all_parts_open_at_once(portal, theo, desk):
    second = sections(theo, desk)[1]
    theo.post(f"{desk}/sections/{second}/plan", data={"kind": "days", "days": "400", "required": []})
    theo.post(f"{desk}/open-all", data={"to": "open"})
    with portal.reading("athena") as session:
        assert session.scalars(select(Course.released_at).where(Course.slug == BREAD)).one() is not None
    theo.post(f"{desk}/changes/aside")
    assert "400" not in theo.get(f"{desk}/access").text
    assert "becomes optional" in told(theo, desk), "what is needed stands on the lessons' drafts"


def test_a_course_keeps_a_lesson_whatever_waits(portal, theo, desk):
    add_lesson(theo, desk, "Eat it")
    ids = lesson_ids(portal, BREAD)
    answers = [theo.post(f"{desk}/lessons/{id}/delete").status_code for slug, id in ids.items() if slug != NEW]
    assert (answers, theo.post(f"{desk}/lessons/{ids[NEW]}/delete").status_code) == ([303] * 4, 409)
    with portal.writing("athena") as session:
        session.scalars(select(Revision).where(Revision.owner_id == ids[NEW])).one().laid_aside_at = clock.now()
    answer = publish_changes(theo, desk)
    assert (answer.status_code, "A lesson that stays" in answer.text) == (422, True)
    assert ("4 of 4 lessons done" in read_by(sign_in(portal, "lena")), len(lesson_ids(portal, BREAD))) == (True, 5)


def test_a_planned_publication_brings_lessons_and_takes_them(portal, theo, desk):
    add_lesson(theo, desk, "Eat it")
    theo.post(f"{desk}/lessons/{lesson_ids(portal, BREAD)[LESSON]}/delete")
    soon = datetime.now(ZoneInfo("Europe/Vienna")).replace(tzinfo=None) + timedelta(days=1)
    assert theo.post(f"{desk}/changes/plan", data={"publish_at": f"{soon:%Y-%m-%dT%H:%M}"}).status_code == 303
    theo.post(f"{desk}/move", data={"id": sections(theo, desk)[0], "to": "down"})
    with clock.shifted(timedelta(days=3)):
        work(portal)
        page = read_by(sign_in(portal, "lena"))
        assert ("Eat it" in page, "Baker's percentages" in page) == (True, False)
        publish(sign_in(portal, "theo"), desk)
    assert portal.breaches() == []


def test_a_copy_has_what_is_new_and_not_what_goes(portal, theo, desk):
    add_lesson(theo, desk, "Eat it")
    theo.post(f"{desk}/lessons/{lesson_ids(portal, BREAD)[LESSON]}/delete")
    theo.post(f"{desk}/sections/{sections(theo, desk)[1]}/plan", data={"kind": "days", "days": "9", "required": []})
    made = theo.post(f"{desk}/duplicate", data={"title": "Bread again", "once": str(uuid4())}).headers["Location"]
    found = lesson_ids(portal, "bread-again")
    assert (NEW in found, LESSON in found, len(found)) == (True, False, 4)
    assert "opens 9 days after enrolling" in theo.get(f"{made}/access").text
    assert (count(portal, Lesson, course_id=course_id(portal, "bread-again"), published=False), portal.breaches()) == (0, [])


def test_a_program_adds_and_deletes_at_once_beside_what_waits(portal, theo, lena, desk):
    add_lesson(theo, desk, "Eat it")
    theo.post(f"{desk}/move", data={"id": sections(theo, desk)[0], "to": "down"})
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    sent = {"course_id": str(course_id(portal, BREAD)), "title": "By a program", "body": "At once."}
    made = theo.open("/api/v1/lessons", method="POST", headers=headers, json=sent)
    assert (made.status_code, "By a program" in read_by(lena), "Eat it" in read_by(lena)) == (201, True, False)
    gone = theo.open(f"/api/v1/lessons/{lesson_ids(portal, BREAD)[LESSON]}", method="DELETE", headers=headers)
    assert (gone.status_code, lena.get(f"/learn/{BREAD}/{LESSON}").status_code) == (204, 404)
    publish(theo, desk)
    assert ("Eat it" in read_by(lena), portal.breaches()) == (True, [])


def test_odin_and_lena_take_nothing_back(portal, theo, desk):
    id, first = lesson_ids(portal, BREAD)[LESSON], sections(theo, desk)[0]
    theo.post(f"{desk}/lessons/{id}/delete")
    theo.post(f"{desk}/sections/{first}/remove")
    for name in ("odin", "lena"):
        other = sign_in(portal, name)
        for path in (f"lessons/{id}/back", f"sections/{first}/back"):
            assert other.post(f"{desk}/{path}").status_code == 404
    assert "will be deleted" in told(theo, desk)
