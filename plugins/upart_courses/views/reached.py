# SPDX-License-Identifier: MIT
"""What the acting person has reached in a course: each quiz, assignment and package that is open to them, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from werkzeug import Response

from upart.plugin import Blueprint, NotHere, clock, get_or_404, may, render
from upart_courses import public
from upart_courses.actions import assigning, gradebook, played
from upart_courses.forms.tasks import in_points
from upart_courses.here import course_at
from upart_courses.models import Course
from upart_courses.models.assessed import Assignment

result_pages = Blueprint("course_results", __name__)

LEARN = may("courses.learn")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can be passed: what it is called, where it is (empty when it is closed now), what was reached, until when there is time."""

    name: str
    url: str
    kind: str
    cell: gradebook.Cell | None = None
    round: played.Round | None = None
    due: datetime | None = None
    required: bool = False
    taken_out: bool = False


@result_pages.get("/courses/<slug>/results", policy=LEARN)
def every(slug: str) -> Response:
    """One's own results in a course, section by section. Of a section that is not open yet nothing is told but what was done in it already."""
    row, mine = course_at(slug)
    if mine is None:
        raise NotHere
    sections = public.outline(row.id)
    closed = set(public.locked(row, mine, sections)) if public.goes_on(row, mine) else {section.id for section in sections}
    lines = _lines(row.slug, get_or_404(Course, row.id), mine, {one.id for section in sections if section.id in closed for one in section.lessons})
    parts = [(section.title, [line for lesson in section.lessons for line in lines.get(lesson.id, [])]) for section in sections]
    return render("courses/results.html", course=row, parts=[part for part in parts if part[1]], in_points=in_points, now=clock.now())


def _lines(slug: str, course: Course, mine: public.Learning, closed: set[UUID]) -> Mapping[UUID, list[Line]]:
    tasks, packages, found = gradebook.tasks(course), played.packages(course), dict[UUID, list[Line]]()
    cells, rounds = gradebook.cells([mine.id], tasks), played.rounds([mine.id], packages)
    dues = assigning.dues(mine.id, [task.row for task in tasks if isinstance(task.row, Assignment)])

    def add(lesson: Any, endpoint: str, block: str, done: bool, **values: Any) -> None:
        is_open = lesson.id not in closed
        if is_open or done:
            url = url_for(endpoint, slug=slug, lesson=lesson.slug, block=block) if is_open else ""
            found.setdefault(lesson.id, []).append(Line(url=url, **values))

    for task in tasks:
        cell = cells.get((mine.id, task.row.id)) if task.row is not None else None
        if cell is not None or not task.taken_out:
            due = dues.get(task.row.id) if task.row is not None else None
            values: dict[str, Any] = {"name": task.name, "kind": task.kind, "cell": cell, "due": due, "required": task.required, "taken_out": task.taken_out}
            add(task.lesson, "course_tasks.task", task.block, cell is not None, **values)
    for package in packages:
        some = rounds.get((mine.id, package.lesson.id, package.block))
        values = {"name": package.name, "kind": "package", "round": played.best(some) if some else None}
        add(package.lesson, "course_scorm.player", package.block, bool(some), **values)
    return found
