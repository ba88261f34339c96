# SPDX-License-Identifier: MIT
"""Courses that came as packages, and the addresses under which they were found before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Basis, Category, File, Model, OnErase, Purpose, clock, days, file, key, not_personal, processing, ref, related, subject
from upart_courses.models.courses import Course

KEPT_DAYS = 30
"""How long a package is told of, and can be taken back."""


class PackageState(StrEnum):
    """Where a package is: read and shown, coming in, here, refused after all, taken back."""

    READ = "read"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class CoursePackage(AcademyOwned, Model):
    """A course that somebody has sent as a package. The file is kept until it has come in; what it shows lies in the media library then."""

    __tablename__ = "courses_package"
    __title__ = "Courses that you have sent as packages"
    __processing__ = processing(Purpose.TEACH, Basis.CONTRACT, retain=days(KEPT_DAYS), after="sent_at")

    id: Mapped[UUID] = key()
    sender_id: Mapped[UUID | None] = subject("who sent it", on_erase=OnErase.UNLINK)
    file_id: Mapped[UUID | None] = file(Category.CONTENT_PUBLIC, default=None)
    course_id: Mapped[UUID | None] = ref("courses_course", leads=False, default=None)
    state: Mapped[PackageState] = not_personal("read, coming in, here, taken back", default=PackageState.READ)
    title: Mapped[str] = not_personal("heading of the course in it; published by the academy")
    report: Mapped[dict[str, Any]] = not_personal("what comes in and what does not: headings of a course, names of files in it, words of ours", default=dict)
    items: Mapped[list[str]] = not_personal("ids of the files of the media library that came with it", default=list)
    place: Mapped[str] = not_personal("path under which the course was found before", default="")
    problem: Mapped[str] = not_personal("why it did not come in: words of ours", default="")
    sent_at: Mapped[datetime] = not_personal("when it was sent; says nothing of anybody once they are gone", index=True, default=clock.now)

    file: Mapped[File | None] = related(File, "file_id")
    course: Mapped[Course | None] = related(Course, "course_id")


class OldAddress(AcademyOwned, Model):
    """A path under which a course or lesson was found before it came here."""

    __tablename__ = "courses_old_address"
    __table_args__ = (UniqueConstraint("academy_id", "path"),)
    __known_by__ = ("path",)

    id: Mapped[UUID] = key()
    path: Mapped[str] = not_personal("path of a page of a course, at another system")
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    lesson_id: Mapped[UUID | None] = ref("courses_lesson", ondelete="CASCADE", default=None)
