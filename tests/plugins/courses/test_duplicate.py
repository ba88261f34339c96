# SPDX-License-Identifier: MIT
"""Theo makes a second course of his first: its lessons, plan and files go along, its learners do not."""

from __future__ import annotations

import io
from uuid import UUID, uuid4

import pytest
from classroom import BREAD, MUSIC, count, course_id, happened, lesson_ids
from people import sign_in
from quizzing import QUESTIONS, rules, with_questions, with_task
from sqlalchemy import select
from upart_courses.actions.filling import keep_files
from upart_courses.blocks import new_block
from upart_courses.models import Course, CourseState, Enrolment, Entitlement, Entry, Lesson, LessonFile, Section, Visibility
from upart_courses.models.assessed import Assignment, Question, Quiz

from upart.accounts.models import Person
from upart.context import context
from upart.media.actions import add
from upart.media.models import MediaItem
from upart.plugin import Category, mark_of, save_draft, upload


def copy(browser, course, title="Music theory, autumn", once=None):
    """The id of a copy that somebody makes."""
    answer = browser.post(f"/teach/courses/{course}/duplicate", data={"title": title, "once": str(once or uuid4())})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rpartition("/")[2])


def read(portal, id):
    """A course, its sections, its lessons."""
    with portal.reading("athena") as session:
        course = session.scalars(select(Course).where(Course.id == id)).one()
        sections = session.scalars(select(Section).where(Section.course_id == id).order_by(Section.position)).all()
        return course, sections, session.scalars(select(Lesson).where(Lesson.course_id == id).order_by(Lesson.position)).all()


def test_the_copy_is_a_draft_with_all_lessons_and_no_learners(school):
    theo, id = sign_in(school, "theo"), course_id(school, MUSIC)
    assert "Copy of Music theory from zero" in theo.get(f"/teach/courses/{id}/duplicate").text
    made, created = copy(theo, id), happened(school, "courses.created")
    (old, old_sections, old_lessons), (new, sections, lessons) = read(school, id), read(school, made)
    assert (new.state, new.title, new.slug, new.published_at) == (CourseState.DRAFT, "Music theory, autumn", "music-theory-autumn", None)
    assert [getattr(new, name) == getattr(old, name) for name in ("summary", "lead", "outcomes", "lessons", "needed", "minutes", "cover")] == [True] * 7
    assert [section.title for section in sections] == [section.title for section in old_sections]
    assert [(one.slug, one.title, one.blocks, one.required) for one in lessons] == [(one.slug, one.title, one.blocks, one.required) for one in old_lessons]
    assert not {one.id for one in lessons} & {one.id for one in old_lessons}
    assert (count(school, Enrolment, course_id=made), count(school, Entitlement, course_id=made), created) == (0, 0, 1)
    assert count(school, Enrolment, course_id=id) > 0


def test_its_parts_wait_for_parts_of_its_own_and_who_sees_it_goes_along(portal):
    theo, id = sign_in(portal, "theo"), course_id(portal, MUSIC)
    with portal.writing("athena") as session:
        course = session.scalars(select(Course).where(Course.id == id)).one()
        course.visibility, course.entry = Visibility.MEMBERS, Entry.ENTITLED
        first, second, third = session.scalars(select(Section).where(Section.course_id == id).order_by(Section.position)).all()[:3]
        second.release, third.release = {"kind": "completion", "section": str(first.id)}, {"kind": "days", "days": 7}
    new, sections, _lessons = read(portal, copy(theo, id))
    assert (new.visibility, new.entry) == (Visibility.MEMBERS, Entry.ENTITLED)
    assert [one.release for one in sections[:3]] == [None, {"kind": "completion", "section": str(sections[0].id)}, {"kind": "days", "days": 7}]


def test_what_waits_on_drafts_goes_along(portal):
    theo, id = sign_in(portal, "theo"), course_id(portal, MUSIC)
    lesson = next(iter(lesson_ids(portal, MUSIC).values()))
    with portal.writing("athena") as session, context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
        row = session.scalars(select(Lesson).where(Lesson.id == lesson)).one()
        save_draft(row, {"title": "What a tone sounds like"}, seen=mark_of(row))
    theo.post(f"/teach/courses/{id}/sections", data={"title": "Encore", "once": str(uuid4())})
    _new, sections, lessons = read(portal, copy(theo, id))
    assert (sections[-1].title, lessons[0].title) == ("Encore", "What a tone sounds like")
    page = portal.visitor("athena").get(f"/courses/{MUSIC}").text
    assert ("Encore" in page, "What a tone sounds like" in page) == (False, False)


def test_a_file_is_there_once_and_the_library_knows_both_lessons(portal):
    theo, id = sign_in(portal, "theo"), course_id(portal, MUSIC)
    with portal.writing("athena") as session:
        with context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
            item = add(upload(io.BytesIO(b"Words to sing."), "words.txt", Category.CONTENT_PUBLIC, while_writing=True)).id
        session.flush()
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == id)).first()
        lesson.blocks = [*lesson.blocks, new_block("file", item=str(item), label="Sheet")]
        keep_files(lesson)
    made = copy(theo, id)
    with portal.reading("athena") as session:
        shown = select(Lesson.course_id).join(LessonFile, LessonFile.lesson_id == Lesson.id).where(LessonFile.item_id == item)
        assert set(session.scalars(shown)) == {id, made}
    assert count(portal, MediaItem, id=item) == 1


def test_sent_twice_it_is_made_once_and_a_name_is_needed(portal):
    theo, id, once = sign_in(portal, "theo"), course_id(portal, MUSIC), uuid4()
    assert copy(theo, id, once=once) == copy(theo, id, once=once) == once
    assert count(portal, Lesson, course_id=once) == count(portal, Lesson, course_id=id)
    refused = theo.post(f"/teach/courses/{id}/duplicate", data={"title": " "})
    assert (refused.status_code, "Give the course a title" in refused.text) == (422, True)


@pytest.mark.parametrize("name", ["lena", "odin", "ada"])
def test_who_writes_the_course_may_and_nobody_else(portal, name):
    browser, id = sign_in(portal, name, at="orion" if name == "odin" else "athena"), course_id(portal, MUSIC)
    answer = browser.post(f"/teach/courses/{id}/duplicate", data={"title": "Mine", "once": str(uuid4())})
    assert answer.status_code == (303 if name == "ada" else 404)
    assert count(portal, Course, title="Mine") == (name == "ada")


def test_its_quiz_asks_the_same_and_its_assignment_waits_for_a_date_of_its_own(portal):
    theo, id = sign_in(portal, "theo"), course_id(portal, BREAD)
    quiz = with_task(theo, portal, "quiz")
    with_questions(theo, portal, quiz)
    work = with_task(theo, portal, "assignment", "Bake one", text="Bake a loaf.")
    assert rules(theo, portal, work, due="2031-03-01T12:00", points="20").status_code == 303
    made = copy(theo, id, "Bread, autumn")
    with portal.reading("athena") as session:
        joined = select(Question.prompt, Question.lines, Question.right, Lesson.course_id).join(Quiz, Quiz.id == Question.quiz_id)
        rows = session.execute(joined.join(Lesson, Lesson.id == Quiz.lesson_id).order_by(Question.position)).all()
        asked = [[tuple(row)[:3] for row in rows if row.course_id == course] for course in (id, made)]
        dates = session.execute(select(Assignment.points, Assignment.due).where(Assignment.points == 20).order_by(Assignment.due)).all()
    assert (len(asked[0]), asked[0] == asked[1]) == (len(QUESTIONS), True)
    assert [tuple(one) for one in dates] == [(20, ""), (20, "2031-03-01T12:00")]
