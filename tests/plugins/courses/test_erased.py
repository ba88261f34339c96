# SPDX-License-Identifier: MIT
"""Lena is erased and her learning with her; Theo is erased and his courses stay, without his name."""

from __future__ import annotations

from classroom import BREAD, MUSIC, count, erase
from upart_courses.models import Course, Enrolment, Lesson, LessonEvent

from upart.accounts.models import Person


def test_lenas_learning_goes_with_her(school):
    erase(school, "Lena")
    assert (count(school, Person, name="Lena"), count(school, Enrolment), count(school, LessonEvent)) == (0, 0, 0)
    assert (count(school, Course), count(school, Lesson)) == (3, 18)


def test_theos_courses_stay_without_his_name(school):
    erase(school, "Theo")
    page = school.visitor("athena").get(f"/courses/{BREAD}").text
    assert "Your first sourdough" in page
    assert "Theo" not in page
    assert count(school, Course, author_id=None) == 2
    assert school.visitor("athena").get(f"/courses/{MUSIC}").status_code == 200
