# SPDX-License-Identifier: MIT
"""The gradebook of a course, and where teachers grade: what a learner answered and handed in, points, feedback, more time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug import Response

from upart.plugin import (
    Area,
    Blueprint,
    Form,
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
    stands_in,
)
from upart.plugin import gettext as _
from upart_courses.actions import allowing, assigning, attempting, gradebook, grading, played, quizzing
from upart_courses.actions.passing import held, hold
from upart_courses.forms.tasks import AllowanceForm, ExtensionForm, GradeForm, attempt_form, hundredths, in_points
from upart_courses.graded import shown_attempt
from upart_courses.kinds import Block
from upart_courses.models import Course, Enrolment, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Submission, Verdict
from upart_courses.questions import HUNDRED
from upart_courses.views.listed import STATES
from upart_courses.views.quizzes import HERE
from upart_courses.views.tasks import task_for
from upart_courses.views.teach import TEACH, course_of

grade_pages = Blueprint("teach_grades", __name__, area=Area.TEACH)

PAGE = 50

DONE = {Verdict.GRADED: "grade", Verdict.RETURNED: "return"}
"""What a grader pressed for work to stand so."""


@grade_pages.get("/<uuid:id>/grades", policy=TEACH, query=("q", "after"))
def grades(id: UUID) -> Response:
    """What each learner has reached in each quiz, assignment and package, newest learners first; `q` finds by name."""
    course, q = course_of(id), request.args.get("q", "").strip()[:100]
    found = gradebook.learners(course)
    if q:
        found = found.where(stands_in(q, Person.name))
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


@grade_pages.get(f"{HERE}/learners/<uuid:enrolment>", policy=TEACH, query=("saved",))
def work_of(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """All that a learner has done in a quiz or an assignment."""
    course, row, one, whose = _work(id, lesson, block, enrolment)
    if one["kind"] == "quiz":
        quiz = quizzing.quiz_at(row.id, block)
        return _work_of(course, row, one, whose, AllowanceForm.opened(allowing.more_for(whose.id, quiz) if quiz else allowing.NONE))
    assignment = assigning.assignment_at(row.id, block)
    due = assigning.extended_to(whose.id, assignment) if assignment is not None else None
    return _work_of(course, row, one, whose, ExtensionForm.opened({"due": due}))


@grade_pages.post(f"{HERE}/learners/<uuid:enrolment>", policy=TEACH)
def extend(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> Response:
    """Give a learner another deadline (an empty one takes it back), or further attempts and extra minutes at a quiz."""
    course, row, one, whose = _work(id, lesson, block, enrolment)
    if one["kind"] == "quiz":
        return _allow_more(course, row, one, whose)
    form = ExtensionForm.posted()
    assignment, whose = assigning.assignment_for(row.id, block), held(whose.id)
    if not form.validate() or form.overtaken({"due": assigning.extended_to(whose.id, assignment)}):
        return _work_of(course, row, one, whose, form)
    try:
        assigning.extend(whose, assignment, form.data["due"])
    except NoSuchTime:
        refuse(form, "due", _("On this day the clocks go forward, and this time is left out."))
        return _work_of(course, row, one, whose, form)
    except Problem as problem:
        refuse(form, "due", problem.message)
        return _work_of(course, row, one, whose, form)
    return redirect(url_for(".work_of", id=id, lesson=lesson, block=block, enrolment=enrolment, saved="y"), 303)


def _allow_more(course: Course, row: Lesson, one: Block, whose: Enrolment) -> Response:
    form, place, quiz = AllowanceForm.posted(), held(whose.id), quizzing.quiz_for(row, one["id"])
    if not form.validate() or form.overtaken(allowing.more_for(place.id, quiz)):
        return _work_of(course, row, one, whose, form)
    allowing.allow_more(place, quiz, form.data["more_attempts"], form.data["more_minutes"])
    return redirect(url_for(".work_of", id=course.id, lesson=row.id, block=one["id"], enrolment=whose.id, saved="y"), 303)


def _work(id: UUID, lesson: UUID, block: str, enrolment: UUID) -> tuple[Course, Lesson, Block, Enrolment]:
    course, row, whose = course_of(id), get_or_404(Lesson, id=lesson, course_id=id), _place(id, enrolment)
    return course, row, task_for(row, block, whose.id), whose


def _work_of(course: Course, row: Lesson, one: Block, whose: Enrolment, form: ExtensionForm | AllowanceForm) -> Response:
    quiz, assignment = quizzing.quiz_at(row.id, one["id"]), assigning.assignment_at(row.id, one["id"])
    return show(
        "courses/teach/work.html", form, course=course, states=STATES, lesson=row, one=one, learner=whose.learner, enrolment=whose, in_points=in_points,
        attempts=attempting.attempts_of(whose.id, quiz) if quiz else [], submissions=assigning.submissions_of(whose.id, assignment) if assignment else [],
        due=assigning.due_for(whose.id, assignment) if assignment else None, zone=assigning.zone(), assignment=assignment,
        saved=_said(), quiz=quiz,
    )  # fmt: skip


@grade_pages.get("/<uuid:id>/attempts/<uuid:attempt>", policy=TEACH, query=("saved",))
def attempt(id: UUID, attempt: UUID) -> Response:
    """What somebody answered in a quiz, to grade it."""
    course, row, quiz, whose = _attempt(id, attempt)
    return _attempt_page(course, row, quiz, whose, attempt_form(len(shown_attempt(row).questions)).opened(_given(row)))


@grade_pages.post("/<uuid:id>/attempts/<uuid:attempt>", policy=TEACH)
def grade_attempt(id: UUID, attempt: UUID) -> Response:
    """Give points for each question, and say why."""
    course, row, quiz, whose = _attempt(id, attempt)
    hold(row)
    questions = shown_attempt(row).questions
    form = attempt_form(len(questions)).posted()
    overtaken = form.overtaken(_given(row))
    if form.validate():
        _refuse_too_many(form, {f"points-{at}": one.most // HUNDRED for at, one in enumerate(questions)})
    if overtaken or form.errors:
        return _attempt_page(course, row, quiz, whose, form)
    points = [hundredths(form[f"points-{at}"].data) or 0 for at in range(len(questions))]
    attempting.grade_by_hand(row, points, form["feedback"].data or "", quiz)
    return form.saved(url_for(".attempt", id=id, attempt=attempt, saved="y"))


def _given(row: Attempt) -> dict[str, str]:
    """What a grader has said about an attempt so far, as its form holds it."""
    return {**{f"points-{at}": in_points(one.points) for at, one in enumerate(shown_attempt(row).questions)}, "feedback": row.feedback}


def _refuse_too_many(form: Form, most: Mapping[str, int]) -> None:
    """Refuse points that there are not: in a field that is needed, from 0 to so many."""
    for name, n in most.items():
        points = hundredths(form[name].data)
        if points is None or not 0 <= points <= n * HUNDRED:
            refuse(form, name, _("Give from 0 to %(n)d points.", n=n))


def _attempt(id: UUID, attempt: UUID) -> tuple[Course, Attempt, Quiz, Enrolment]:
    course, row = course_of(id), get_or_404(Attempt, attempt)
    return course, row, get_or_404(Quiz, row.quiz_id), _place(id, row.enrolment_id)


def _attempt_page(course: Course, row: Attempt, quiz: Quiz, whose: Enrolment, form: Form) -> Response:
    running = row.stage is Stage.RUNNING and not attempting.is_over(row)
    one, shown = task_for(get_or_404(Lesson, quiz.lesson_id), quiz.block, whose.id), shown_attempt(row)
    for at in range(len(shown.questions)):
        form[f"points-{at}"].label.text = _("Points for question %(n)s", n=at + 1)
    return show(
        "courses/teach/attempt.html", form, one=one, course=course, states=STATES, attempt=shown, quiz=quiz, learner=whose.learner,
        enrolment=whose, in_points=in_points, running=running, **_afterwards(course, quiz),
    )  # fmt: skip


@grade_pages.get("/<uuid:id>/submissions/<uuid:submission>", policy=TEACH, query=("saved",))
def submission(id: UUID, submission: UUID) -> Response:
    """Work that somebody handed in, to grade it."""
    course, row, assignment, whose = _submission(id, submission)
    return _submission_page(course, row, assignment, whose, GradeForm.opened(_judged(row)))


@grade_pages.post("/<uuid:id>/submissions/<uuid:submission>", policy=TEACH)
def grade_submission(id: UUID, submission: UUID) -> Response:
    """Grade it, or (`do=return`) give it back to be done better. Of what is not the last work any more the words stay, beside the last."""
    course, row, assignment, whose = _submission(id, submission)
    hold(row)
    form, last = GradeForm.posted(), assigning.submissions_of(whose.id, assignment)[-1]
    if last.id != row.id:
        form.marks = GradeForm.opened(_judged(last)).marks
        return _submission_page(course, last, assignment, whose, form, 409, typed_for=row)
    overtaken = form.overtaken(_judged(row))
    fine, back = form.validate(), form.do.data == "return"
    if fine and back and not form.feedback.data:
        refuse(form, "feedback", _("Say what is to be done better."))
    elif fine and not back:
        _refuse_too_many(form, {"points": assignment.points})
    if overtaken or form.errors:
        return _submission_page(course, row, assignment, whose, form)
    if back:
        assigning.give_back(row, assignment, form.feedback.data or "")
    else:
        try:
            assigning.grade(row, assignment, hundredths(form.points.data) or 0, form.feedback.data or "")
        except Problem as problem:
            refuse(form, "points", f"{problem.message} {problem.remedy}")
            return _submission_page(course, row, assignment, whose, form)
    return form.saved(url_for(".submission", id=id, submission=submission, saved="y"))


def _judged(row: Submission) -> dict[str, str]:
    """What a grader has said about work so far, as its form holds it."""
    return {"points": in_points(row.points), "feedback": row.feedback, "do": DONE.get(row.verdict, "")}


def _said() -> str:
    return _("Saved.") if request.args.get("saved") else ""


def _afterwards(course: Course, task: Quiz | Assignment) -> dict[str, Any]:
    """What is said of a grade that was just saved, and where the next thing to grade is."""
    said, following = _said(), ""
    if said and (found := grading.following(course, task)) is not None:
        is_quiz, waits = found
        following = url_for(".attempt", id=course.id, attempt=waits) if is_quiz else url_for(".submission", id=course.id, submission=waits)
    return {"saved": said, "following": following}


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


def _submission_page(
    course: Course, row: Submission, assignment: Assignment, whose: Enrolment, form: GradeForm, status: int | None = None, **values: Any
) -> Response:
    lesson = get_or_404(Lesson, assignment.lesson_id)
    one = task_for(lesson, assignment.block, whose.id)
    made = assigning.submissions_of(whose.id, assignment)
    files = [(file, file_url(file)) for file in assigning.files_of([row])[row.id]]
    return show(
        "courses/teach/submission.html", form, status, course=course, states=STATES, submission=row, assignment=assignment, learner=whose.learner, files=files,
        last=made[-1] if made else row, in_points=in_points, one=one, lesson=lesson, what=markdown(str(one.get("text", ""))), enrolment=whose,
        **_afterwards(course, assignment), **values,
    )  # fmt: skip
