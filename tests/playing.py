# SPDX-License-Identifier: MIT
"""Lena plays a learning package of a lesson, as her browser does."""

from __future__ import annotations

import io
import re
from html import unescape

from classroom import MUSIC
from scorm import FILES, packed
from sqlalchemy import select
from upart_courses.blocks import new_block
from upart_courses.models import Lesson

from upart.accounts.models import Person
from upart.context import context
from upart.files.actions import upload
from upart.media.actions import add
from upart.media.models import MediaItem
from upart.privacy.taxonomy import Category
from upart.testing import Installation

LOCKED, FREE = "spell-ten-chords", "what-a-tone-is"


def put_package(school: Installation, data: bytes | None = None) -> str:
    """A free lesson and one for learners of the music course get a package; the id of its block there."""
    made = new_block("package", title="Three knots")
    with school.writing("athena") as session:
        with context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
            item = add(upload(io.BytesIO(data or packed()), "knots.zip", Category.CONTENT_PUBLIC, while_writing=True))
            session.flush()
        for lesson in session.scalars(select(Lesson).where(Lesson.slug.in_([FREE, LOCKED]))):
            lesson.blocks = [*lesson.blocks, {**made, "item": str(item.id)}]
    return made["id"]


def other_bytes(school: Installation, data: bytes | None = None) -> None:
    """The package of these lessons gets another file."""
    with school.writing("athena") as session, context.knowing(session.scalars(select(Person).where(Person.name == "Theo")).one(), fresh=True):
        other = upload(io.BytesIO(data or packed({**FILES, "new.html": "<p>New</p>"})), "knots.zip", Category.CONTENT_PUBLIC, while_writing=True)
        item = session.scalars(select(MediaItem).where(MediaItem.title == "knots")).one()
        item.file_id = other.id


def place(lesson: str = LOCKED) -> str:
    return f"/learn/{MUSIC}/{lesson}/packages"


def source(browser, package: str, lesson: str = LOCKED) -> str:
    """The address of the package's page, as the player has it."""
    return framed(browser.get(f"{place(lesson)}/{package}").text)


def framed(page: str) -> str:
    """What a player shows in its frame."""
    return unescape(re.search(r'data-src="([^"]+)"', page)[1])


def saying(browser, package: str, **values: str) -> int:
    """What the player sends; the status that it gets."""
    version = re.search(r'name="version" value="(\w+)"', browser.get(f"{place()}/{package}").text)[1]
    told = {"status": "incomplete", "seconds": "60", "part": "0", "version": version, **values}
    return browser.post(f"{place()}/{package}", data=told).status_code
