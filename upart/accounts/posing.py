# SPDX-License-Identifier: MIT
"""Draw a page as others see it: a visitor, or somebody of a role who has done nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from upart.accounts.models import Person
from upart.context import context
from upart.db import uuid7
from upart.errors import NotHere


@contextmanager
def posing(role: str | None) -> Iterator[None]:
    """Let nobody (None), or somebody with this role alone who has done nothing yet, be the acting person within the block.

    For pages that show staff what others see. Whoever is put in their place is in no table: what is asked about them finds nothing, and a row
    that names them is refused by the database. Raises NotHere where the acting person may not do all that the role may.
    """
    acting, roles = context.person, context.academy.roles
    mine = frozenset[str]().union(*(roles.get(name, frozenset()) for name in (acting.roles if acting is not None else ())))
    if acting is None or not roles.get(role or "", frozenset()) <= mine:
        raise NotHere
    poser = Person(id=uuid7(), academy_id=context.academy.id, name=acting.name, roles=[role], zone=acting.zone, language=acting.language) if role else None
    with context.knowing(poser, fresh=False):
        yield
