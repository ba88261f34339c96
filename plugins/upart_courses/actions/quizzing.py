# SPDX-License-Identifier: MIT
"""Write quizzes: their rules and questions. Whatever changes, attempts that have begun keep what they were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select, true

from upart.plugin import NotHere, Problem, context, get_or_404, insert_once, permitted, session
from upart.plugin import gettext as _
from upart_courses.actions.outliving import standing
from upart_courses.actions.writing import changed, lock
from upart_courses.models import Course, CourseState, Lesson
from upart_courses.models.assessed import Question, Quiz

RULES = ("attempts", "minutes", "pool", "pass_percent", "reveal")

MOST = 200
"""Quizzes from which questions can be taken over."""


def quiz_at(lesson_id: UUID, block: str) -> Quiz | None:
    """The quiz of a block; None before anything was said about it."""
    return session.scalars(select(Quiz).where(Quiz.lesson_id == lesson_id, Quiz.block == block)).first()


def quiz_for(lesson: Lesson, block: str) -> Quiz:
    """The quiz of a block, made if it is not there. Safe to repeat."""
    insert_once(Quiz, lesson_id=lesson.id, block=block)
    found = quiz_at(lesson.id, block)
    assert found is not None
    return found


def questions_of(quiz: Quiz | None) -> Sequence[Question]:
    """The questions of a quiz, in order."""
    if quiz is None:
        return []
    return session.scalars(select(Question).where(Question.quiz_id == quiz.id).order_by(Question.position, Question.id)).all()


def save_rules(course: Course, quiz: Quiz, rules: Mapping[str, Any]) -> None:
    """Set the rules; they hold for attempts that begin from now on, what is shown afterwards for all."""
    lock(course)
    for name in RULES:
        setattr(quiz, name, rules[name])
    changed(course)


def add_question(course: Course, quiz: Quiz, id: UUID, facts: Mapping[str, Any], place: int | None = None) -> None:
    """Append a question, or put it to a place (0: first). `id` is proposed by the page, so that sending it twice makes it once."""
    lock(course)
    last = session.scalar(select(func.max(Question.position)).where(Question.quiz_id == quiz.id)) or 0
    if insert_once(Question, id=id, quiz_id=quiz.id, position=last + 1, **facts) and place is not None:
        *rows, made = questions_of(quiz)
        _arrange([*rows[:place], made, *rows[place:]])
    changed(course)


def copy_questions(course: Course, quiz: Quiz, others: Quiz, id: UUID) -> None:
    """Append the questions of another quiz. `id` is proposed by the page, so that sending it twice copies them once."""
    lock(course)
    last = session.scalar(select(func.max(Question.position)).where(Question.quiz_id == quiz.id)) or 0
    for place, one in enumerate(questions_of(others), start=last + 1):
        facts = {name: getattr(one, name) for name in ("kind", "prompt", "points", "lines", "right", "explanation")}
        insert_once(Question, id=uuid5(id, str(one.id)), quiz_id=quiz.id, position=place, **facts)
    changed(course)


def asking() -> Sequence[tuple[Quiz, Lesson, Course]]:
    """The quizzes that ask something in the courses that the acting person may write, each with its lesson and course; `MOST` at most."""
    found = select(Quiz, Lesson, Course).join(Lesson, (Lesson.academy_id == Quiz.academy_id) & (Lesson.id == Quiz.lesson_id))
    found = found.join(Course, (Course.academy_id == Lesson.academy_id) & (Course.id == Lesson.course_id))
    found = found.where(Quiz.id.in_(select(Question.quiz_id)), true() if permitted("courses.manage") else Course.author_id == context.person.id)
    rows = session.execute(found.order_by(Course.title, Course.id, Lesson.position).limit(MOST))
    return [(quiz, lesson, course) for quiz, lesson, course in rows]


def save_question(course: Course, question: Question, facts: Mapping[str, Any]) -> None:
    """Change a question: another version of it, if anything is different."""
    lock(course)
    if any(getattr(question, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(question, name, value)
        question.version += 1
        changed(course)


def move_question(course: Course, quiz: Quiz, question: Question, step: int) -> None:
    """Move a question a place up (-1) or down (1); at the edge it stays."""
    lock(course)
    rows = list(questions_of(quiz))
    if question not in rows:
        raise NotHere
    at = rows.index(question)
    if 0 <= at + step < len(rows):
        rows[at], rows[at + step] = rows[at + step], rows[at]
    _arrange(rows)
    changed(course)


def _arrange(rows: Sequence[Question]) -> None:
    for place, row in enumerate(rows, start=1):
        row.position = place


def remove_question(course: Course, lesson: Lesson, quiz: Quiz, question: Question) -> int:
    """Ask it no more; returns the place where it stood (0: first). Attempts that were asked it keep it.

    Raises Problem 409 (`last_question`) for the only one of a quiz that learners have: nobody could take it, or be done with its lesson.
    """
    lock(course)
    rows = questions_of(quiz)
    if question not in rows:
        raise NotHere
    if len(rows) == 1 and course.state is not CourseState.DRAFT and lesson.published and quiz.block in standing(lesson):
        remedy = _("Add another question first, or take the quiz out of the lesson and publish that.")
        raise Problem(409, _("This is the only question of a quiz that learners have."), remedy=remedy, code="last_question")
    session.delete(question)
    changed(course)
    return rows.index(question)


def question_in(quiz: Quiz | None, id: UUID) -> Question:
    """A question of this quiz. Raises NotHere."""
    if quiz is None:
        raise NotHere
    return get_or_404(Question, id=id, quiz_id=quiz.id)
