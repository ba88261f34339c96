# SPDX-License-Identifier: MIT
"""Theo goes on writing a course that Lena is in: on drafts, which he compares, publishes, plans, lays aside and restores; and shows to a friend."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from classroom import BREAD, MUSIC, STARS, count, course_id, erase, facts, first_text, happened, held, lesson_ids, publish_changes
from drafting import LESSON, address, preview, read, rewrite
from people import sign_in, work
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.models import LessonEvent

from upart import clock
from upart.academies.actions import disable_plugin, enable_plugin
from upart.accounts.models import Person
from upart.revisions.models import Revision


def test_lena_reads_what_is_published_while_theo_writes(portal, theo):
    done, course = count(portal, LessonEvent), address(portal)
    assert rewrite(theo, portal, "Weigh everything twice.", minutes="31").status_code == 303
    assert "Weigh everything twice." not in read(portal)
    page = theo.get(f"{course}/changes").text
    assert re.search(r"<ins><span class=\"hidden\">added: </span>Weigh", page)
    assert re.search(r"<dt>Minutes</dt><dd><del>.*</ins></dd>", page)

    assert publish_changes(theo, course).status_code == 303
    assert "Weigh everything twice." in read(portal)
    assert (count(portal, LessonEvent), portal.breaches()) == (done, [])
    assert "Nothing waits to be published" in theo.get(f"{course}/changes").text


def test_what_is_not_different_makes_no_draft_and_a_draft_undone_is_none(portal, theo):
    lesson = f"{address(portal)}/lessons/{lesson_ids(portal, BREAD)[LESSON]}"
    before = held(theo, lesson)
    assert theo.post(lesson, data=before).status_code == 303
    assert count(portal, Revision) == 0
    for _ in range(3):
        assert rewrite(theo, portal, "Other words.").status_code == 303
    assert count(portal, Revision) == 2
    theo.post(lesson, data=held(theo, lesson, body=before[first_text(before)]))
    assert "Nothing waits to be published" in theo.get(f"{address(portal)}/changes").text


def test_two_writers_of_one_draft_at_once_never_lose_a_text(school):
    theo, course = sign_in(school, "theo"), course_id(school, BREAD)
    lesson = f"/teach/courses/{course}/lessons/{lesson_ids(school, BREAD)[LESSON]}"
    opened = held(theo, lesson)

    def send(number: int) -> int:
        tab = school.visitor("athena")
        tab.keep("upart_session", theo.cookie("upart_session"))
        answer = tab.post(lesson, data={**opened, first_text(opened): f"Text of tab {number}."})
        assert f"Text of tab {number}." in answer.text or answer.status_code == 303
        return answer.status_code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(send, range(6)))
    assert answers == [303, 409, 409, 409, 409, 409]
    assert (count(school, Revision), count(school, Revision, published_at=None), school.breaches()) == (2, 1, [])


def test_a_version_is_restored_as_a_draft_and_the_open_one_stays(portal, theo):
    course, id = address(portal), lesson_ids(portal, BREAD)[LESSON]
    rewrite(theo, portal, "The second text.")
    publish_changes(theo, course)
    rewrite(theo, portal, "The third text.")
    assert theo.post(f"{course}/versions/restore", data={"lesson": id, "number": "1"}).status_code == 303

    page = theo.get(f"{course}/versions?lesson={id}").text
    assert [page.count(word) for word in ("Laid aside", "made from version 1")] == [1, 1]
    assert "third</ins>" in theo.get(f"{course}/versions?lesson={id}&number=3").text
    assert "The second text." in read(portal)
    publish_changes(theo, course)
    assert "The second text." not in read(portal)
    assert theo.post(f"{course}/versions/restore", data={"lesson": id, "number": "99"}).status_code == 404


def test_changes_are_published_when_they_were_planned_for(portal, theo):
    course, tomorrow = address(portal), datetime.now(ZoneInfo("Europe/Vienna")).replace(tzinfo=None) + timedelta(days=1)
    rewrite(theo, portal, "Read tomorrow.")
    assert theo.post(f"{course}/changes/plan", data={"publish_at": f"{tomorrow:%Y-%m-%dT%H:%M}"}).status_code == 303
    assert "Planned for" in theo.get(f"{course}/changes").text
    assert "This time is over." in theo.post(f"{course}/changes/plan", data={"publish_at": "2020-01-01T10:00"}).text
    work(portal)
    assert "Read tomorrow." not in read(portal)
    with clock.shifted(timedelta(days=3)):
        work(portal)
        assert "Read tomorrow." in read(portal)
        assert work(portal) == 0


def test_a_plan_that_cannot_be_kept_leaves_the_draft(portal, theo):
    course, soon = address(portal), datetime.now(ZoneInfo("Europe/Vienna")).replace(tzinfo=None) + timedelta(days=1)
    rewrite(theo, portal, "Some text.")
    theo.post(f"{course}/changes/plan", data={"publish_at": f"{soon:%Y-%m-%dT%H:%M}"})
    rewrite(theo, portal, "")
    with clock.shifted(timedelta(days=3)):
        work(portal)
        assert happened(portal, "courses.changes_kept") == 1
        page = publish_changes(sign_in(portal, "theo"), course)
        assert (page.status_code, "The text of the lesson" in page.text, "Planned for" in page.text) == (422, True, False)
        assert "did not happen" in page.text
        inbox = sign_in(portal, "ada").get("/manage/").text
        assert re.search("Planned changes were not published: Your first sourdough.*The text of the lesson", inbox, re.S)
        sign_in(portal, "theo").post(f"{course}/changes/plan", data={"cancel": "1"})
        assert "Planned changes were not published" not in sign_in(portal, "ada").get("/manage/").text


def test_a_plan_waits_while_courses_are_off_and_goes_on_without_its_author(school):
    theo, soon = sign_in(school, "theo"), datetime.now(ZoneInfo("Europe/Vienna")).replace(tzinfo=None) + timedelta(days=1)
    rewrite(theo, school, "Some text.")
    theo.post(f"{address(school)}/changes/plan", data={"publish_at": f"{soon:%Y-%m-%dT%H:%M}"})
    erase(school, "Theo")
    with school.everywhere() as session:
        disable_plugin(session, school.academy("athena").id, "courses")
    with clock.shifted(timedelta(days=3)):
        work(school)
        assert count(school, Revision, published_at=None) == 1
        with school.everywhere() as session:
            enable_plugin(session, school.academy("athena").id, "courses")
        school.state.directory.close()  # on PostgreSQL a worker may know for half a second more what was off
        work(school)
        assert "Some text." in read(school)


def test_while_theo_is_restricted_his_draft_is_ada_s_to_publish(portal, theo):
    rewrite(theo, portal, "Some text.")
    restrict_at(portal, "Theo")
    page = sign_in(portal, "ada").get(f"{address(portal)}/changes").text
    assert ("Some text" in page, "Theo" in page) == (True, False)
    assert publish_changes(sign_in(portal, "ada"), f"{address(portal)}").status_code == 303
    assert "Some text." in read(portal)


def test_a_friend_reads_the_preview_and_nobody_finds_it(portal, theo):
    course = address(portal)
    rewrite(theo, portal, "A text for friends.")
    path, friend = preview(theo, course), portal.visitor("athena")
    answer = friend.get(f"{path}&lesson={LESSON}")
    assert "A text for friends." in answer.text
    assert [answer.headers[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")] == ["private, no-store", "noindex, nofollow", "no-referrer"]
    with clock.shifted(timedelta(days=8)):
        assert friend.get(path).status_code == 404


@pytest.mark.parametrize(
    "change",
    [lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"), lambda path: path.replace("preview=1", "preview=2"), lambda path: path.partition("?")[0]],
)
def test_a_changed_preview_address_opens_nothing(portal, theo, change):
    path = preview(theo, address(portal))
    assert portal.visitor("athena").get(path).status_code == 200
    assert portal.visitor("athena").get(change(path)).status_code == 404


def test_a_preview_opens_one_course_at_one_academy(portal, theo):
    path = preview(theo, address(portal))
    assert portal.visitor("athena").get(path.replace(BREAD, MUSIC)).status_code == 404
    assert portal.visitor("orion").get(path.replace(BREAD, STARS)).status_code == 404


def test_odin_and_lena_reach_no_draft(portal, theo):
    course, id = address(portal), lesson_ids(portal, BREAD)[LESSON]
    rewrite(theo, portal, "A text of Theo's.")
    for name in ("odin", "lena"):
        other = sign_in(portal, name)
        for page in ("changes", "versions", f"versions?lesson={id}&number=2"):
            assert other.get(f"{course}/{page}").status_code == 404
        for page in ("changes/publish", "changes/plan", "changes/aside", "versions/restore"):
            assert other.post(f"{course}/{page}", data={"lesson": id, "number": "1"}).status_code == 404
    assert count(portal, Revision, published_at=None) == 1


def test_erasing_theo_leaves_his_versions_without_a_name(school):
    theo = sign_in(school, "theo")
    rewrite(theo, school, "Weigh twice.")
    with school.reading("athena") as session:
        id = session.scalars(select(Person.id).where(Person.name == "Theo")).one()
    assert count(school, Revision, author_id=id) == 1
    erase(school, "Theo")
    assert (count(school, Revision), count(school, Revision, author_id=id)) == (2, 0)
    page = sign_in(school, "ada").get(f"{address(school)}/changes").text
    assert "Weigh twice" in page
    assert "Theo" not in page


def test_deleting_a_lesson_or_a_course_takes_its_versions(portal, theo):
    course, id = address(portal), lesson_ids(portal, BREAD)[LESSON]
    rewrite(theo, portal, "A text.")
    theo.post(f"{course}/facts", data=facts(theo, course, title="Another title"))
    assert count(portal, Revision) == 4
    theo.post(f"{course}/lessons/{id}/delete")
    assert count(portal, Revision) == 4
    publish_changes(theo, course)
    assert count(portal, Revision) == 2
    theo.post(f"{course}/delete")
    assert count(portal, Revision) == 0
