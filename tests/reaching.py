# SPDX-License-Identifier: MIT
"""What the addresses of a crawl may name beyond the rows of a table: words, and ways of several rows."""

from __future__ import annotations

from sqlalchemy import select
from upart_courses.actions.learners import LEARNERS
from upart_courses.blocks import known
from upart_courses.models import (
    Cohort,
    Course,
    CoursePackage,
    Enrolment,
    Lesson,
    Note,
    PackageResult,
)
from upart_courses.models.assessed import Assignment, Attempt, Question, Quiz, Submission

from upart.accounts.actions.bringing import PEOPLE
from upart.db import Model, uuid7
from upart.manage.models import ImportRun
from upart.rights.models import AskedBy, RightsRequest

GIVEN = {
    "people.change_permissions": [{"role": "teacher"}],
    "plugs.one": [{"plugin": "courses"}],
    "plugs.decide": [{"plugin": "courses"}],
    "settings.one": [{"key": "landing-page"}, {"key": "main-colour"}, {"key": "who-joins"}, {"key": "time-zone"}],
    "settings.change": [{"key": "landing-page"}],
    "privacy.version": [{"number": 1}],
    "privacy.version_file": [{"number": 1}],
}
"""Values of parameters that stand in no table."""


def given(portal) -> dict:
    """The same, with the tables of every plugin for the page of every line, and two lines of each to be corrected."""
    tables = [{"plugin": entry.plugin, "table": entry.table} for entry in portal.state.plugins.register.tables.values()]
    absent = {"plugin": "core", "table": "absent-from-here"}
    lines = [*_lines(portal), {"plugin": "core", "table": "person", "row": uuid7()}, {**absent, "row": uuid7()}]
    with portal.reading("athena") as session:
        entered = session.scalars(select(RightsRequest.id).where(RightsRequest.asked_by == AskedBy.OFFICER))
        requests = [{"id": id} for id in entered]
        sent, learned = ([{"id": id} for id in session.scalars(select(ImportRun.id).where(ImportRun.name == about.name))] for about in (PEOPLE, LEARNERS))
        groups = [{"id": course, "cohort": id} for course, id in session.execute(select(Cohort.course_id, Cohort.id).order_by(Cohort.id))]
        packages = [{"id": id} for id in session.scalars(select(CoursePackage.id).order_by(CoursePackage.id))]
        places = select(Enrolment.course_id, Enrolment.id).where(Enrolment.left_at.is_(None)).order_by(Enrolment.id)
        learners = [{"id": course, "enrolment": id} for course, id in session.execute(places)]
    doors = ("one", "columns", "start", "undo", "let_go", "left")
    tables_sent = {f"people.bring_{door}": sent for door in doors} | {f"teach_tables.bring_{door}": learned for door in doors}
    tables_sent |= {f"teach_cohorts.{door}": groups for door in ("one", "change", "open_all", "ask_to_delete", "delete")}
    tables_sent |= {f"teach_cohorts.{door}": learners for door in ("ask_to_move", "move")}
    packed = {f"course_packages.{door}": packages for door in ("one", "start", "let_go", "undo")} | {"course_moved.moved": [{"old": "old/rye"}]}
    rosters = {f"teach_roster.{door}": learners for door in ("learner", "pace", "grant", "revoke", "ask_to_remove", "remove")}
    programs = [{"address": address} for address in _programs(portal)]
    return {
        **GIVEN,
        **_films(portal),
        **players_of(portal),
        **_notes(portal),
        **tables_sent,
        **packed,
        **rosters,
        "api.answer": programs,
        "queue.one": requests,
        "mine.every_line": [*tables, absent],
        "correcting.edit": lines,
        "correcting.ask": lines,
    }


def _programs(portal) -> list[str]:
    """What programs ask for: each list, an object of it, and what can be done with that."""
    found = []
    with portal.reading("athena") as session:
        for resource in (one for plugin in portal.state.plugins.everything() for one in plugin.resources):
            id = session.scalar(select(resource.model.id).order_by(resource.model.id).limit(1)) if resource.model is not None else None
            found += [
                resource.name,
                *(
                    f"{resource.name}/{id}{after}"
                    for after in ("", *(f"/actions/{verb}" for verb in resource.verbs), *(f"/{name}" for name in resource.below))
                    if id is not None
                ),
            ]
    return found


def _lines(portal) -> list[dict]:
    """The oldest and the newest line of each table that holds something about people."""
    found = []
    with portal.everywhere() as session:
        for entry in (entry for entry in portal.state.plugins.register.tables.values() if entry.is_personal):
            id = Model.metadata.tables[entry.table].c.id
            ids = {session.scalar(select(id).order_by(order).limit(1)) for order in (id.asc(), id.desc())} - {None}
            found += [{"plugin": entry.plugin, "table": entry.table, "row": one} for one in sorted(ids)]
    return found


def _films(portal) -> dict:
    """The films on pages of learners, and where their teachers choose others."""
    with portal.reading("athena") as session:
        courses = {course.id: course.slug for course in session.scalars(select(Course))}
        films = [(one, shown) for one in session.scalars(select(Lesson)) for shown in known(one.blocks) if shown["kind"] == "video"]
    chosen = [{"id": lesson.course_id, "lesson": lesson.id, "block": block["id"]} for lesson, block in films]
    return {
        "course_files.one": [{"slug": courses[lesson.course_id], "lesson": lesson.slug, "item": block["item"]} for lesson, block in films],
        "teach_blocks.choose": chosen,
        "teach_blocks.put": chosen,
        **_tasks(portal),
    }


def players_of(portal) -> dict:
    """Players of packages, and what a learner has done in them; their files have an address for each person, and nobody guesses one."""
    with portal.reading("athena") as session:
        courses = {course.id: course.slug for course in session.scalars(select(Course))}
        lessons = [(one, shown["id"]) for one in session.scalars(select(Lesson)) for shown in known(one.blocks) if shown["kind"] == "package"]
        players = [{"slug": courses[lesson.course_id], "lesson": lesson.slug, "block": block} for lesson, block in lessons]
        guessed = [{**one, "code": "-.0.1.x", "path": "pages/knots.html"} for one in players]
        kept = [(row, session.get(Lesson, (row.academy_id, row.lesson_id))) for row in session.scalars(select(PackageResult))]
        stands = {(one.id, block) for one, block in lessons}
        there = [
            {"id": one.course_id, "lesson": one.id, "block": row.block, "enrolment": row.enrolment_id} for row, one in kept if (one.id, row.block) in stands
        ]
    doors = {f"course_scorm.{door}": players for door in ("player", "keep", "ask_to_start_over", "start_over")}
    return {**doors, **{f"teach_played.{door}": there for door in ("rounds", "ask_to_start_over", "start_over")}, "course_scorm.member": guessed}


def _notes(portal) -> dict:
    """Notes, with the course in which each was written."""
    with portal.reading("athena") as session:
        places = {place.id: place.course_id for place in session.scalars(select(Enrolment))}
        slugs = {course.id: course.slug for course in session.scalars(select(Course))}
        notes = [{"slug": slugs[places[one.enrolment_id]], "note": one.id} for one in session.scalars(select(Note).order_by(Note.id))]
    return {f"course_notes.{door}": notes for door in ("one", "change", "ask_to_delete", "delete")}


def _tasks(portal) -> dict:
    """Where that quiz and assignment stand: for learners, for their teacher, and what one learner did in them."""
    with portal.reading("athena") as session:
        stands = {(lesson.id, block["id"]): lesson for lesson in session.scalars(select(Lesson)) for block in known(lesson.blocks)}
        done = select(Submission.assignment_id)
        handed = [one for one in session.scalars(select(Assignment).where(Assignment.id.in_(done))) if (one.lesson_id, one.block) in stands]
        there = Quiz.id.in_(select(Attempt.quiz_id)), Quiz.lesson_id.in_([one.lesson_id for one in handed])
        quiz = next((one for one in session.scalars(select(Quiz).where(*there)) if (one.lesson_id, one.block) in stands), None)
        if quiz is None:
            return {}
        lesson, work = stands[quiz.lesson_id, quiz.block], next(one for one in handed if one.lesson_id == quiz.lesson_id)
        attempt = session.scalars(select(Attempt).where(Attempt.quiz_id == quiz.id)).first()
        course = session.get(Course, (lesson.academy_id, lesson.course_id))
        question = session.scalars(select(Question).where(Question.quiz_id == quiz.id)).first()
        submission = session.scalars(select(Submission).where(Submission.enrolment_id == attempt.enrolment_id)).first()
    here = [{"slug": course.slug, "lesson": lesson.slug, "block": one.block} for one in (quiz, work)]
    there = [{"id": course.id, "lesson": lesson.id, "block": one.block} for one in (quiz, work)]
    asked, learner = [{**there[0], "question": question.id}], [{**one, "enrolment": attempt.enrolment_id} for one in there]
    return {
        "course_tasks.task": here, "course_seen.task": here, "course_tasks.start": here[:1], "course_tasks.answer": here[:1], "course_tasks.work": here[1:],
        "teach_tasks.task": there, "teach_tasks.save": there, "teach_tasks.new_question": there[:1], "teach_tasks.add_question": there[:1], "teach_tasks.copy_questions": there[:1],
        "teach_trial.sheet": there[:1], "teach_trial.answers": there[:1],
        **{f"teach_tasks.{door}": asked for door in ("question", "save_question", "move_question")},
        "teach_grades.work_of": learner, "teach_grades.extend": learner,
        **{f"teach_grades.{door}": [{"id": course.id, "attempt": attempt.id}] for door in ("attempt", "grade_attempt")},
        **{f"teach_grades.{door}": [{"id": course.id, "submission": submission.id}] for door in ("submission", "grade_submission")},
    }  # fmt: skip
