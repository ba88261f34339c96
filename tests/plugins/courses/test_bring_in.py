# SPDX-License-Identifier: MIT
"""Theo brings courses in from elsewhere: he sees what would come of it, lets it come in, takes it back."""

from __future__ import annotations

import os
import random
import time
from uuid import UUID

import pytest
from cartridges import MP4, brought, cartridge, folder, send_package
from classroom import count
from people import sign_in, work
from scorm import NEW, manifest, packed
from sqlalchemy import select
from upart_courses.models import Course, CoursePackage, CourseState, Lesson, OldAddress, Section

from upart.files.sweeping import sweep
from upart.media.models import MediaItem


@pytest.mark.parametrize("n", [1, 2, 3])
def test_theo_sees_what_would_come_of_a_cartridge(portal, n):
    theo = sign_in(portal, "theo")
    answer = send_package(theo, cartridge(n))
    assert answer.status_code == 303, answer.text
    page = theo.get(answer.headers["Location"]).text
    for said in (f"Common Cartridge 1.{n}.0", "Why rye is different", "A quiz", "A tool", "unused.pdf", "a program (script)", "Bring in 5 lessons"):
        assert said in page
    assert count(portal, Course, title="Rye at home") == 0
    assert count(portal, CoursePackage) == 1


def test_it_comes_in_as_a_draft_with_its_files(portal):
    theo = sign_in(portal, "theo")
    page = brought(portal, theo, cartridge())
    assert "It is here, as a draft." in theo.get(page).text
    with portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.title == "Rye at home")).one()
        lessons = {one.slug: one for one in session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position))}
        sections = session.scalars(select(Section.title).where(Section.course_id == course.id).order_by(Section.position)).all()
        assert (course.state, course.lessons, course.summary, sections) == (CourseState.DRAFT, 5, "All about rye.", ["Flour", "Water", "More pages"])
        assert list(lessons) == ["why-rye-is-different", "a-page-to-print", "a-film-elsewhere", "what-is-your-flour", "more"]
        blocks = lessons["why-rye-is-different"].blocks
        assert [one["kind"] for one in blocks] == ["markdown", "image", "markdown", "embed"]
        assert blocks[0]["text"] == "Rye has *little* gluten, see [more](more)."
        assert blocks[2]["text"] == "- Flour\n- Water\n  - warm"
    work(portal)
    assert 'alt="A loaf of rye"' in theo.get(f"/courses/{course.slug}/seen/why-rye-is-different?as=learner").text


def test_a_folder_of_markdown_comes_in(portal):
    theo = sign_in(portal, "theo")
    brought(portal, theo, folder())
    with portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.title == "Rye by hand")).one()
        found = session.execute(
            select(Section.title, Lesson.title, Lesson.minutes, Lesson.preview)
            .join_from(Lesson, Section, Lesson.section_id == Section.id)
            .where(Lesson.course_id == course.id)
            .order_by(Lesson.position)
        ).all()
        assert [tuple(row) for row in found] == [
            ("Flour", "Why rye", 1, True),
            ("Flour", "A film", 1, False),
            ("Flour", "Later", 1, False),
            ("Water", "How much water", 7, False),
        ]
        film = session.scalars(select(Lesson).where(Lesson.title == "A film")).one()
        item = session.scalars(select(MediaItem).where(MediaItem.kind == "video")).one()
        assert [one["kind"] for one in film.blocks] == ["video", "markdown"]
        assert film.blocks[0]["item"] == str(item.id)
        assert item.captions_id is not None
        assert set(session.scalars(select(OldAddress.path))) == {"/old/rye", "/blog/why-rye.html"}


def test_a_learning_package_becomes_a_course_of_one_lesson_and_goes_again(portal):
    theo, before = sign_in(portal, "theo"), on_disk(portal)
    page = brought(portal, theo, packed())
    assert "SCORM 1.2" in theo.get(page).text
    with portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.title == "Three knots")).one()
        (block,) = session.scalars(select(Lesson).where(Lesson.course_id == course.id)).one().blocks
        assert (block["kind"], block["title"], course.state) == ("package", "Three knots", CourseState.DRAFT)
        assert session.scalars(select(MediaItem).where(MediaItem.id == UUID(block["item"]))).one().file_id is not None
    assert theo.post(f"{page}/undo").status_code == 303
    work(portal)
    assert (count(portal, Course, title="Three knots"), on_disk(portal)) == (0, before)
    refused = send_package(theo, packed(listed=manifest(spaces=NEW, version="2004 3rd Edition")))
    assert (refused.status_code, "only SCORM 1.2 is played here" in refused.text) == (422, True)


def on_disk(portal) -> set[str]:
    """Every stored file, by its name on the disk."""
    return {path.name for path in portal.state.config.instance.glob("files/*/*/*") if path.is_file()}


def swept(portal) -> None:
    """Two days later the sweep comes by."""
    for path in portal.state.config.instance.glob("files/*/*/*"):
        os.utime(path, (time.time() - 200_000,) * 2)
    with portal.app.app_context():
        sweep()


def test_theo_takes_it_back_and_nothing_remains(school):
    theo = sign_in(school, "theo")
    before = on_disk(school)
    page = brought(school, theo, folder())
    assert len(on_disk(school)) > len(before)
    assert theo.post(f"{page}/undo").status_code == 303
    work(school)
    assert "It was taken back." in theo.get(page).text
    assert count(school, Course, title="Rye by hand") == 0
    assert (count(school, OldAddress), count(school, MediaItem, title="film"), on_disk(school)) == (0, 0, before)


def test_what_breaks_half_way_leaves_nothing_and_says_why(portal):
    theo = sign_in(portal, "theo")
    before = on_disk(portal)
    page = send_package(theo, folder(MP4 + random.Random(1).randbytes(300_000))).headers["Location"]
    (stored,) = [path for path in portal.state.config.instance.glob("files/*/*/*") if path.is_file() and path.name not in before]
    data = bytearray(stored.read_bytes())
    data[-5_000] ^= 255  # towards the end of the film: what comes before it is stored by then
    stored.write_bytes(data)
    assert theo.post(f"{page}/start", data={}).status_code == 303
    work(portal)
    said = theo.get(page).text
    assert "nothing of it is here" in said
    assert "damaged" in said
    assert count(portal, Course, title="Rye by hand") == 0
    swept(portal)
    assert on_disk(portal) == {*before, stored.name}
    assert theo.post(f"{page}/let-go").status_code == 303
    work(portal)
    assert on_disk(portal) == before
