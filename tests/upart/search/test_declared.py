# SPDX-License-Identifier: MIT
"""What a plugin makes searchable is looked at before it is taken in: nothing secret, private or of others."""

from __future__ import annotations

import pytest
from erasing import QUIZBANK  # noqa: F401 - puts quizbank on the path
from sqlalchemy import true
from upart_courses.models import Course, Enrolment, Lesson
from upart_quizbank.models import Answer, Invoice, Team

from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.searched import check_searchables
from upart.plugin import Searchable

TABLES = [model.__table__ for model in (Course, Answer, Invoice, Team, Enrolment)]


def searchable(model, title, *body, label="Things"):
    """Rows of a model."""
    return Searchable(model=model, label=label, title=title, body=body, url=lambda row: "/", visible=true)


WRONG = (
    (searchable(Lesson, Lesson.title), "is not its own table"),
    (searchable(Course, Course.title, Answer.text), "is no column of courses_course"),
    (searchable(Course, Course.title, Course.lessons), "courses_course.lessons, which holds no text"),
    (searchable(Course, Course.title, Course.outcomes), "courses_course.outcomes, which holds no text"),
    (searchable(Course, Course.level), "courses_course.level, which holds no text"),
    (searchable(Course, Course.title, Course.author_id), "courses_course.author_id"),
    (searchable(Answer, Answer.text, Answer.doubts), "quizbank_answer.doubts, which is declared as something that nobody may find"),
    (searchable(Team, Team.name, Team.password), "quizbank_team.password, which is declared as something that nobody may find"),
    (searchable(Invoice, Invoice.street), "quizbank_invoice.street, which is declared as something that nobody may find"),
    (searchable(Course, "title"), "is no column of courses_course"),
    (searchable(Plugin, Course.title), "no class with a table"),
    (searchable(Course, Course.title, label=" "), "does not say what rows of courses_course are called"),
)


@pytest.mark.parametrize(("one", "said"), WRONG, ids=[said for _one, said in WRONG])
def test_what_nobody_may_find_is_refused_in_words(one, said):
    with pytest.raises(PluginError) as refused:
        check_searchables(Plugin("x", tables=TABLES, searchables=[one]))

    assert said in refused.value.message
    assert "upart_searchables()" in refused.value.remedy


def test_one_table_is_named_once():
    twice = [searchable(Course, Course.title), searchable(Course, Course.summary)]

    with pytest.raises(PluginError, match="courses_course searchable twice"):
        check_searchables(Plugin("x", tables=TABLES, searchables=twice))


def test_what_is_right_passes():
    check_searchables(Plugin("x", tables=TABLES, searchables=[searchable(Course, Course.title, Course.summary), searchable(Answer, Answer.text)]))
