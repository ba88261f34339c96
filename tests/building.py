# SPDX-License-Identifier: MIT
"""A lesson of the demo, built of blocks by its teacher."""

from __future__ import annotations

import io
import re

from classroom import BREAD, course_id, held, lesson_ids
from sqlalchemy import select
from upart_courses.models import Lesson

from upart.revisions.models import Revision

LESSON = "what-lives-in-a-starter"


def address(school) -> str:
    """The page of a lesson that visitors may read too, for its teacher."""
    return f"/teach/courses/{course_id(school, BREAD)}/lessons/{lesson_ids(school, BREAD)[LESSON]}"


def press(teacher, school, button: str, **typed: str):
    """Press a button of the lesson's form, with what stands in it."""
    return teacher.post(address(school), data=held_with_order(teacher, address(school), do=button, **typed))


def held_with_order(teacher, path: str, **typed: str) -> dict:
    """What the form of a lesson holds, with its blocks in their order."""
    order = re.findall(r'name="block" value="([^"]+)"', teacher.get(path).text)
    return {**held(teacher, path, **typed), "block": order}


def blocks(school, draft: bool = True) -> list[dict]:
    """The blocks of the lesson: of its draft, or as learners have them."""
    with school.reading("athena") as session:
        id = lesson_ids(school, BREAD)[LESSON]
        row = session.scalars(select(Revision).where(Revision.owner_id == id, Revision.published_at.is_(None), Revision.laid_aside_at.is_(None))).first()
        return row.body["blocks"] if draft and row is not None else session.scalars(select(Lesson).where(Lesson.id == id)).one().blocks


def send(teacher, school, kind: str, block: str, **data):
    """Send a file for a block."""
    sent = {name: (io.BytesIO(value), f"{name}.bin") if isinstance(value, bytes) else value for name, value in data.items()}
    return teacher.post(f"{address(school)}/blocks/{block}", data={"kind": kind, **sent}, content_type="multipart/form-data")


def with_file(teacher, school, kind: str, **data) -> str:
    """Add a block that shows a file; its id."""
    place = press(teacher, school, f"add:{kind}").headers["Location"]
    block = place.rpartition("/")[2]
    assert send(teacher, school, kind, block, **data).status_code == 303
    return block
