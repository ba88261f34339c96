# SPDX-License-Identifier: MIT
"""Files of lessons for programs: each with an address that a player can be given."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select

from upart.plugin import Body, NotHere, Part, Resource, clock, context, session
from upart_courses.here import lesson_at
from upart_courses.models import Course, Lesson
from upart_courses.showing import LASTS, for_programs, shown


class FilesOf(Body):
    """The lesson whose files are asked for."""

    lesson_id: UUID


class LessonFileOut(Struct):
    """A file that a lesson shows."""

    block: Annotated[str, Meta(description="The id of the block that shows it.")]
    item: Annotated[UUID, Meta(description="The file in the media library, as the block names it.")]
    name: Annotated[str, Meta(description="What it was called when it came.")]
    content_type: Annotated[str, Meta(description="Found by content.")]
    size: Annotated[int, Meta(description="Bytes.")]
    url: Annotated[str, Meta(description="Begins at the academy's host. Needs no sign-in; opens what is open to the acting person, asked each time.")]
    captions_url: Annotated[str | None, Meta(description="WebVTT.")]
    ends_at: Annotated[datetime | None, Meta(description="Until when both addresses are good; null for a free preview, where they stay.")]


lesson_files = Resource(
    "lesson-files", scope="courses:courses", answers=LessonFileOut,
    sentence="Files of a lesson, with addresses for players and downloads: for whoever may open the lesson, for four hours.",
)  # fmt: skip


@lesson_files.find(FilesOf)
def found(body: FilesOf) -> Part:
    """The files of a lesson that you may open, in the order of its blocks."""
    both = (Course.academy_id == Lesson.academy_id) & (Course.id == Lesson.course_id)
    row = session.execute(select(Course.slug, Lesson.slug.label("lesson")).join(Lesson, both).where(Lesson.id == body.lesson_id)).first()
    here = lesson_at(row.slug, row.lesson) if row is not None else None
    if row is None or here is None or here.lock is not None:
        raise NotHere
    lasting = here.body.preview or context.person is None
    ends = None if lasting else clock.now() + LASTS
    blocks = shown(here.body.blocks, for_programs(row.slug, here.body))
    return Part([
        LessonFileOut(
            block=one.id, item=one.media.id, name=one.media.file.name, content_type=one.media.file.content_type, size=one.media.file.size,
            url=one.url, captions_url=one.captions or None, ends_at=ends,
        )
        for one in blocks if one.media is not None
    ])  # fmt: skip


RESOURCES = (lesson_files,)
