# SPDX-License-Identifier: MIT
"""What packages report of learners. It comes from their own browsers: it is kept as theirs, within limits, and proves nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from upart.plugin import File, Problem, insert_once, media, prepared, pseudonym, session
from upart.plugin import gettext as _
from upart_courses.actions import learning, restarting
from upart_courses.actions.passing import still_open
from upart_courses.blocks import known
from upart_courses.models import Enrolment, Lesson, PackageResult, PackageStatus
from upart_courses.packaged import scorm_in, version_of_bytes
from upart_courses.packages.scorm import Item

DONE = (PackageStatus.COMPLETED, PackageStatus.PASSED)
LONGEST = 9999 * 3600
"""Seconds that a package can count (CMITimespan)."""

PLACE, MEMORY = 255, 4096
"""Characters of cmi.core.lesson_location (CMIString255) and cmi.suspend_data (CMIString4096)."""

DECIMAL = r"(100(\.0{1,8})?|\d{1,2}(\.\d{1,8})?)?"
"""Scores are 0 to 100, or not there."""

RULES = (  # field of the form, what it must be, whole
    ("status", "|".join(PackageStatus)),
    ("score", DECIMAL),
    ("least", DECIMAL),
    ("most", DECIMAL),
    ("place", rf"[^\0]{{0,{PLACE}}}"),
    ("memory", rf"[^\0]{{0,{MEMORY}}}"),
    ("leaving", "|suspend|logout|time-out"),
    ("seconds", r"\d{1,8}"),
)
RESULTS = prepared(
    select(PackageResult.block, PackageResult.part, PackageResult.version, PackageResult.status, PackageResult.score, PackageResult.done_at)
    .add_columns(PackageResult.least, PackageResult.most, PackageResult.place, PackageResult.memory, PackageResult.leaving, PackageResult.seconds)
    .where(PackageResult.enrolment_id == bindparam("enrolment_id"), PackageResult.lesson_id == bindparam("lesson_id"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a package says of a learner (SCORM Run-Time Environment 1.2, chapter 3.4)."""

    status: PackageStatus
    score: str
    least: str
    most: str
    place: str
    memory: str
    leaving: str
    seconds: int


def read_told(sent: Mapping[str, str]) -> Told:
    """What a form says of it. Raises Problem 422 for what no package may say."""
    if wrong := [name for name, rule in RULES if not re.fullmatch(rule, sent.get(name, ""), re.DOTALL | re.ASCII)]:
        said = _("This package reports what SCORM 1.2 does not allow: %(names)s.", names=", ".join(wrong))
        raise Problem(422, said, remedy=_("Tell the academy: the package has to be exported anew."), code="not_scorm")
    values: dict[str, Any] = {name: sent.get(name, "") for name, _rule in RULES}
    return Told(**{**values, "status": PackageStatus(values["status"]), "seconds": min(int(values["seconds"]), LONGEST)})


def keep(enrolment: Enrolment, lesson: Lesson, block: str, file: File, part: int, told: Told) -> None:
    """Keep what a part of a package says of a learner. With the last part of the last package the lesson is done, unless a task is to be passed first.

    Safe to repeat. Once done a part stays done, whatever it says when it is opened again. A package with other bytes begins anew, and what
    was reached before becomes an earlier round.
    """
    where = {"enrolment_id": enrolment.id, "lesson_id": lesson.id, "block": block, "part": part}
    version, values = version_of_bytes(file), asdict(told)
    restarting.begin_anew(enrolment, lesson, block, version)
    insert_once(PackageResult, **where, version=version, **values)
    row = session.scalars(select(PackageResult).filter_by(**where)).one()
    for name, value in values.items():
        setattr(row, name, max(row.seconds, value) if name == "seconds" else value)
    row.at = learning.be_active(enrolment)
    if row.done_at is None and told.status in DONE:
        row.done_at = row.at
        if _all_done(enrolment, lesson) and not still_open(enrolment, lesson):
            learning.complete(enrolment, lesson)


def _all_done(enrolment: Enrolment, lesson: Lesson) -> bool:
    """Is each part of each package of a lesson done?"""
    session.flush()
    done = {(row.block, row.part, row.version) for row in RESULTS(enrolment_id=enrolment.id, lesson_id=lesson.id) if row.done_at is not None}
    files = files_of(lesson.blocks)
    return all((block, part, version_of_bytes(file)) in done for block, file in files.items() for part in range(len(scorm_in(file).items)))


def files_of(blocks: Sequence[Any]) -> Mapping[str, File]:
    """The packages among blocks: id of the block, its file."""
    here = {one["id"]: one["item"] for one in known(blocks) if one["kind"] == "package" and one["item"]}
    items = media(UUID(item) for item in here.values())
    return {id: items[UUID(item)].file for id, item in here.items() if UUID(item) in items}


def results(enrolment_id: UUID, lesson_id: UUID) -> Mapping[tuple[str, int], Any]:
    """What this learner's packages of a lesson have kept, by block and part; by one statement."""
    return {(row.block, row.part): row for row in RESULTS(enrolment_id=enrolment_id, lesson_id=lesson_id)}


def begun(enrolment_id: UUID, lesson: Any) -> Mapping[str, bool]:
    """The packages of a lesson that this learner has begun, by block, and whether each is done."""
    files = files_of(lesson.blocks) if any(one["kind"] == "package" for one in known(lesson.blocks)) else {}
    found: dict[str, list[Any]] = {}
    for (block, _part), row in (results(enrolment_id, lesson.id) if files else {}).items():
        if block in files and row.version == version_of_bytes(files[block]):
            found.setdefault(block, []).append(row)
    return {block: sum(row.done_at is not None for row in rows) == len(scorm_in(files[block]).items) for block, rows in found.items()}


def begins_with(item: Item, result: Any, enrolment_id: UUID | None) -> dict[str, Any]:
    """What a part of a package finds when it is opened, as cmi. It learns no name: the learner is a number that means nothing elsewhere."""
    core = {
        "student_id": pseudonym(f"package {enrolment_id}")[:32] if enrolment_id else "", "student_name": _("Learner"), "credit": "credit",
        "lesson_mode": "normal" if enrolment_id else "browse", "lesson_status": "not attempted", "entry": "ab-initio", "lesson_location": "",
        "total_time": "0000:00:00", "score": {"raw": "", "min": "", "max": ""},
    }  # fmt: skip
    cmi = {"core": core, "suspend_data": "", "launch_data": item.launch, "student_data": {"mastery_score": item.mastery}}
    if result is not None:
        hours, rest = divmod(result.seconds, 3600)
        core |= {
            "lesson_status": result.status.value, "lesson_location": result.place, "entry": "resume" if result.leaving == "suspend" else "",
            "total_time": f"{hours:04}:{rest // 60:02}:{rest % 60:02}", "score": {"raw": result.score, "min": result.least, "max": result.most},
        }  # fmt: skip
        cmi["suspend_data"] = result.memory
    return {"cmi": cmi}
