# SPDX-License-Identifier: MIT
"""Pages of teachers about quizzes and assignments of lessons: their rules, and what is asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, NoSuchTime, NotHere, Problem, get_or_404, once, refuse, show
from upart.plugin import gettext as _
from upart_courses.actions import assigning, drafting, quizzing
from upart_courses.blocks import tasks_of
from upart_courses.forms.tasks import AssignmentForm, QuestionForm, QuizForm, in_points
from upart_courses.kinds import Block
from upart_courses.models import Course, Lesson
from upart_courses.models.assessed import Quiz, Reveal
from upart_courses.questions import HUNDRED, KINDS, as_typed
from upart_courses.views.listed import STATES
from upart_courses.views.tasks import task_in
from upart_courses.views.teach import TEACH, course_of

quiz_pages = Blueprint("teach_tasks", __name__, area=Area.TEACH)

STEPS = {"up": -1, "down": 1}
HERE = "/<uuid:id>/lessons/<uuid:lesson>/tasks/<block>"


@quiz_pages.get(HERE, policy=TEACH)
def task(id: UUID, lesson: UUID, block: str) -> Response:
    """The rules of a quiz with its questions, or of an assignment."""
    course, row, one = _task(id, lesson, block)
    if one["kind"] == "quiz":
        quiz = quizzing.quiz_at(row.id, block)
        return _quiz(course, row, one, _rules(quiz))
    return _assignment(course, row, one, AssignmentForm.opened(assigning.rules_of(assigning.assignment_at(row.id, block))))


@quiz_pages.post(HERE, policy=TEACH)
def save(id: UUID, lesson: UUID, block: str) -> Response:
    """Save the rules. They hold at once: a quiz that is being answered keeps its questions and its time."""
    course, row, one = _task(id, lesson, block)
    return _save_quiz(course, row, one) if one["kind"] == "quiz" else _save_assignment(course, row, one)


def _save_quiz(course: Course, row: Lesson, one: Block) -> Response:
    form = QuizForm.posted()
    quiz = quizzing.quiz_for(row, one["id"])
    if not form.validate() or form.overtaken({name: getattr(quiz, name) for name in quizzing.RULES}):
        return _quiz(course, row, one, form)
    quizzing.save_rules(course, quiz, {**form.data, "reveal": Reveal(form.reveal.data)})
    return _back(course, row, one)


def _save_assignment(course: Course, row: Lesson, one: Block) -> Response:
    form = AssignmentForm.posted()
    assignment = assigning.assignment_for(row.id, one["id"])
    if not form.validate() or form.overtaken(assigning.rules_of(assignment)):
        return _assignment(course, row, one, form)
    try:
        assigning.save_rules(course, assignment, form.data["points"], form.data["pass_points"], form.data["files"], form.data["due"])
    except NoSuchTime:
        refuse(form, "due", _("On this day the clocks go forward, and this time is left out."))
        return _assignment(course, row, one, form)
    except assigning.GivenMore as more:
        given = more.args[0]
        said = _("%(given)s points were given already, so it cannot be worth less than %(least)s.", given=in_points(given), least=-(-given // HUNDRED))
        refuse(form, "points", said)
        return _assignment(course, row, one, form)
    return _back(course, row, one)


def _rules(quiz: Quiz | None) -> QuizForm:
    return QuizForm.opened({name: getattr(quiz, name) for name in quizzing.RULES}) if quiz else QuizForm()


def _quiz(course: Course, row: Lesson, one: Block, form: QuizForm, **removed: Any) -> Response:
    quiz = quizzing.quiz_at(row.id, one["id"])
    values: dict[str, Any] = {"questions": quizzing.questions_of(quiz), "kinds": KINDS, "once": once(), "others": _others(quiz)}
    return show("courses/teach/quiz.html", form, course=course, states=STATES, lesson=row, one=one, **values, **removed)


def _others(quiz: Quiz | None) -> list[tuple[UUID, str]]:
    """Other quizzes, by id and by where they stand."""
    found = []
    for other, lesson, course in quizzing.asking():
        title = next((one.get("title") for one in tasks_of(lesson.blocks) if one["id"] == other.block), "") or _("Quiz")
        if quiz is None or other.id != quiz.id:
            found.append((other.id, f"{course.title} · {lesson.title} · {title}"))
    return found


def _assignment(course: Course, row: Lesson, one: Block, form: AssignmentForm) -> Response:
    return show("courses/teach/assignment.html", form, course=course, states=STATES, lesson=row, one=one, zone=assigning.zone())


@quiz_pages.get(f"{HERE}/questions/new", policy=TEACH)
def new_question(id: UUID, lesson: UUID, block: str) -> Response:
    """An empty question."""
    course, row, one = quiz_of(id, lesson, block)
    return _question(course, row, one, QuestionForm(), None, once=once())


@quiz_pages.post(f"{HERE}/questions/new", policy=TEACH)
def add_question(id: UUID, lesson: UUID, block: str) -> Response:
    """Append it; one that was removed just now comes back to its place."""
    course, row, one = quiz_of(id, lesson, block)
    form, made, place = QuestionForm.posted(), once(), request.form.get("place", "")
    if not form.validate():
        return _question(course, row, one, form, None, once=made, place=place)
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else None
    quizzing.add_question(course, quizzing.quiz_for(row, block), made, form.facts, at)
    return _back(course, row, one)


@quiz_pages.post(f"{HERE}/questions/copy", policy=TEACH)
def copy_questions(id: UUID, lesson: UUID, block: str) -> Response:
    """Append the questions of another quiz that the acting person may write."""
    course, row, one = quiz_of(id, lesson, block)
    quiz = quizzing.quiz_for(row, block)
    others = next((other for other, *_where in quizzing.asking() if str(other.id) == request.form.get("quiz") and other.id != quiz.id), None)
    if others is None:
        raise Problem(422, _("This quiz cannot be copied."), remedy=_("Choose one of the list."))
    quizzing.copy_questions(course, quiz, others, once())
    return _back(course, row, one)


@quiz_pages.get(f"{HERE}/questions/<uuid:question>", policy=TEACH)
def question(id: UUID, lesson: UUID, block: str, question: UUID) -> Response:
    """A question to write on."""
    course, row, one = quiz_of(id, lesson, block)
    found = quizzing.question_in(quizzing.quiz_at(row.id, block), question)
    return _question(course, row, one, QuestionForm.opened(_typed(found)), found)


@quiz_pages.post(f"{HERE}/questions/<uuid:question>", policy=TEACH)
def save_question(id: UUID, lesson: UUID, block: str, question: UUID) -> Response:
    """Save it; attempts that have begun keep what they were asked."""
    course, row, one = quiz_of(id, lesson, block)
    form = QuestionForm.posted()
    found = quizzing.question_in(quizzing.quiz_at(row.id, block), question)
    if not form.validate() or form.overtaken(_typed(found)):
        return _question(course, row, one, form, found)
    quizzing.save_question(course, found, form.facts)
    return _back(course, row, one)


@quiz_pages.post(f"{HERE}/questions/<uuid:question>/move", policy=TEACH)
def move_question(id: UUID, lesson: UUID, block: str, question: UUID) -> Response:
    """Move it a place up or down, or remove it (`to=gone`): then the page offers to put it back."""
    course, row, one = quiz_of(id, lesson, block)
    quiz = quizzing.quiz_at(row.id, block)
    found = quizzing.question_in(quiz, question)
    if quiz is not None and request.form.get("to") in STEPS:
        quizzing.move_question(course, quiz, found, STEPS[request.form["to"]])
    elif quiz is not None and request.form.get("to") == "gone":
        gone = _typed(found)
        place = quizzing.remove_question(course, row, quiz, found)
        return _quiz(course, row, one, _rules(quiz), gone=gone, gone_id=question, place=place)
    return _back(course, row, one)


def _question(course: Course, row: Lesson, one: Block, form: QuestionForm, found: Any, **values: Any) -> Response:
    return show("courses/teach/question.html", form, course=course, states=STATES, lesson=row, one=one, question=found, **values)


def _typed(question: Any) -> dict[str, Any]:
    names = ("kind", "prompt", "points", "explanation")
    return {**{name: getattr(question, name) for name in names}, "lines": as_typed(question.lines, question.right)}


def _task(id: UUID, lesson: UUID, block: str) -> tuple[Course, Lesson, Block]:
    """A quiz or assignment as it is written now, in a course that the acting person may write."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    return course, row, task_in(drafting.typed(course, row)["blocks"], block)


def quiz_of(id: UUID, lesson: UUID, block: str) -> tuple[Course, Lesson, Block]:
    """A quiz as it is written now, in a course that the acting person may write."""
    course, row, one = _task(id, lesson, block)
    if one["kind"] != "quiz":
        raise NotHere
    return course, row, one


def _back(course: Course, row: Lesson, one: Block) -> Response:
    return redirect(url_for(".task", id=course.id, lesson=row.id, block=one["id"]), 303)
