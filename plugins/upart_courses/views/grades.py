# SPDX-License-Identifier: MIT
"""The gradebook of a course, and where teachers grade: what a learner answered and handed in, points, feedback, more time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug import Response

from upart.plugin import (
    Area,
    Blueprint,
    NoSuchTime,
    NotHere,
    Person,
    Problem,
    emit,
    file_url,
    get_or_404,
    markdown,
    paged,
    refuse,
    render,
    session,
    sheet_answer,
    show,
)
from upart.plugin import gettext as _
from upart_courses.actions import allowing, assigning, attempting, gradebook, grading, played, quizzing
from upart_courses.actions.passing import held
from upart_courses.graded import shown_attempt
from upart_courses.kinds import Block
from upart_courses.models import Course, Enrolment, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Submission
from upart_courses.task_forms import AllowanceForm, ExtensionForm, GradeForm, hundredths, in_points
from upart_courses.views.listed import STATES
from upart_courses.views.quizzes import HERE
from upart_courses.views.tasks import task_for
from upart_courses.views.teach import TEACH, course_of

grade_pages = Blueprint("teach_grades", __name__, area=Area.TEACH)

PAGE = 50


@grade_pages.get("/<uuid:id>/grades", policy=TEACH, query=("q", "after"))
def grades(id: UUID) -> Response:
    """What each learner has reached in each quiz, assignment and package, newest learners first; `q` finds by name."""
    course, q = course_of(id), request.args.get("q", "").strip()[:100]
    found = gradebook.learners(course)
    if q:
        found = found.where(func.lower(Person.name).contains(q.lower(), autoescape=True))
    page = paged(found, Enrolment.enrolled_at, Enrolment.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    tasks, packages, ids = gradebook.tasks(course), played.packages(course), [one.id for one in page.rows]
    return render(
        "courses/teach/grades.html", course=course, states=STATES, enrolments=page.rows, after=page.after, q=q, tasks=tasks, in_points=in_points,
        cells=gradebook.cells(ids, tasks), packages=packages, rounds=played.rounds(ids, packages), best=played.best, spent=played.spent,
    )  # fmt: skip


@grade_pages.post("/<uuid:id>/grades/download", policy=TEACH)
def download(id: UUID) -> Response:
    """The gradebook, whole, as a file for spreadsheets. That it was taken out is written down."""
    answer = sheet_answer(lambda: f"grades-{course_of(id).slug}", lambda: gradebook.sheet(course_of(id)))
    emit("courses.grades_downloaded", course_of(id))
    return answer


@grade_pages.get("/<uuid:id>/grades/waiting", policy=TEACH)
def waiting(id: UUID) -> Response:
    """What waits for a grade, the oldest first."""
    course = course_of(id)
    return render("courses/teach/waiting.html", course=course, states=STATES, rows=grading.waiting(course), most=grading.MOST)


@grade_pages.get(f"{HERE}/learners/<uuid:enrolment>", policy=TEACH)
def work_of(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """All that a learner has done in a quiz or an assignment."""
    course, row, one, whose = _work(id, lesson, block, enrolment)
    quiz = quizzing.quiz_at(row.id, block) if one["kind"] == "quiz" else None
    form = AllowanceForm.opened(allowing.more_for(whose.id, quiz) if quiz else allowing.NONE) if one["kind"] == "quiz" else ExtensionForm()
    return _work_of(course, row, one, whose, form)


@grade_pages.post(f"{HERE}/learners/<uuid:enrolment>", policy=TEACH)
def extend(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """Give a learner another deadline (an empty one takes it back), or further attempts and extra minutes at a quiz."""
    course, row, one, whose = _work(id, lesson, block, enrolment)
    if one["kind"] == "quiz":
        return _allow_more(course, row, one, whose)
    form = ExtensionForm.posted()
    if not form.validate():
        return _work_of(course, row, one, whose, form)
    try:
        assigning.extend(whose, assigning.assignment_for(row.id, block), form.data["due"])
    except NoSuchTime:
        refuse(form, "due", _("On this day the clocks go forward, and this time is left out."))
        return _work_of(course, row, one, whose, form)
    except Problem as problem:
        refuse(form, "due", problem.message)
        return _work_of(course, row, one, whose, form)
    return redirect(url_for(".work_of", id=id, lesson=lesson, block=block, enrolment=enrolment), 303)


def _allow_more(course: Course, row: Lesson, one: Block, whose: Enrolment) -> Response:
    form, place, quiz = AllowanceForm.posted(), held(whose.id), quizzing.quiz_for(row, one["id"])
    if not form.validate() or form.overtaken(allowing.more_for(place.id, quiz)):
        return _work_of(course, row, one, whose, form)
    allowing.allow_more(place, quiz, form.data["more_attempts"], form.data["more_minutes"])
    return redirect(url_for(".work_of", id=course.id, lesson=row.id, block=one["id"], enrolment=whose.id), 303)


def _work(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> tuple[Course, Lesson, Block, Enrolment]:
    course, row, whose = course_of(id), get_or_404(Lesson, id=lesson, course_id=id), _place(id, enrolment)
    return course, row, task_for(row, block, whose.id), whose


def _work_of(course: Course, row: Lesson, one: Block, whose: Enrolment, form: ExtensionForm | AllowanceForm) -> Response:
    quiz, assignment = quizzing.quiz_at(row.id, one["id"]), assigning.assignment_at(row.id, one["id"])
    return show(
        "courses/teach/work.html", form, course=course, states=STATES, lesson=row, one=one, learner=whose.learner, enrolment=whose, in_points=in_points,
        attempts=attempting.attempts_of(whose.id, quiz) if quiz else [], submissions=assigning.submissions_of(whose.id, assignment) if assignment else [],
        due=assigning.due_for(whose.id, assignment) if assignment else None, zone=assigning.zone(), assignment=assignment,
        extension=assigning.extension_of(whose.id, assignment) if assignment else None, quiz=quiz,
    )  # fmt: skip


@grade_pages.get("/<uuid:id>/attempts/<uuid:attempt>", policy=TEACH)
def attempt(id: UUID, attempt: UUID) -> Response:
    """What somebody answered in a quiz, to grade it."""
    course, row, quiz, whose = _attempt(id, attempt)
    return _attempt_page(course, row, quiz, whose, GradeForm(feedback=row.feedback))


@grade_pages.post("/<uuid:id>/attempts/<uuid:attempt>", policy=TEACH)
def grade_attempt(id: UUID, attempt: UUID) -> Response:
    """Give points for each question, and say why."""
    course, row, quiz, whose = _attempt(id, attempt)
    form = GradeForm.posted()
    questions = shown_attempt(row).questions
    typed = [request.form.get(f"points-{at}", "") for at in range(len(questions))]
    points = [hundredths(text) for text in typed]
    wrong = [at for at, one in enumerate(points) if one is None or not 0 <= one <= questions[at].most]
    fine = form.validate()
    if wrong or not fine:
        if wrong:
            refuse(form, "points", _("Give each question from 0 to its points."))
        return _attempt_page(course, row, quiz, whose, form, wrong=wrong, typed=typed)
    attempting.grade_by_hand(row, [one or 0 for one in points], form.data["feedback"] or "", quiz)
    return redirect(url_for(".attempt", id=id, attempt=attempt), 303)


def _attempt(id: UUID, attempt: UUID) -> tuple[Course, Attempt, Quiz, Enrolment]:
    course, row = course_of(id), get_or_404(Attempt, attempt)
    return course, row, get_or_404(Quiz, row.quiz_id), _place(id, row.enrolment_id)


def _attempt_page(course: Course, row: Attempt, quiz: Quiz, whose: Enrolment, form: GradeForm, **values: Any) -> Response:
    running = row.stage is Stage.RUNNING and not attempting.is_over(row)
    one = task_for(get_or_404(Lesson, quiz.lesson_id), quiz.block, whose.id)
    return show(
        "courses/teach/attempt.html", form, one=one, course=course, states=STATES, attempt=shown_attempt(row), quiz=quiz, learner=whose.learner,
        enrolment=whose, in_points=in_points, running=running, **{"wrong": [], "typed": None, **values},
    )  # fmt: skip


@grade_pages.get("/<uuid:id>/submissions/<uuid:submission>", policy=TEACH)
def submission(id: UUID, submission: UUID) -> Response:
    """Work that somebody handed in, to grade it."""
    course, row, assignment, whose = _submission(id, submission)
    return _submission_page(course, row, assignment, whose, GradeForm(points=in_points(row.points), feedback=row.feedback))


@grade_pages.post("/<uuid:id>/submissions/<uuid:submission>", policy=TEACH)
def grade_submission(id: UUID, submission: UUID) -> Response:
    """Grade it, or (`do=return`) give it back to be done better."""
    course, row, assignment, whose = _submission(id, submission)
    form, back = GradeForm.posted(), request.form.get("do") == "return"
    fine, points = form.validate(), hundredths(form.points.data)
    if fine and back and not form.feedback.data:
        refuse(form, "feedback", _("Say what is to be done better."))
    elif fine and not back and (points is None or not 0 <= points <= assignment.points * 100):
        refuse(form, "points", _("Give from 0 to %(n)d points.", n=assignment.points))
    if form.errors:
        return _submission_page(course, row, assignment, whose, form)
    if back:
        assigning.give_back(row, assignment, form.feedback.data or "")
    else:
        assigning.grade(row, assignment, points or 0, form.feedback.data or "")
    return redirect(url_for(".submission", id=id, submission=submission), 303)


def _submission(id: UUID, submission: UUID) -> tuple[Course, Submission, Assignment, Enrolment]:
    course, row = course_of(id), get_or_404(Submission, submission)
    return course, row, get_or_404(Assignment, row.assignment_id), _place(id, row.enrolment_id)


def _place(course: UUID, id: UUID) -> Enrolment:
    """Somebody's place in a course. Whoever has left is not shown."""
    found = select(Enrolment).options(joinedload(Enrolment.learner)).where(Enrolment.id == id, Enrolment.course_id == course, Enrolment.left_at.is_(None))
    row = session.scalars(found).first()
    if row is None:
        raise NotHere
    return row


def _submission_page(course: Course, row: Submission, assignment: Assignment, whose: Enrolment, form: GradeForm) -> Response:
    lesson = get_or_404(Lesson, assignment.lesson_id)
    one = task_for(lesson, assignment.block, whose.id)
    made = assigning.submissions_of(whose.id, assignment)
    files = [(file, file_url(file)) for file in assigning.files_of([row])[row.id]]
    return show(
        "courses/teach/submission.html", form, course=course, states=STATES, submission=row, assignment=assignment, learner=whose.learner, files=files,
        newest=bool(made) and made[-1].id == row.id, in_points=in_points, one=one, lesson=lesson, what=markdown(str(one.get("text", ""))), enrolment=whose,
    )  # fmt: skip
