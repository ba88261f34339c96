# SPDX-License-Identifier: MIT
"""Who is asking, as plugins know it (single sign-on): asked where no cookie of ours says it, believed for this one request."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Request, request
from sqlalchemy import select

from upart.accounts.models import Account, Person
from upart.accounts.sessions import Visitor, may_enter
from upart.context import CurrentAcademy, context
from upart.db import everywhere, reading, session
from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.theming.render import site

HOOK = "upart_authenticate"
NOBODY = UUID(int=0)
"""Stands for the session and the browser that are not there."""


def are_asked(academy: CurrentAcademy) -> bool:
    """Is there a plugin at this academy that may know who asks, though no cookie says it?"""
    return bool(_asked(academy))


def by_plugins() -> Visitor | None:
    """Who is asking, as the first plugin says that knows it; None for a visitor. A plugin that fails makes a visitor of whoever asks."""
    academy, asked = context.academy, request._get_current_object()  # type: ignore[attr-defined]
    if not (plugins := _asked(academy)):
        return None
    with reading(academy):
        for plugin, implementation in plugins:
            answer = site().dispatcher.isolated(plugin, partial(_answer, implementation, asked, academy), HOOK)
            if answer is None:
                return None
            if answer[0] is not None:
                return _let_in(answer[0])
    return None


def _asked(academy: CurrentAcademy) -> list[tuple[Plugin, Any]]:
    """The plugins that are on here and implement the hook, in the order in which they were loaded."""
    found = {one.plugin_name: one for one in plugged().manager.hook.upart_authenticate.get_hookimpls()}
    return [] if not found else [(plugin, found[plugin.id]) for plugin in plugged().healthy() if plugin.id in found and plugin.id in academy.plugins]


def _answer(implementation: Any, asked: Request, academy: CurrentAcademy) -> tuple[UUID | None]:
    values = {"request": asked, "academy": academy}
    answer = implementation.function(*(values[name] for name in implementation.argnames))
    if not isinstance(answer, UUID | None):
        raise PluginError(f"{HOOK} returned {type(answer).__name__}.", remedy="Return the account_id of a Person of this academy, or None.")
    return (answer,)


def _let_in(account_id: UUID) -> Visitor | None:
    """The person of this account here, if somebody with a session could be known as well. Never fresh: no password was given here."""
    person = session.scalars(select(Person).where(Person.account_id == account_id)).first()
    if person is None or not may_enter(person):
        return None
    with everywhere("is the account suspended of whom a plugin names?") as opened:
        account = opened.get(Account, account_id)
        if account is None or account.suspended_at is not None:
            return None
    session.expunge(person)
    return Visitor(person, NOBODY, NOBODY, fresh=False)
