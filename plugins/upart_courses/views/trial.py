# SPDX-License-Identifier: MIT
"""A quiz for whoever writes it, to try: asked as learners are asked, graded at once, and kept nowhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from werkzeug import Response

from upart.plugin import Area, Blueprint, NotHere, get_or_404, render
from upart_courses.actions import drafting, quizzing, trying
from upart_courses.forms.tasks import in_points
from upart_courses.graded import shown_attempt
from upart_courses.kinds import Block
from upart_courses.models import Course, Lesson
from upart_courses.models.assessed import Quiz
from upart_courses.questions import answered
from upart_courses.views.listed import STATES
from upart_courses.views.quizzes import HERE
from upart_courses.views.tasks import task_in
from upart_courses.views.teach import TEACH, course_of

trial_pages = Blueprint("teach_trial", __name__, area=Area.TEACH)


@trial_pages.get(f"{HERE}/trial", policy=TEACH)
def sheet(id: UUID, lesson: UUID, block: str) -> Response:
    """The questions, to be answered."""
    course, row, one = _quiz_of(id, lesson, block)
    quiz = quizzing.quiz_at(row.id, block)
    return _page(course=course, lesson=row, one=one, quiz=quiz, asked=trying.sheet(quiz), typed=None)


@trial_pages.post(f"{HERE}/trial", policy=TEACH)
def answers(id: UUID, lesson: UUID, block: str) -> Response:
    """What a learner would be told who answers so. What was answered stays in the questions. Writes nothing."""
    course, row, one = _quiz_of(id, lesson, block)
    quiz = quizzing.quiz_at(row.id, block)
    asked = trying.again(quiz, request.form.getlist("asked"))
    typed = [answered(question, request.form.getlist(f"a-{at}")) for at, question in asked.items()]
    return _page(course=course, lesson=row, one=one, quiz=quiz, asked=list(asked.values()), typed=typed)


def _quiz_of(id: UUID, lesson: UUID, block: str) -> tuple[Course, Lesson, Block]:
    """A quiz as learners have it or will have it, in a course that the acting person may write."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    one = task_in([*drafting.typed(course, row)["blocks"], *row.blocks], block)
    if one["kind"] != "quiz":
        raise NotHere
    return course, row, one


def _page(*, quiz: Quiz | None, asked: list[dict[str, Any]], typed: list[list[str]] | None, **values: Any) -> Response:
    tried = shown_attempt(trying.graded(quiz, asked, typed or [[] for _one in asked])) if quiz is not None else None
    marks = [trying.marked(one) for one in asked]
    return render("courses/teach/trial.html", **values, quiz=quiz, tried=tried, marks=marks, answered=typed is not None, states=STATES, in_points=in_points)
