# SPDX-License-Identifier: MIT
"""What stands in lessons: change single blocks, and keep the library told which of its files a lesson shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.plugin import draft_of, media, session
from upart_courses.actions.passing import without_questions
from upart_courses.blocks import items_of, lacking, new_block, says_nothing
from upart_courses.kinds import BY_NAME, Block
from upart_courses.models import Lesson, LessonFile


def added(blocks: list[Any], kind: str) -> tuple[list[Any], Block]:
    """The blocks with an empty one of this kind below them, and that one. Raises KeyError for a kind that is not here."""
    made = new_block(BY_NAME[kind].name)
    return [*blocks, made], made


def moved(blocks: list[Any], id: str, step: int) -> list[Any]:
    """The blocks with one of them a place higher (-1) or lower (1); as they are at the edge."""
    at = place_of(blocks, id)
    if at is None or not 0 <= at + step < len(blocks):
        return blocks
    arranged = [*blocks]
    arranged[at], arranged[at + step] = arranged[at + step], arranged[at]
    return arranged


def without(blocks: list[Any], id: str) -> list[Any]:
    """The blocks without one of them."""
    return [one for one in blocks if _id(one) != id]


def with_item(blocks: list[Any], id: str, item: UUID) -> list[Any]:
    """The blocks, of which one shows this file now."""
    return [{**one, "item": str(item)} if _id(one) == id else one for one in blocks]


def place_of(blocks: Iterable[Any], id: str) -> int | None:
    """Where a block stands; None for one that is not there."""
    return next((at for at, one in enumerate(blocks) if _id(one) == id), None)


def _id(block: Any) -> str:
    return str(block.get("id", "")) if isinstance(block, dict) else ""


def lacks(blocks: list[Any], lesson: UUID | None) -> list[str]:
    """What is missing before learners may see these blocks of a lesson (None: it is not there yet), in words."""
    return [*lacking(blocks, media(items_of(blocks))), *without_questions(blocks, lesson)]


def is_empty(blocks: list[Any]) -> bool:
    """Is there nothing in them yet?"""
    return says_nothing(blocks)


def keep_files(lesson: Lesson) -> None:
    """Note which files a lesson shows, to learners or in its draft. After each change of either."""
    session.flush()
    draft = draft_of(lesson)
    shown = items_of([*lesson.blocks, *(draft.body["blocks"] if draft is not None else [])])
    rows = {row.item_id: row for row in session.scalars(select(LessonFile).where(LessonFile.lesson_id == lesson.id))}
    there = media(shown)
    for id, row in rows.items():
        if id not in shown:  # one that is there and hidden only now, stays
            session.delete(row)
        row.title = lesson.title
    session.add_all(LessonFile(lesson_id=lesson.id, item_id=id, title=lesson.title) for id in shown if id in there and id not in rows)
