# SPDX-License-Identifier: MIT
"""Vic, a visitor without account, reads what is public, untracked; each academy shows only its own."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from upart.testing import Client, hostile_hosts, hostile_paths, hostile_values

PAGES = ("/", "/courses/", "/courses/music-theory-from-zero", "/learn/music-theory-from-zero/what-a-tone-is", "/nothing-here", "/theme.css")


def test_vic_finds_a_course_and_reads_its_first_lesson(portal):
    vic = portal.visitor("athena")
    assert "/courses/music-theory-from-zero" in vic.get("/courses/").text
    assert "Start with a free lesson" in vic.get("/courses/music-theory-from-zero").text

    lesson = vic.get("/learn/music-theory-from-zero/what-a-tone-is")
    assert lesson.status_code == 200
    assert "<h1>What a tone is</h1>" in lesson.text


def test_a_locked_lesson_answers_like_an_absent_one(portal):
    from sqlalchemy import select
    from upart_courses.models import Course, Lesson

    with portal.reading("athena") as session:
        locked = session.execute(
            select(Course.slug, Lesson.slug).join(Lesson, (Lesson.academy_id == Course.academy_id) & (Lesson.course_id == Course.id)).where(~Lesson.preview)
        ).first()
    vic = portal.visitor("athena")
    answers = [vic.get(f"/learn/{locked[0]}/{lesson}") for lesson in (locked[1], "absent")]
    assert [a.status_code for a in answers] == [404, 404]
    assert len({re.sub(r"<code>.*?</code>", "", a.text) for a in answers}) == 1


@pytest.mark.parametrize("path", PAGES)
def test_no_page_sets_a_cookie_or_asks_anybody_else(portal, path):
    answer = portal.visitor("athena").get(path)
    assert "Set-Cookie" not in answer.headers
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", answer.text)
    assert "style=" not in answer.text
    assert set(re.findall(r"<script[^>]*>", answer.text)) <= {'<script type="application/ld+json">'}, "that is for search engines: browsers run nothing of it"
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]


def test_athenas_course_is_nothing_at_orion(portal):
    assert portal.visitor("orion").get("/courses/music-theory-from-zero").status_code == 404
    assert "music-theory" not in portal.visitor("orion").get("/courses/").text


def test_a_plugin_that_is_off_has_no_pages_and_no_menu(portal):
    from upart.academies.actions import disable_plugin, enable_plugin

    vic, athena = portal.visitor("athena"), portal.academy("athena")
    before = vic.get("/").text
    with portal.everywhere() as session:
        disable_plugin(session, athena.id, "courses")
    assert vic.get("/courses/").status_code == 404
    assert "/courses/" not in vic.get("/").text

    with portal.everywhere() as session:
        enable_plugin(session, athena.id, "courses")
    assert vic.get("/").text == before


def test_a_kept_page_is_asked_for_by_its_tag_and_renewed_by_the_epoch(portal):
    vic = portal.visitor("athena")
    first = vic.get("/courses/")
    again = vic.get("/courses/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    from sqlalchemy import update
    from upart_courses.models import Course

    from upart.academies.actions import raise_epoch

    with portal.everywhere() as session:
        session.execute(update(Course).where(Course.slug == "music-theory-from-zero").values(title="Changed"))
        raise_epoch(session, portal.academy("athena").id)
    new = vic.get("/courses/", headers={"If-None-Match": first.headers["ETag"]})
    assert new.status_code == 200
    assert "Changed" in new.text


def test_mixed_requests_never_get_the_other_academys_bytes(portal):
    random.seed(3)
    marks = {"athena": b"<title>Hear", "orion": b"<title>Look up"}
    wanted = [random.choice(sorted(marks)) for _ in range(2000)]

    def ask(slug: str) -> bool:
        body = Client(portal.app, f"{slug}.localhost").get(f"/?utm={random.random()}").data
        return marks[slug] in body and all(mark not in body for other, mark in marks.items() if other != slug)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, wanted))
    assert portal.state.cache.bytes < 200_000


@pytest.mark.parametrize("host", hostile_hosts)
def test_an_odd_host_gets_a_neutral_answer(portal, host):
    def environ(sent: str) -> dict[str, object]:
        from werkzeug.test import EnvironBuilder

        made = EnvironBuilder(path="/").get_environ()
        made["HTTP_HOST"] = sent
        return made

    from werkzeug.test import run_wsgi_app

    body, status, headers = run_wsgi_app(portal.app, environ(host))
    wanted = "200" if host == "athena.localhost\t" else "400" if not host or "," in host else "404"
    assert status.startswith(wanted)
    if wanted != "200":
        assert headers["Cache-Control"] == "no-store"
        assert b"Athena" not in b"".join(body)


@pytest.mark.parametrize("path", hostile_paths)
def test_an_odd_address_gets_words_and_no_500(portal, path):
    answer = portal.visitor("athena").get(path)
    assert answer.status_code in (200, 308, 400, 404, 414)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("value", hostile_values)
def test_an_odd_search_is_answered(portal, value):
    answer = portal.visitor("athena").get("/courses/", query_string={"q": value.encode("utf-8", "surrogatepass"), "level": "x"})
    assert answer.status_code in (200, 400, 414)
    assert "<script>alert" not in answer.text
