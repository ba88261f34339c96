# SPDX-License-Identifier: MIT
"""Who has seen somebody's private data lately: staff by name, others by role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from upart.accounts.models import Person
from upart.db import session
from upart.rights.models import Looked
from upart.theming import wording
from upart.theming.locales import gettext as _

LATELY = 5
"""Lines that the page shows; all of them are one click away."""

LEARNER = "learner"


@dataclass(frozen=True, slots=True)
class Look:
    """One look: who ("Ada, Owner"), at which page, what kinds of data, when."""

    who: str
    page: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Looks:
    """The latest looks, and how many there were in the time for which they are kept."""

    lately: tuple[Look, ...]
    number: int


def looks(person_id: UUID) -> Looks:
    """Who has looked at this person's private data."""
    mine, name = Looked.person_id == person_id, Person.name
    found = select(Looked, name).outerjoin(Person, and_(Person.academy_id == Looked.academy_id, Person.id == Looked.looker_id)).where(mine)
    rows = session.execute(found.order_by(Looked.at.desc(), Looked.id.desc()).limit(LATELY)).all()
    lately = tuple(Look(_who(row.role, name), _(row.page), _what(row.categories), row.at) for row, name in rows)
    return Looks(lately, session.scalar(select(func.count(Looked.id)).where(mine)) or 0)


def _who(role: str, name: str | None) -> str:
    words = _(role.title()) if role else _("Somebody")
    return words if name is None or role in ("", LEARNER) else f"{name}, {words}"


def _what(categories: Collection[str]) -> str:
    return ", ".join(wording.category(category) for category in categories)
