# SPDX-License-Identifier: MIT
"""What hangs on lessons, sections and places goes before they do, by statements of its own: those refuse what is kept of somebody restricted (GDPR art. 18).

The database would take it along by itself, and ask nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select

from upart.plugin import Model, Problem, Purpose, barred, context, session
from upart.plugin import gettext as _
from upart_courses.models import Enrolment, Opening

Hanging = tuple[type[Any], ColumnElement[bool]]
"""A table, and which of its rows."""


def take_along(kind: type[Any], ids: Collection[UUID] | Select[Any]) -> None:
    """Before rows are deleted: delete all that would go with them. Raises Problem 409 (`restricted`) for what must be kept of somebody, in a job too."""
    _take(list(_below((kind,), ids)))


def take_openings(sections: Collection[UUID]) -> None:
    """Before sections are removed, whose lessons stay: delete when they open to single learners. Raises Problem 409 (`restricted`) as above."""
    if sections:
        _take([(Opening, Opening.section_id.in_(sections))])


def _below(above: tuple[type[Any], ...], ids: Any) -> Iterator[Hanging]:
    """By the links of the tables: whatever a plugin hangs on a lesson belongs to it too."""
    for mapper in [one for registry in Model.registries.values() for one in registry.mappers]:
        for column in mapper.local_table.columns:
            below = mapper.class_
            if column.info.get("target") == above[-1].__tablename__ and column.info.get("ondelete") == "CASCADE" and below not in above:
                rows = getattr(below, column.name).in_(ids)
                yield below, rows
                yield from _below((*above, below), select(below.id).where(rows))


def _take(hanging: Sequence[Hanging]) -> None:
    _unless_kept(hanging)
    for table, rows in reversed(hanging):
        session.execute(delete(table).where(rows), execution_options={"synchronize_session": False})


def _unless_kept(hanging: Sequence[Hanging]) -> None:
    """A job sees no masks, so nothing but this refuses there."""
    kept = barred(Purpose.LEARN, *(table.__tablename__ for table, _rows in hanging), deletes=True)
    kept -= {context.person.id} if context.person is not None else set()
    theirs = select(Enrolment.id).where(Enrolment.learner_id.in_(kept))
    for table, rows in hanging if kept else ():
        if hasattr(table, "enrolment_id") and session.scalars(select(table.id).where(rows, table.enrolment_id.in_(theirs)).limit(1)).first():
            raise Problem(
                409, _("What somebody did here is kept: their data are restricted."),
                remedy=_("Let it stay until the restriction is lifted, or ask the privacy officer."), code="restricted",
            )  # fmt: skip
