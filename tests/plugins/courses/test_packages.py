# SPDX-License-Identifier: MIT
"""Learning packages (SCORM 1.2): taken in or refused with words, played by whoever may open the lesson, kept for the learner alone."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from html import unescape

from classroom import MUSIC, count
from people import sign_in
from playing import FREE, LOCKED, framed, place, saying, source
from scorm import manifest, packed
from sqlalchemy import select
from upart_courses.blocks import new_block
from upart_courses.models import Lesson, LessonEvent, LessonEventKind, PackageResult, PackageStatus

from upart import clock
from upart.accounts.models import Person
from upart.media.models import MediaItem
from upart.plugin import mark_of, publish_draft, save_draft
from upart.storage.models import File


def test_the_player_frames_one_package_and_its_files_come_without_a_cookie(school, package):
    lena, vic = sign_in(school, "lena"), school.visitor("athena")
    player = lena.get(f"{place()}/{package}")
    address = framed(player.text)
    folder = address.removesuffix("pages/knots.html")
    assert player.headers["Content-Security-Policy"].endswith(f"; frame-src http://athena.localhost{folder}")
    assert ('sandbox="allow-scripts allow-forms"' in player.text, "allow-same-origin" in player.text) == (True, False)
    for path, kind, rules in (
        ("pages/knots.html", "text/html; charset=utf-8", "sandbox allow-scripts allow-forms; default-src 'none'; "),
        ("PAGES/Knots.HTML", "text/html; charset=utf-8", "sandbox allow-scripts allow-forms; default-src 'none'; "),
        ("js/lms.js", "text/javascript; charset=utf-8", "sandbox; default-src 'none'"), ("pages/rope.svg", "image/svg+xml; charset=utf-8", "sandbox "),
        (".upart/package.js", "text/javascript; charset=utf-8", "sandbox; default-src 'none'"),
    ):  # fmt: skip
        answer = vic.get(folder + path)
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, kind.split(";")[0]), path
        assert answer.headers["Content-Security-Policy"].startswith(rules), path
        assert (answer.headers["Access-Control-Allow-Origin"], answer.headers["Cache-Control"]) == ("*", "private, no-store")
        assert ("allow-same-origin" in answer.headers["Content-Security-Policy"], "Set-Cookie" in answer.headers) == (False, False)
    part = vic.get(folder + "js/lms.js", headers={"Range": "bytes=1-8"})
    assert (part.status_code, part.data) == (206, b"function")
    assert vic.get(folder + "js/lms.js", headers={"Range": "bytes=99999-"}).status_code == 416
    assert [vic.get(folder + path).status_code for path in ("none.html", "..%2f..%2fetc%2fpasswd", ".upart/player.js", ".upart/..%2fplayer.js")] == [404] * 4
    alone = vic.get(address, headers={"Sec-Fetch-Dest": "document"})
    assert (alone.status_code, alone.headers["Location"]) == (303, f"{place()}/{package}")


def test_the_address_is_for_one_person_and_dies_with_time_access_and_account(school, package):
    lena, vic, theo = sign_in(school, "lena"), school.visitor("athena"), sign_in(school, "theo")
    address = source(lena, package)
    held = address.split("/packages/")[1].split("/")[1]
    holder, part, ends, signature = held.split(".")
    others = source(theo, package).split("/packages/")[1].split("/")[1].split(".")[0]
    wrong = ((others, part, ends, signature), (holder, "1", ends, signature), (holder, part, "9" + ends, signature), (holder, part, ends, "0" + signature))
    for made in (*wrong, ("-", part, ends, signature), ("x", part, ends, signature), (holder, part, ends), (holder, "é", ends, signature)):
        assert vic.get(address.replace(held, ".".join(made))).status_code == 404, made
    assert theo.get(address).status_code == 404, "somebody else's browser"
    assert vic.get(address.replace(LOCKED, FREE)).status_code == 404
    with clock.shifted(timedelta(hours=4, minutes=1)):
        assert vic.get(address).status_code == 410
    assert vic.get(address).status_code == 200
    with school.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Lena")).one().suspended_at = clock.now()
    assert vic.get(address).status_code == 404
    with school.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Lena")).one().suspended_at = None
    lena.post(f"/courses/{MUSIC}/leave")
    assert vic.get(address).status_code == 404


def test_lena_goes_on_where_she_was_and_passing_it_does_the_lesson(school, package):
    lena = sign_in(school, "lena")
    done = count(school, LessonEvent, kind=LessonEventKind.COMPLETED)
    told = {"place": "p2", "memory": 'a=1\n"<b>', "leaving": "suspend", "score": "55.5", "most": "100", "seconds": "3725"}
    assert saying(lena, package, **told) == 204
    page = lena.get(source(lena, package)).text
    state = json.loads(unescape(re.search(r'data-state="([^"]*)"', page)[1]))["cmi"]
    assert (state["core"]["lesson_location"], state["suspend_data"], state["core"]["entry"]) == ("p2", 'a=1\n"<b>', "resume")
    assert (state["core"]["lesson_status"], state["core"]["total_time"], state["core"]["score"]["raw"]) == ("incomplete", "0001:02:05", "55.5")
    assert "Lena" not in page, "a package learns no name"
    assert count(school, LessonEvent, kind=LessonEventKind.COMPLETED) == done
    assert [saying(lena, package, status=status) for status in ("failed", "passed", "passed", "incomplete", "completed")] == [204] * 5
    assert count(school, LessonEvent, kind=LessonEventKind.COMPLETED) == done + 1
    assert count(school, PackageResult) == 1
    assert "You have finished it" in lena.get(f"/learn/{MUSIC}/{LOCKED}").text
    lena.post(f"/learn/{MUSIC}/{LOCKED}/not-done")
    assert saying(lena, package, status="passed") == 204
    assert count(school, LessonEvent, kind=LessonEventKind.COMPLETED) == done + 1, "what she has taken back stays so"


def test_what_no_package_may_say_is_refused_and_nobody_else_is_noted(school, package):
    lena, theo, vic = sign_in(school, "lena"), sign_in(school, "theo"), school.visitor("athena")
    wrong = {
        "status": ("done", "", "passed\n"), "score": ("101", "-1", "x", "1e3", "٩٠", "1." + "1" * 20), "seconds": ("", "-1", "٩", "1" * 9), "leaving": ("x",),
        "memory": ("x" * 4097, "a\0b"), "place": ("x" * 256,), "part": ("", "-1", "x", "1000"),
    }  # fmt: skip
    for name, values in wrong.items():
        assert {saying(lena, package, **{name: value}) for value in values} == {422}, name
    assert (saying(lena, package, part="1"), saying(lena, package, version="0" * 16)) == (409, 409)
    assert saying(lena, package, memory="é" * 4096, place="x" * 255) == 204
    version = {"status": "passed", "seconds": "1", "part": "0", "version": "x"}
    assert theo.post(f"{place()}/{package}", data=version).status_code == 404
    assert vic.post(f"{place()}/{package}", data=version).status_code in (303, 401, 404)
    assert lena.post(f"{place()}/{package}", data=version, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert lena.post(f"{place()}/00000000", data=version).status_code == 422
    assert (count(school, PackageResult), 'name="version"' in theo.get(f"{place()}/{package}").text) == (1, False)


def test_a_section_that_closes_closes_the_package(school, package):
    lena = sign_in(school, "lena")
    address = source(lena, package)
    version = re.search(r'name="version" value="(\w+)"', lena.get(f"{place()}/{package}").text)[1]
    told = {"status": "incomplete", "seconds": "1", "part": "0", "version": version}
    assert lena.post(f"{place()}/{package}", data=told).status_code == 204
    with school.writing("athena") as session:
        session.scalars(select(Lesson).where(Lesson.slug == LOCKED)).one().section.release = {"kind": "days", "days": 3000}
        for event in session.scalars(select(LessonEvent)):
            session.delete(event)
    assert school.visitor("athena").get(address).status_code == 404
    refused = lena.post(f"{place()}/{package}", data={**told, "status": "passed"})
    assert (refused.status_code, count(school, PackageResult, status=PackageStatus.PASSED)) == (409, 0)
    assert "begins anew" not in refused.text


def test_a_free_lesson_is_played_by_visitors_and_nothing_is_kept(school, package):
    vic = school.visitor("athena")
    page, address = vic.get(f"{place(FREE)}/{package}").text, source(vic, package, FREE)
    assert ("nothing of what you do here is kept" in page, 'id="kept"' in page) == (True, False)
    assert vic.get(address).status_code == 200
    assert vic.get(f"{place()}/{package}").status_code == 404
    with school.writing("athena") as session:
        session.scalars(select(Lesson).where(Lesson.slug == FREE)).one().preview = False
    assert vic.get(address).status_code == 404


def test_theo_uploads_one_and_is_told_what_is_wrong_with_others(school):
    theo = sign_in(school, "theo")
    made = new_block("package", title="Knots")
    with school.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == LOCKED)).one()
        publish_draft(lesson)
        save_draft(lesson, {"blocks": [*lesson.blocks, made]}, seen=mark_of(lesson))
        page = f"/teach/courses/{lesson.course_id}/lessons/{lesson.id}/blocks/{made['id']}"
    before = count(school, File)

    def send(data: bytes):
        return theo.post(page, data={"kind": "package", "file": (io.BytesIO(data), "knots.zip")})

    assert "SCORM 1.2" in theo.get(page).text
    for data, why in ((packed(listed=manifest(version="2004 4th Edition")), "SCORM 2004"), (b"PK\x03\x04 broken", "damaged"), (b"words", "not an archive")):
        answer = send(data)
        assert (answer.status_code, why in answer.text) == (422, True)
    assert count(school, File) == before
    assert send(packed()).status_code == 303
    with school.reading("athena") as session:
        item = session.scalars(select(MediaItem.id).where(MediaItem.title == "knots")).one()
    assert theo.post(page, data={"kind": "package", "item": str(item)}).status_code == 303
