# SPDX-License-Identifier: MIT
"""Reviews, as they are kept: what somebody who has come some way thinks of a course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import (
    AcademyOwned,
    Basis,
    Category,
    Model,
    Needed,
    OnErase,
    Person,
    Purpose,
    clock,
    key,
    personal,
    processing,
    ref,
    related,
    subject,
    until,
)


class Review(AcademyOwned, Model):
    """Stars and words about a course, one for each learner, shown without their name.

    Hidden by whoever writes the course, the words are gone from its page; the stars count on, so that hiding betters no average.
    """

    __tablename__ = "courses_review"
    __table_args__ = (
        UniqueConstraint("academy_id", "author_id", "course_id"),
        Index("ix_courses_review_newest", "academy_id", "course_id", "written_at", "id", "stars"),
    )
    __processing__ = processing(Purpose.PUBLISH, Basis.CONTRACT, retain=until("its author deletes it or leaves the academy, or the academy deletes the course"))

    id: Mapped[UUID] = key()
    author_id: Mapped[UUID] = subject("author", on_erase=OnErase.DELETE)
    course_id: Mapped[UUID] = ref("courses_course")
    stars: Mapped[int] = personal(Category.CONTENT_PUBLIC, needed=Needed.OPTIONAL)
    text: Mapped[str] = personal(Category.CONTENT_PUBLIC, needed=Needed.OPTIONAL, default="")
    written_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    hidden_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    hidden_because: Mapped[str] = personal(Category.CONTENT_PRIVATE, by="teacher", default="")

    author: Mapped[Person] = related(Person, "author_id")
