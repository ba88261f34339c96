# SPDX-License-Identifier: MIT
"""A course goes out as a Common Cartridge that a strict reader reads, and comes back the same."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

import pytest
from cartridges import MP4, PDF, VTT, brought, picture, send_package, strictly_read, zipped
from classroom import BREAD, MUSIC, course_id
from people import sign_in, work
from playing import put_package
from scorm import packed
from sqlalchemy import select
from upart_courses.blocks import new_block
from upart_courses.models import Course, CourseState, Lesson, Section

from upart.accounts.models import Person
from upart.context import context
from upart.media.actions import add, caption
from upart.plugin import Category, markdown, upload

KNOTS = packed()


@pytest.fixture
def rich(portal):
    """A lesson of the music course has every kind of block but tasks, which travel as parts of their own (`test_quizzes_travel`)."""
    with portal.writing("athena") as session:
        theo = session.scalars(select(Person).where(Person.name == "Theo")).one()
        with context.knowing(theo, fresh=True):
            sent = ((picture(), "loaf.png"), (MP4, "film.mp4"), (b"ID3\x03" + bytes(300), "song.mp3"), (PDF, "größe & more.pdf"), (KNOTS, "knots.zip"))
            loaf, film, song, paper, knots = [add(upload(io.BytesIO(data), name, Category.CONTENT_PUBLIC, while_writing=True)) for data, name in sent]
            loaf.alt = "A loaf <of> rye"
            session.flush()
            caption(film, upload(io.BytesIO(VTT), "film.vtt", Category.CONTENT_PUBLIC, while_writing=True), "en")
        lesson, asked = (session.scalars(select(Lesson).where(Lesson.slug == slug)).one() for slug in ("spell-ten-chords", "write-down-a-melody"))
        asked.blocks = asked.blocks[:1]
        lesson.blocks = [
            new_block("markdown", text="# Words\n\nSee [the octave](the-octave-and-its-twelve-steps) and `a < b`.\n\n1. one\n2. two\n   - three\n\n| a | b |\n| --- | --- |\n| 1 | \\| |"),
            new_block("image", caption="Rye & wheat", item=str(loaf.id)),
            new_block("video", title="A film", silent=False, item=str(film.id)),
            new_block("audio", title="A song", transcript="**La** la.", item=str(song.id)),
            new_block("embed", url="https://www.youtube.com/watch?v=abcdefghijk", title="Elsewhere"),
            new_block("file", label="The paper", item=str(paper.id)),
            new_block("package", title="Three <knots>", again=True, item=str(knots.id)),
            new_block("code", language="python", code="if a < b:\n    print('`x`')\n\n    pass"),
            new_block("callout", tone="tip", text="Breathe *slowly*."),
        ]  # fmt: skip


def said(portal, course) -> list:
    """What learners get of a course: sections, lessons, and their blocks as they are shown."""
    with portal.reading("athena") as session:
        found = session.execute(
            select(Section.title, Lesson)
            .join_from(Lesson, Section, Lesson.section_id == Section.id)
            .where(Lesson.course_id == course)
            .order_by(Lesson.position)
        )
        return [(part, one.title, one.kind, one.minutes, one.preview, [_shown(block) for block in one.blocks]) for part, one in found]


def _shown(block: dict) -> dict:
    words = {name: re.sub(r"\s+", " ", markdown(value)) if name in ("text", "transcript") else value for name, value in block.items()}
    return {name: value for name, value in words.items() if name not in ("id", "item")} | {"shows": bool(block.get("item"))}


def test_a_course_goes_out_and_comes_back_the_same(portal, rich):
    theo = sign_in(portal, "theo")
    answer = theo.get(f"/manage/courses/{course_id(portal, MUSIC)}/cartridge")
    assert (answer.status_code, answer.headers["Content-Disposition"]) == (200, f'attachment; filename="{MUSIC}.imscc"')
    outline = strictly_read(answer.data)
    before = said(portal, course_id(portal, MUSIC))
    assert [(part, lesson) for part, inside in outline.items() for lesson in inside] == [(part, lesson) for part, lesson, *_ in before]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as out:
        pages = [name for name in out.namelist() if name.endswith(".html")]
        inside = {name: re.findall(r'(?:src|href)="(?!https?:)([^"]+)"', out.read(name).decode()) for name in pages}
        leads = [posixpath.normpath(f"lessons/{to}") for found in inside.values() for to in found]
        assert set(leads) <= set(out.namelist())
        assert {posixpath.splitext(to)[1] for to in leads} >= {".html", ".png", ".mp4", ".vtt", ".mp3", ".pdf", ".zip"}
        assert {MP4, KNOTS} <= {out.read(name) for name in out.namelist()}
    brought(portal, theo, answer.data)
    with portal.reading("athena") as session:
        again = session.scalars(select(Course).where(Course.title == "Music theory from zero", Course.state == CourseState.DRAFT)).one()
        assert (again.field, again.language) == ("Music theory", "en")
    assert said(portal, again.id) == before


def test_links_lead_to_this_course_or_to_the_other_one_also_when_it_comes_back(portal, theo):
    links = (f"/learn/{BREAD}/what-a-tone-is", f"/learn/{MUSIC}/what-a-tone-is#sound", "what-a-tone-is", f"/courses/{BREAD}")
    with portal.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == "spell-ten-chords")).one()
        lesson.blocks = [new_block("markdown", text=" ".join(f"[one]({to})" for to in links))]
    brought(portal, theo, theo.get(f"/manage/courses/{course_id(portal, MUSIC)}/cartridge").data)
    with portal.reading("athena") as session:
        draft = session.scalars(select(Course.id).where(Course.title == "Music theory from zero", Course.state == CourseState.DRAFT)).one()
        text = session.scalars(select(Lesson.body).where(Lesson.course_id == draft, Lesson.slug == "spell-ten-chords")).one()
    here = "http://athena.localhost"
    assert re.findall(r"\]\(([^)]+)\)", text) == [f"{here}{links[0]}", "what-a-tone-is", "what-a-tone-is", f"{here}{links[3]}"]


def test_a_zip_that_is_no_learning_package_comes_in_as_a_file(portal, theo):
    put_package(portal)
    data = io.BytesIO(theo.get(f"/manage/courses/{course_id(portal, MUSIC)}/cartridge").data)
    with zipfile.ZipFile(data) as out:
        forged = {name: zipped({"notes.txt": "No manifest."}) if name.endswith(".zip") else out.read(name) for name in out.namelist()}
    page = brought(portal, theo, zipped(forged))
    assert "no imsmanifest.xml" in theo.get(page).text
    with portal.reading("athena") as session:
        draft = session.scalars(select(Course.id).where(Course.title == "Music theory from zero", Course.state == CourseState.DRAFT)).one()
        blocks = session.scalars(select(Lesson.blocks).where(Lesson.course_id == draft, Lesson.slug == "spell-ten-chords")).one()
    assert [(one["kind"], one["label"], bool(one["item"])) for one in blocks if one.get("item")] == [("file", "Three knots", True)]


def test_what_is_not_published_goes_out_only_when_asked_for(portal):
    theo = sign_in(portal, "theo")
    id = course_id(portal, MUSIC)
    with portal.writing("athena") as session:
        from upart.revisions.actions import save_draft
        from upart.revisions.finding import mark_of

        lesson = session.scalars(select(Lesson).where(Lesson.slug == "spell-ten-chords")).one()
        with context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
            save_draft(lesson, {"title": "Spell twelve chords"}, seen=mark_of(lesson))
    for query, title in (("", "Spell ten chords"), ("?version=draft", "Spell twelve chords")):
        data = theo.get(f"/manage/courses/{id}/cartridge{query}").data
        assert title in sum(strictly_read(data).values(), [])
    for who in ("lena", "odin", "vic"):
        browser = portal.visitor("athena") if who == "vic" else sign_in(portal, who)
        assert browser.get(f"/manage/courses/{id}/cartridge").status_code in (303, 404), who


def test_nobody_else_sees_what_theo_has_sent(portal):
    theo = sign_in(portal, "theo")
    data = theo.get(f"/manage/courses/{course_id(portal, MUSIC)}/cartridge").data
    page = send_package(theo, data).headers["Location"]
    for who in ("ada", "lena", "odin"):
        browser = sign_in(portal, who)
        assert browser.get(page).status_code == 404, who
        assert browser.post(f"{page}/start", data={}).status_code == 404, who


def test_it_cannot_be_taken_back_once_lena_has_learned_in_it_and_old_addresses_lead_there(portal):
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    data = theo.get(f"/manage/courses/{course_id(portal, MUSIC)}/cartridge").data
    page = brought(portal, theo, data, "https://old.example.org/courses/12")
    old = "/courses/12/pages/010-write-down-a-melody"
    assert lena.get(old).status_code == 404
    with portal.reading("athena") as session:
        slug, id = session.execute(select(Course.slug, Course.id).where(Course.state == CourseState.DRAFT, Course.title == "Music theory from zero")).one()
    assert theo.post(f"/teach/courses/{id}/publish").status_code == 303
    answer = lena.get(old)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/learn/{slug}/write-down-a-melody-you-have-heard-twice")
    assert lena.post(f"/courses/{slug}/enrol").status_code == 303
    refused = theo.post(f"{page}/undo")
    assert (refused.status_code, "Archive it" in refused.text) == (409, True)
    work(portal)
    assert lena.get(answer.headers["Location"]).status_code == 200
