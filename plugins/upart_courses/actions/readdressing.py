# SPDX-License-Identifier: MIT
"""Under which addresses courses and lessons were found before they came here, and where they are now."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from flask import url_for
from sqlalchemy import select

from upart.plugin import session
from upart_courses.models import Course, CourseState, Lesson, OldAddress
from upart_courses.packages.tree import Tree

LONGEST = 500


def old_paths(tree: Tree, place: str, lessons: Mapping[str, Lesson]) -> Iterator[tuple[str, Lesson | None]]:
    """Paths under which a course and its lessons were found: what the package says, and what follows from the place of the course."""
    for address in [*tree.old, *([place] if place else [])]:
        if path := path_of(address):
            yield path, None
    for page in tree.pages:
        stem = posixpath.splitext(page.path)[0]
        derived = [page.path, stem, f"pages/{posixpath.basename(stem)}"] if place and page.path else []
        for address in [*page.old, *(f"{place}/{one}" for one in derived)]:
            if (path := path_of(address)) and page.slug in lessons:
                yield path, lessons[page.slug]


def path_of(address: str) -> str:
    """The path of an address, without its host and without "/" at its end; "" for one that cannot be used."""
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError:
        return ""
    path = posixpath.normpath(f"/{path.strip('/')}")
    return path if path != "/" and len(path) <= LONGEST and path.isprintable() else ""


def moved(path: str) -> str | None:
    """Where the course or lesson is that was found under a path; None while nobody reads the course, and for any other path."""
    row = session.scalars(select(OldAddress).where(OldAddress.path == path_of(path))).first()
    course = session.scalars(select(Course).where(Course.id == row.course_id, Course.state != CourseState.DRAFT)).first() if row is not None else None
    if row is None or course is None:
        return None
    slug = session.scalar(select(Lesson.slug).where(Lesson.id == row.lesson_id)) if row.lesson_id is not None else None
    return url_for("courses.lesson", slug=course.slug, lesson=slug) if slug else url_for("courses.course", slug=course.slug)
