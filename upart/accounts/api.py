# SPDX-License-Identifier: MIT
"""Who is calling, for programs."""

from __future__ import annotations

from uuid import UUID

import msgspec

from upart.accounts.models import Person
from upart.context import context
from upart.db.types import Private
from upart.errors import SignInNeeded
from upart.hooks.resources import Resource
from upart.hooks.routes import signed_in


class MeOut(msgspec.Struct):
    """A person as this academy knows them."""

    id: UUID
    name: str
    email: str | None
    roles: list[str]
    zone: str
    language: str


me = Resource("me", scope="core:me", answers=MeOut, policy=signed_in, sentence="The person who acts, as this academy knows them.")


@me.get
def read() -> MeOut:
    """Name, address, roles and settings of whoever acts. In a browser the password must have been given within 15 minutes."""
    one: Person = context.person
    return MeOut(one.id, one.name, _opened(one.email), list(one.roles), one.zone, one.language)


def _opened(email: str | None) -> str | None:
    if not isinstance(email, Private):
        return email
    if not context.shows_private:
        raise SignInNeeded(again=True)
    context.show(email)
    return str.__str__(email)
