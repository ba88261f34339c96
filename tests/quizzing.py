# SPDX-License-Identifier: MIT
"""A lesson of the demo with a quiz and an assignment, which Theo has written and Lena answers."""

from __future__ import annotations

import re
from uuid import uuid4

from building import LESSON, address, blocks, held_with_order, press
from classroom import BREAD, MUSIC, course_id, publish_changes
from sqlalchemy import select, true
from sqlalchemy.orm import joinedload
from upart_courses.models import Course, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Question, Quiz, Submission

QUESTIONS = (  # kind, question, lines, points
    ("single", "What does a starter eat?", "sugar in milk\n*flour\nsalt", "2"),
    ("multiple", "What lives in it?", "*yeast\n*lactic acid bacteria\nmould\nmites", "4"),
    ("text", "What is it called in German?", "Sauerteig\nder Sauerteig", "1"),
    ("number", "At how many degrees is it happy?", "26\n2", "1"),
    ("ordering", "In which order?", "feed\nwait\nbake\neat", "6"),
)
ELSEWHERE = select(Lesson.id).join(Course, Course.id == Lesson.course_id).where(Course.slug != MUSIC)

RIGHT = {"a-0": "1", "a-1": ["0", "1"], "a-2": " sauerTEIG ", "a-3": "24,5"}
"""All but the order, whose lines are mixed."""


def task(school, kind: str) -> str:
    """The id of the block of this kind."""
    return next(one["id"] for one in blocks(school) if one["kind"] == kind)


def with_task(teacher, school, kind: str, title: str = "Know your starter", **typed: str) -> str:
    """Let a teacher add a quiz or an assignment to the lesson, not published yet; returns its id."""
    press(teacher, school, f"add:{kind}")
    id = task(school, kind)
    data = held_with_order(teacher, address(school), **{f"title-{id}": title, **{f"{name}-{id}": value for name, value in typed.items()}})
    assert teacher.post(address(school), data=data).status_code == 303
    return id


def rules(teacher, school, id: str, **typed: str):
    """Save the rules of a quiz or an assignment."""
    place = f"{address(school)}/tasks/{id}"
    page = teacher.get(place).text
    held = dict(re.findall(r'name="(attempts|minutes|pool|pass_percent|points|pass_points|files|was-\w+)"[^>]*value="([^"]*)"', page))
    held |= {name: value for value, name in re.findall(r'value="([^"]*)"[^>]*name="(attempts|minutes|pool|pass_percent|points|pass_points|files)"', page)}
    return teacher.post(place, data={"reveal": "answers", **held, **typed})


def with_questions(teacher, school, id: str, questions=QUESTIONS) -> None:
    """Write the questions of a quiz."""
    for kind, prompt, lines, points in questions:
        data = {"kind": kind, "prompt": prompt, "lines": lines, "points": points, "explanation": f"About: {prompt}", "once": str(uuid4())}
        answer = teacher.post(f"{address(school)}/tasks/{id}/questions/new", data=data)
        assert answer.status_code == 303, answer.text


def publish(teacher, school):
    """Let learners see it."""
    return publish_changes(teacher, f"/teach/courses/{course_id(school, BREAD)}")


def quiz(teacher, school, required: bool = False, questions=QUESTIONS, **typed: str) -> str:
    """A published quiz; returns its id."""
    id = with_task(teacher, school, "quiz", **({"required": "y"} if required else {}))
    with_questions(teacher, school, id, questions)
    assert rules(teacher, school, id, **typed).status_code == 303
    assert publish(teacher, school).status_code == 303
    return id


def assignment(teacher, school, required: bool = False, **typed: str) -> str:
    """A published assignment; returns its id."""
    id = with_task(teacher, school, "assignment", "Bake one", text="Bake a *loaf*.", **({"required": "y"} if required else {}))
    assert rules(teacher, school, id, **typed).status_code == 303
    assert publish(teacher, school).status_code == 303
    return id


def place(id: str) -> str:
    """Where learners find it."""
    return f"/learn/{BREAD}/{LESSON}/tasks/{id}"


def attempts(school) -> list[Attempt]:
    """All attempts, the first one first."""
    with school.reading("athena") as session:
        return list(session.scalars(select(Attempt).options(joinedload(Attempt.sheet)).order_by(Attempt.number)))


def submissions(school) -> list[Submission]:
    """All that was handed in."""
    with school.reading("athena") as session:
        return list(session.scalars(select(Submission).order_by(Submission.number)))


def begin(learner, id: str, school) -> dict:
    """Begin an attempt; what its form sends."""
    answer = learner.post(f"{place(id)}/start")
    assert answer.status_code == 303, answer.text
    return {"attempt": str(attempts(school)[-1].id)}


def in_order(school) -> dict:
    """The ranks that put the last question of the newest attempt into its right order."""
    asked = attempts(school)[-1].asked
    at = next(at for at, one in enumerate(asked) if one["kind"] == "ordering")
    return {f"a-{at}": [str(place + 1) for place in asked[at]["order"]]}


def rows(school, table=Question) -> list:
    """The rows of a table; of tasks those outside the music course, where the demo has some."""
    quizzes = select(Quiz.id).where(Quiz.lesson_id.in_(ELSEWHERE))
    of_tests = {Question: Question.quiz_id.in_(quizzes), Assignment: Assignment.lesson_id.in_(ELSEWHERE)}
    with school.reading("athena") as session:
        return list(session.scalars(select(table).where(of_tests.get(table, true()))))
