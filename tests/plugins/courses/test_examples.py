# SPDX-License-Identifier: MIT
"""Whoever opens the demo sees what a course can do: a plan, what comes before, lessons of blocks, one that may be left out, one for members."""

from __future__ import annotations

import re

import pytest
from people import sign_in
from sqlalchemy import select
from upart_courses.actions.examples import add_lesson
from upart_courses.models import Course, Lesson, Section

from upart.errors import Problem

MAPS, LIGHT, MUSIC = "maps-you-can-walk-by", "photographs-by-available-light", "music-theory-from-zero"


def test_the_example_courses_plan_wait_and_consist_of_blocks(portal):
    vic, odin = portal.visitor("orion"), sign_in(portal, "odin")
    page = vic.get(f"/learn/{MAPS}/an-honest-hour").text
    assert ("Python" in page, "Tip" in page) == (True, True)
    assert (vic.get(f"/courses/{LIGHT}").status_code, odin.get(f"/courses/{LIGHT}").status_code) == (404, 200)
    assert "Finding your way in the night sky" in vic.get(f"/courses/{MAPS}").text
    with portal.reading("orion") as session:
        course = session.scalars(select(Course).where(Course.slug == MAPS)).one()
        id, counted = course.id, (course.needed, course.lessons)
    access = odin.get(f"/teach/courses/{id}/access").text
    assert ("opens when “Paper” is done" in access, "1 of 2 lessons needed" in access) == (True, True)
    assert counted == (3, 4)


def test_a_quiz_an_assignment_and_questions_of_the_curious_are_there_to_try(portal):
    lena, theo = sign_in(portal, "lena"), sign_in(portal, "theo")
    assert "Must I read music?" in portal.visitor("athena").get(f"/courses/{MUSIC}").text
    quiz = lena.get(re.search(r'href="([^"]*/tasks/[^"]*)"', lena.get(f"/learn/{MUSIC}/spell-ten-chords").text)[1]).text
    assert ("Five chords, five minutes" in quiz, "5 questions" in quiz) == (True, True)
    melody = lena.get(f"/learn/{MUSIC}/write-down-a-melody").text
    assert "A melody that nobody gave you" in melody
    with portal.reading("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == MUSIC)).one()
    assert "Five chords, five minutes" in theo.get(f"/teach/courses/{course}/grades").text


WRONG = (
    ('kind = "song"', "a block of no kind"),
    ('kind = "code"\nwords = "x"', "words: A block of this kind"),
    ('kind = "quiz"\ntitle = "Q"\nquestions = [{kind = "single", prompt = "Why?", lines = "one"}]', "Why. Write at least two choices"),
)


@pytest.mark.parametrize(("block", "said"), WRONG)
def test_a_block_that_cannot_be_read_names_its_file(portal, tmp_path, block, said):
    file = tmp_path / "01-odd.md"
    file.write_text(f'+++\ntitle = "Odd"\nminutes = 1\nkind = "text"\npreview = false\n[[blocks]]\n{block}\n+++\nText.\n')
    with portal.app.test_request_context(), portal.reading("orion") as session:
        section = session.scalars(select(Section)).first()
        with pytest.raises(Problem, match=f"01-odd.md cannot be read: {said}"):
            add_lesson(session.get_one(Course, {"academy_id": section.academy_id, "id": section.course_id}), section, file)
        assert session.scalars(select(Lesson).where(Lesson.title == "Odd")).all() == []
