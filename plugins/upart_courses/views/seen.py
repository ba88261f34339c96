# SPDX-License-Identifier: MIT
"""A course as others see it, for whoever writes it: a visitor, somebody of the academy, a learner of the first day, another teacher. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import request, url_for
from sqlalchemy import Row
from werkzeug import Response

from upart.plugin import Blueprint, NotHere, Problem, clock, context, may, posing, render
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.forms.courses import AGE
from upart_courses.here import LessonHere, lesson_in
from upart_courses.models import CourseState
from upart_courses.release import first_instant
from upart_courses.showing import for_whom
from upart_courses.views.site import course_page, lesson_page, locked_page
from upart_courses.views.tasks import task_in, task_page

seen_pages = Blueprint("course_seen", __name__)

TEACH = may("courses.teach")
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Beholder:
    """Somebody as whom a course can be looked at: the word on the button, the sentence of the bar, their role here (None: no account), are they in it?"""

    label: str
    sentence: str
    role: str | None
    learns: bool = False


VISITOR = Beholder("Visitor", "You see this course as a visitor without an account.", None)
MEMBER = Beholder("Not enrolled", "You see this course as somebody of the academy who has not enrolled.", "learner")
LEARNER = Beholder("Learner", "You see this course as a learner who has just enrolled.", "learner", learns=True)
TEACHER = Beholder("Other teacher", "You see this course as a teacher who does not write it.", "teacher")

BEHOLDERS = {"visitor": VISITOR, "member": MEMBER, "learner": LEARNER, "teacher": TEACHER}
"""As whom one can look, by the word of the address."""


@dataclass(frozen=True, slots=True)
class Look:
    """A course, as whom it is looked at, and on which day; None: now."""

    row: Row[Any]
    who: str
    day: date | None

    @property
    def at(self) -> datetime | None:
        """The last moment of that day at the academy."""
        midnight = datetime.combine(self.day + timedelta(days=1), time()) if self.day is not None else None
        return first_instant(midnight, context.academy.settings["zone"]) - TICK if midnight is not None else None

    @property
    def mine(self) -> public.Learning | None:
        """The place in the course of a learner who is in no table."""
        return public.Learning(uuid4(), clock.now(), None, public.Progress()) if BEHOLDERS[self.who].learns else None

    def address(self, lesson: str = "", block: str = "", who: str = "", **query: Any) -> str:
        """Where this page is, or a lesson of it, or a quiz or assignment of that."""
        chosen = {"as": who or self.who, "on": self.day.isoformat() if self.day and (who or self.who) == "learner" else None, **query}
        slug = self.row.slug
        if block:
            return url_for("course_seen.task", slug=slug, lesson=lesson, block=block, **chosen)
        return url_for("course_seen.lesson", slug=slug, lesson=lesson, **chosen) if lesson else url_for("course_seen.course", slug=slug, **chosen)

    def link(self, endpoint: str, **values: Any) -> str:
        """In place of `url_for` in the templates: what leads through this course stays here, and enrolling shows what a learner sees."""
        if values.get("slug") != self.row.slug or not endpoint.startswith(("courses.", "learn.", "course_notes.", "course_results.", "course_tasks.")):
            return url_for(endpoint, **values)
        return self.address(values.get("lesson", ""), values.get("block", ""), "" if endpoint.startswith("courses.") else "learner")


@seen_pages.get("/courses/<slug>/seen", policy=TEACH, query=("as", "on"))
def course(slug: str) -> Response:
    """The page of the course. `as`: visitor, member, learner, teacher; `on`: for a learner the day on which they look, who enrols today."""
    look = _look(slug)
    bar = _bar(look, look.address)

    def page() -> Response:
        if not _finds(look):
            return render("courses/seen/hidden.html", title=look.row.title, **bar)
        return course_page(look.row, look.mine, "courses/seen/course.html", at=look.at, **bar)

    return _posing(look, page)


@seen_pages.get("/courses/<slug>/seen/<lesson>", policy=TEACH, query=("as", "on", "play"))
def lesson(slug: str, lesson: str) -> Response:
    """A lesson of it, or why it is closed to them."""
    look = _look(slug)
    body = public.BODY.first(course_id=look.row.id, slug=lesson)
    if body is None:
        raise NotHere
    files = for_whom(slug, body)  # signed for whoever looks, not for whom they look as
    bar = _bar(look, lambda **query: look.address(lesson, **query))
    return _posing(look, lambda: _within(look, lesson, bar, lambda here: lesson_page(here, files, "courses/seen/lesson.html", **bar)))


@seen_pages.get("/courses/<slug>/seen/<lesson>/tasks/<block>", policy=TEACH, query=("as", "on"))
def task(slug: str, lesson: str, block: str) -> Response:
    """A quiz or an assignment before anything was done in it. For the quiz the bar leads to where its writer can try it."""
    look = _look(slug)
    body = public.BODY.first(course_id=look.row.id, slug=lesson)
    one = task_in(body.blocks, block) if body is not None else None
    if body is None or one is None:
        raise NotHere
    bar = _bar(look, lambda **query: look.address(lesson, block, **query))
    bar["bar"]["trial"] = url_for("teach_trial.sheet", id=look.row.id, lesson=body.id, block=block) if one["kind"] == "quiz" else ""
    return _posing(look, lambda: _within(look, lesson, bar, lambda here: task_page(here, block, "courses/seen", **bar)))


def _within(look: Look, lesson: str, bar: Mapping[str, Any], page: Callable[[LessonHere], Response]) -> Response:
    """The page of something in a lesson as it stands before them, or why it is closed."""
    try:
        here = lesson_in(look.row, look.mine, lesson, look.at) if _finds(look) else None
    except Problem:
        here = None
    if here is None:
        return render("courses/seen/hidden.html", title=look.row.title, closed=True, **bar)
    return page(here) if here.lock is None else locked_page(here, "courses/seen/locked.html", 200, **bar)


def _look(slug: str) -> Look:
    """As the address says. Raises NotHere for a course that the acting person does not write."""
    row = public.COURSE.first(slug=slug)
    if row is None or not public.writes(row):
        raise NotHere
    who = request.args.get("as", "")
    return Look(row, who if who in BEHOLDERS else "learner", _day(request.args.get("on", "")) if who == "learner" else None)


def _day(text: str) -> date | None:
    """A day to come at the academy; None for today, and for what is no such day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in AGE and day > _today() else None


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(context.academy.settings["zone"])).date()


def _finds(look: Look) -> bool:
    """Does the course stand before whom it is looked at as? A draft is shown as it will be once it is published."""
    row, draft = look.row, look.row.state is CourseState.DRAFT
    shown: Any = SimpleNamespace(**{**row._mapping, "state": CourseState.PUBLISHED if draft else row.state})
    return public.sees(shown, look.mine)


def _bar(look: Look, address: Callable[..., str]) -> Mapping[str, Any]:
    """Names of the bar above the page, which say how it is looked at and lead elsewhere."""
    ways = [{"label": _(one.label), "url": address(who=key), "current": key == look.who} for key, one in BEHOLDERS.items()]
    bar = {
        "sentence": _(BEHOLDERS[look.who].sentence), "ways": ways, "dated": BEHOLDERS[look.who].learns, "day": look.day or _today(), "today": _today(),
        "action": request.path, "draft": look.row.state is CourseState.DRAFT, "back": url_for("teach_outline.outline", id=look.row.id),
    }  # fmt: skip
    return {"bar": bar, "url_for": look.link}


def _posing(look: Look, page: Callable[[], Response]) -> Response:
    with posing(BEHOLDERS[look.who].role):
        answer = page()
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
