# SPDX-License-Identifier: MIT
"""How courses plug in: a table of what they add, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from upart.plugin import Blueprint, Manifest, MenuItem, Slot, hookimpl
from upart_courses import actions, views

manifest = Manifest(
    id="courses",
    version="0.1",
    hook_api=">=1,<2",
    table_prefix="courses_",
    models="upart_courses.models",
    migrations="migrations",
    paths=("/learn/",),
)


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Catalogue, course pages and lessons."""
    return [views.site]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """One entry: the catalogue."""
    return [MenuItem(label="Courses", endpoint="courses.catalogue", order=10)]


@hookimpl
def upart_slots() -> list[Slot]:
    """Three courses on the landing page."""
    return [Slot(name="home.section", template="courses/home.html", values=views.home, order=10)]


@hookimpl
def upart_demo(academy: Any, people: Mapping[str, Any]) -> None:
    """The example courses of `demo/<slug of the academy>/`."""
    for folder in sorted((Path(__file__).parent / "demo" / academy.slug).glob("*/")):
        actions.write_course(folder, people)
