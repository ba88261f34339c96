# SPDX-License-Identifier: MIT
"""Groups: people who take a course together, from a day on."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, clock, key, not_personal, ref


class Cohort(AcademyOwned, Model):
    """A group of a course: it begins on a day, and the days of the plan count from that one. Who is in it says their enrolment."""

    __tablename__ = "courses_cohort"
    __table_args__ = (UniqueConstraint("academy_id", "course_id", "name"),)

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    name: Mapped[str] = not_personal("name of a group, chosen by the academy")
    starts_on: Mapped[date] = not_personal("day on which it begins at the academy")
    ends_on: Mapped[date | None] = not_personal("its last day, if it has one", default=None)
    places: Mapped[int | None] = not_personal("how many people it takes, if that is limited", default=None)
    choosable: Mapped[bool] = not_personal("may whoever enrols choose it?", default=True)
    released_at: Mapped[datetime | None] = not_personal("since when all sections are open to it, whatever their plan says", default=None)
    joined: Mapped[int] = not_personal("how many people were taken into it so far, whether they still are in it or not", default=0)
    made_at: Mapped[datetime] = not_personal("when it was made", default=clock.now)
