# SPDX-License-Identifier: MIT
"""Quizzes and assignments for learners: what is asked, what they answered and handed in, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify, redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import (
    MB,
    Blueprint,
    Category,
    File,
    NotHere,
    Problem,
    clock,
    context,
    file_url,
    markdown,
    may,
    refuse,
    render,
    session,
    show,
    upload,
)
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import allowing, assigning, attempting, outliving, quizzing
from upart_courses.blocks import known
from upart_courses.forms.tasks import AnswersForm, WorkForm, in_points
from upart_courses.graded import shown_attempt
from upart_courses.here import LessonHere, lesson_at
from upart_courses.kinds import TASKS, Block
from upart_courses.models import Enrolment, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Verdict
from upart_courses.questions import answered, well_formed
from upart_courses.views.learn import place
from upart_courses.views.site import locked_page

task_pages = Blueprint("course_tasks", __name__)

LEARN = may("courses.learn")
LARGEST = 100 * MB


@task_pages.get("/learn/<slug>/<lesson>/tasks/<block>", policy=LEARN, query=("attempt", "sure", "kept"))
def task(slug: str, lesson: str, block: str) -> Response:
    """A quiz or an assignment, and what the acting person has done in it."""
    here = lesson_at(slug, lesson)
    return locked_page(here) if here.lock is not None else task_page(here, block)


def task_page(here: LessonHere, block: str, folder: str = "courses", **more: Any) -> Response:
    """The page of a quiz or an assignment in a lesson that is open to whoever acts; `folder`: where its templates are."""
    about = {**_about(here, block), "folder": folder, **more}
    if about["one"]["kind"] == "quiz":
        return _quiz(about["mine"], quizzing.quiz_at(here.body.id, block), about)
    return _assignment(WorkForm(), about["mine"], assigning.assignment_at(here.body.id, block), about)


def _quiz(mine: public.Learning | None, quiz: Quiz | None, about: dict[str, Any], status: int = 200, **values: Any) -> Response:
    attempts = attempting.attempts_of(mine.id, quiz) if mine is not None and quiz is not None else []
    running = next((one for one in attempts if one.stage is Stage.RUNNING), None)
    wanted = request.args.get("attempt", "")
    chosen = next((one for one in attempts if str(one.number) == wanted and one.stage is not Stage.RUNNING), None)
    unanswered = attempting.unanswered(running, attempting.given(running)) if running and request.args.get("sure") else 0
    left = allowing.attempts_for(mine.id, quiz) - len(attempts) if mine is not None and quiz is not None and quiz.attempts else None
    minutes = allowing.minutes_for(mine.id, quiz) if mine is not None and quiz is not None else 0
    return render(
        f"{about.pop('folder')}/quiz.html", status, **about, quiz=quiz, number=len(quizzing.questions_of(quiz)), attempts=attempts, left=left, minutes=minutes,
        running=shown_attempt(running) if running else None, over=running is not None and attempting.is_over(running), now=clock.now(),
        unanswered=unanswered, kept="kept" in request.args, form=AnswersForm(), chosen=shown_attempt(chosen) if chosen else None, **_late(chosen),
        best=attempting.best(attempts), in_points=in_points, **values,
    )  # fmt: skip


def _late(attempt: Attempt | None) -> dict[str, Any]:
    """May what is late still be handed in for an attempt whose time ran out, and until when?"""
    takes = attempt is not None and attempting.takes_late(attempt)
    return {"takes_late": takes, "late_until": attempt.ends_at + attempting.LATE if takes and attempt is not None and attempt.ends_at else None}


@task_pages.post("/learn/<slug>/<lesson>/tasks/<block>/start", policy=LEARN)
def start(slug: str, lesson: str, block: str) -> Response:
    """Begin, or go on with what was begun."""
    enrolment, row, quiz = _held(slug, lesson, block)
    attempting.start(enrolment, row, quiz)
    return redirect(url_for(".task", slug=slug, lesson=lesson, block=block, _anchor="questions"), 303)


@task_pages.post("/learn/<slug>/<lesson>/tasks/<block>/answers", policy=LEARN)
def answer(slug: str, lesson: str, block: str) -> Response:
    """Keep answers for now (`do=keep`), or hand them in: `do=hand-in` asks once when something has no answer, `do=anyway` does not.

    A page that names questions (`touched`) leaves the others as they are kept. What a closed attempt does not take stays on the page.
    """
    enrolment, row, quiz = _held(slug, lesson, block)
    found = select(Attempt).where(Attempt.enrolment_id == enrolment.id, Attempt.quiz_id == quiz.id, Attempt.id == _id(request.form.get("attempt", "")))
    attempt = session.scalars(found).first()
    if attempt is None:
        raise NotHere
    asked = well_formed(attempt.asked)
    typed = [answered(one, request.form.getlist(f"a-{at}")) for at, one in enumerate(asked)]
    if "touched" in request.form:
        touched = request.form.getlist("touched")
        typed = [one if str(at) in touched else before for at, (one, before) in enumerate(zip(typed, attempting.given(attempt), strict=True))]
    if "by_itself" in request.form:  # an order that somebody is just typing is none yet
        rows = enumerate(zip(asked, typed, attempting.given(attempt), strict=True))
        typed = [before if one["kind"] == "ordering" and not all(request.form.getlist(f"a-{at}")) else said for at, (one, said, before) in rows]
    do = request.form.get("do")
    sure = "open" if do == "hand-in" and attempting.unanswered(attempt, typed) else None
    try:
        if do == "keep" or sure:
            attempting.keep(attempt, typed)
        else:
            attempting.hand_in(attempt, typed, enrolment, row, quiz)
    except attempting.Closed:
        here = lesson_at(slug, lesson)
        return _quiz(here.mine, quiz, _about(here, block), 409, refused=shown_attempt(attempt, typed))
    if "by_itself" in request.form:
        return jsonify(left=(attempt.ends_at - clock.now()).total_seconds() if attempt.ends_at else None)
    number = attempt.number if attempt.stage is not Stage.RUNNING else None
    anchor = "result" if number else "sure" if sure else "questions"
    kept = "y" if do == "keep" else None
    return redirect(url_for(".task", slug=slug, lesson=lesson, block=block, attempt=number, sure=sure, kept=kept, _anchor=anchor), 303)


def _assignment(
    form: WorkForm, mine: public.Learning | None, assignment: Assignment | None, about: dict[str, Any], status: int | None = None, **values: Any
) -> Response:
    there = assignment if assignment is not None else Assignment(points=10, pass_points=6, files=1, due="", zone="")
    made = assigning.submissions_of(mine.id, assignment) if mine is not None and assignment is not None else []
    files = {id: [(file, file_url(file)) for file in found] for id, found in assigning.files_of(made).items()} if made else {}
    last = made[-1] if made else None
    if form.text.data is None and last is not None and last.verdict is Verdict.RETURNED:
        form.text.data = last.text
    due = assigning.due_for(mine.id, assignment) if mine is not None and assignment is not None else there.due_at
    what = markdown(about["one"].get("text", ""))
    return show(
        f"{about.pop('folder')}/assignment.html", form, status, **about, assignment=there, submissions=made, files=files, last=last, due=due,
        zone=assigning.zone(), most=LARGEST - MB, over=due is not None and clock.now() > due, what=what, in_points=in_points, **values,
    )  # fmt: skip


@task_pages.post("/learn/<slug>/<lesson>/tasks/<block>/work", policy=LEARN, body=LARGEST)
def work(slug: str, lesson: str, block: str) -> Response:
    """Hand in a text, files, or both. What is refused says why, and the text stays on the page."""
    files, refused = _sent()
    form = WorkForm.posted()
    enrolment, row = place(slug, lesson)
    if task_for(row, block, enrolment.id)["kind"] != "assignment":
        raise NotHere
    assignment = assigning.assignment_for(row.id, block)
    if form.validate() and refused is None:
        try:
            assigning.hand_in(enrolment, assignment, form.text.data or "", files)
            return redirect(url_for(".task", slug=slug, lesson=lesson, block=block, _anchor="handed-in"), 303)
        except Problem as problem:
            refuse(form, "files" if problem.code == "too_many_files" else "text", f"{problem.message} {problem.remedy}")
    if refused is not None:
        refuse(form, "files", f"{refused.message} {refused.remedy}")
    here = lesson_at(slug, lesson)
    return _assignment(form, here.mine, assignment, _about(here, block), refused.status if refused is not None else None)


def _sent() -> tuple[list[File], Problem | None]:
    """The files that were sent; or why they cannot be stored: then none of them is."""
    files: list[File] = []
    name = ""
    try:
        for one in [one for one in request.files.getlist("files")[:11] if one.filename]:
            name = f"{one.filename}: "
            files.append(upload(one, one.filename, Category.CONTENT_PRIVATE, about=context.person))
        name = ""
        session.flush()  # what has no room in the academy is said here
    except Problem as problem:
        for row in list(session.new):
            session.expunge(row)
        return [], Problem(problem.status, f"{name}{_(problem.message)}", remedy=_(problem.remedy))
    return files, None


def _about(here: LessonHere, block: str) -> dict[str, Any]:
    ahead = here.section.id in here.locks
    mine = here.mine if here.reads and not ahead else None
    return {
        "folder": "courses",
        "course": here.course,
        "lesson": here.body,
        "one": task_for(here.body, block, mine.id if mine else None),
        "mine": mine,
        "ahead": ahead,
    }


def task_for(lesson: Any, block: str, enrolment_id: UUID | None) -> Block:
    """A quiz or assignment of a lesson, for a learner also one that was taken out after they had begun it. Raises NotHere."""
    if block in outliving.standing(lesson) or enrolment_id is None:
        return task_in(lesson.blocks, block)
    one = outliving.begun(lesson.id, block, enrolment_id)
    if one is None:
        raise NotHere
    return one


def task_in(blocks: Sequence[Any], block: str) -> Block:
    """A quiz or assignment among blocks. Raises NotHere."""
    one = next((one for one in known(blocks) if one["id"] == block and one["kind"] in TASKS), None)
    if one is None:
        raise NotHere
    return one


def _held(slug: str, lesson: str, block: str) -> tuple[Enrolment, Lesson, Quiz]:
    """The quiz of a block, and the learner's place, locked: two tabs come one after the other."""
    enrolment, row = place(slug, lesson)
    quiz = quizzing.quiz_at(row.id, block) if task_for(row, block, enrolment.id)["kind"] == "quiz" else None
    if quiz is None:
        raise NotHere
    return enrolment, row, quiz


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None
