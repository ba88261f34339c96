# SPDX-License-Identifier: MIT
"""The demo's courses as tests need them: found, counted, written by Theo."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

from people import work
from sqlalchemy import func, insert, select
from upart_courses.actions import pacing
from upart_courses.models import Course, Enrolment, Lesson, LessonEvent, LessonEventKind

from upart import clock
from upart.accounts.models import Person
from upart.db import uuid7
from upart.events.models import Event
from upart.rights.actions.asking import ask_to_erase
from upart.testing import Client, Installation

MUSIC, BREAD, NUMBERS = "music-theory-from-zero", "your-first-sourdough", "statistics-with-your-own-numbers"
"""Lena is half way through the first, has finished the second, and is not in the third. The first two are Theo's, the third is Ada's."""

STEPS = {"A": "seven-nights", "B": "how-far-is-far", "C": "a-range-instead-of-a-number", "D": "doubt-a-headline"}
"""The lessons of the third, in order, as stories call them."""

STARS = "finding-your-way-in-the-night-sky"
"""A course of orion's."""


def course_id(school: Installation, slug: str, at: str = "athena") -> UUID:
    """The id of a course."""
    with school.reading(at) as session:
        return session.scalars(select(Course.id).where(Course.slug == slug)).one()


def lesson_ids(school: Installation, slug: str, at: str = "athena") -> dict[str, UUID]:
    """The lessons of a course in order: address to id."""
    with school.reading(at) as session:
        found = select(Lesson.slug, Lesson.id).where(Lesson.course_id == course_id(school, slug, at)).order_by(Lesson.position)
        return dict(session.execute(found).all())


def count(school: Installation, table: Any, at: str = "athena", **columns: Any) -> int:
    """How many rows of a table there are."""
    with school.reading(at) as session:
        return session.scalar(select(func.count(table.id)).filter_by(**columns))


def happened(school: Installation, type: str, at: str = "athena") -> int:
    """How often an event of this type was written."""
    return count(school, Event, at, type=type)


def rows(school: Installation, at: str = "athena") -> tuple[int, int, int]:
    """Everything that learners could change, counted."""
    return count(school, Enrolment, at), count(school, LessonEvent, at), count(school, Event, at)


def begin(teacher: Client, title: str = "Rye at home", subject: str = "Bread baking", once: UUID | None = None) -> str:
    """Let a teacher make a draft; returns the address of its pages."""
    answer = teacher.post("/teach/courses/new", data={"title": title, "field": subject, "once": str(once or uuid4())})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def add_lesson(teacher: Client, course: str, title: str = "Why rye is different", **typed: str) -> str:
    """Let a teacher add a lesson to the first section of a course; returns the answer's page."""
    section = re.search(r"lessons/new\?section=([0-9a-f-]+)", teacher.get(course).text)[1]
    data = {"title": title, "section": section, "kind": "text", "minutes": "12", "body": "Rye has *little* gluten.", "once": str(uuid4()), **typed}
    answer = teacher.post(f"{course}/lessons/new", data=data)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


class Forms(HTMLParser):
    """The forms of a page: action, then what each field holds, as a browser would send it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self.fields: dict[str, str] = {}
        self.name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.fields = self.found.setdefault(has.get("action") or "", {})
        elif tag == "input" and has.get("name") and (has.get("type") not in ("checkbox", "radio") or "checked" in has):
            self.fields[has["name"]] = has.get("value") or ""
        elif tag in ("select", "textarea"):
            self.name = has["name"]
            self.fields.setdefault(self.name, "")
        elif tag == "option" and "selected" in has:
            self.fields[self.name] = has["value"]

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self.name:
            self.fields[self.name] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.name = ""


def held(browser: Client, path: str, **typed: str) -> dict[str, str]:
    """What the form of a page holds that sends to the page's own address, with some fields typed over; `body` is the first text of a lesson."""
    found = Forms(browser.get(path).text).found[path]
    if "body" in typed and "body" not in found:
        typed[first_text(found)] = typed.pop("body")
    return {**found, **typed}


def first_text(form: dict[str, str]) -> str:
    """The name of the first field of text in the form of a lesson."""
    return next(name for name in form if name.startswith("text-"))


def facts(teacher: Client, course: str, **typed: str) -> dict[str, str]:
    """What the form of a course's facts holds, with a summary and some fields typed over."""
    return held(teacher, f"{course}/facts", **{"summary": "Bread of rye, in three evenings.", **typed})


def write(teacher: Client, title: str = "Rye at home") -> str:
    """Let a teacher write and publish a course with one lesson; returns the address of its pages."""
    course = begin(teacher, title)
    add_lesson(teacher, course)
    assert teacher.post(f"{course}/facts", data=facts(teacher, course)).status_code == 303
    assert teacher.post(f"{course}/publish").status_code == 303
    return course


def publish_changes(browser: Client, course: str) -> Any:
    """Open the page of changes and press its button: what is there is published. Returns the answer."""
    page = f"{course}/changes"
    return browser.post(f"{page}/publish", data=Forms(browser.get(page).text).found.get(f"{page}/publish"))


def erase(school: Installation, name: str) -> None:
    """Ask as the person's own page does, and let a worker do it."""
    with school.app.test_request_context(), school.writing("athena") as session:
        ask_to_erase(session.scalars(select(Person).where(Person.name == name)).one())
    work(school)


def crowd(school, slug: str, size: int) -> None:
    """Let so many people enrol, one a minute, each with one lesson done."""
    academy, course, lesson = school.academy("athena").id, course_id(school, slug), next(iter(lesson_ids(school, slug).values()))
    made = [{"academy_id": academy, "id": uuid7(), "at": clock.now() - timedelta(days=100, minutes=n), "name": f"Learner {n:05}"} for n in range(size)]
    enrolments = [{"academy_id": academy, "id": uuid7(), "learner_id": one["id"], "course_id": course, "enrolled_at": one["at"]} for one in made]
    with school.everywhere() as session:
        for start in range(0, size, 1000):
            some = slice(start, start + 1000)
            session.execute(insert(Person), [{"academy_id": academy, "id": one["id"], "name": one["name"], "email": None} for one in made[some]])
            session.execute(insert(Enrolment), enrolments[some])
            done = {"academy_id": academy, "lesson_id": lesson, "kind": LessonEventKind.COMPLETED}
            session.execute(insert(LessonEvent), [{**done, "enrolment_id": one["id"]} for one in enrolments[some]])


def happen(portal: Installation, lena: Client, ada: Client, act: str, name: str = "") -> None:
    """Let one thing happen to the third course: Lena does a lesson or takes it back, Ada adds, deletes or keeps one, says whether it is needed, publishes."""
    slug, course = STEPS.get(name, ""), f"/teach/courses/{course_id(portal, NUMBERS)}"
    if act in ("done", "reset"):
        assert lena.post(f"/learn/{NUMBERS}/{slug}/{'done' if act == 'done' else 'not-done'}", data={"sure": "y"}).status_code == 303
    elif act == "add":
        add_lesson(ada, course, "One more")
    elif act == "delete":
        assert ada.post(f"{course}/lessons/{lesson_ids(portal, NUMBERS)[slug]}/delete").status_code == 303
    elif act == "keep":
        assert ada.post(f"{course}/lessons/{lesson_ids(portal, NUMBERS)[slug]}/back").status_code == 303
    elif act == "publish":
        assert publish_changes(ada, course).status_code == 303
    else:
        with portal.app.test_request_context(), portal.writing("athena") as session:
            lesson = session.scalars(select(Lesson).where(Lesson.slug == slug)).one()
            row = session.scalars(select(Course).where(Course.id == lesson.course_id)).one()
            pacing.require(row, {lesson.id} if act == "required" else (), [lesson])
