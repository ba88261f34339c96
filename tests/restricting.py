# SPDX-License-Identifier: MIT
"""Somebody restricted, and doors through which a page of somebody reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from upart.accounts.models import Person
from upart.context import context
from upart.db import reading, writing
from upart.rights.restricting.actions import lift, restrict
from upart.rights.restricting.models import Ground, Restriction
from upart.testing import Installation


def restrict_at(made: Installation, who: str, slug: str = "athena", ground: Ground = Ground.ACCURACY, **more: Any) -> Any:
    """Restrict somebody; returns the restriction's id."""
    with made.writing(slug) as session:
        id = restrict(session.scalars(select(Person).where(Person.name == who)).one(), ground, **more).id
    made.state.directory.close()  # on PostgreSQL what is known of an academy may be half a second old
    return id


def lift_at(made: Installation, id: Any, slug: str = "athena") -> None:
    """End a restriction at once, as when its person has asked for that."""
    with made.app.test_request_context(), made.writing(slug) as session:
        lift(session.scalars(select(Restriction).where(Restriction.id == id)).one(), told=True)
    made.state.directory.close()


@contextmanager
def page(made: Installation, viewer: str = "", slug: str = "athena", *, write: bool = False) -> Iterator[Any]:
    """The door of a page that this person, or a visitor, has opened."""
    with made.app.app_context():
        academy = made.academy(slug)
        with reading(academy) as session:
            person = session.scalars(select(Person).where(Person.name == viewer)).first() if viewer else None
        with (writing if write else reading)(academy, masks=True) as session:
            known = session().merge(person, load=False) if person is not None else None
            with context.knowing(known, fresh=True):
                yield session
                session.flush()
