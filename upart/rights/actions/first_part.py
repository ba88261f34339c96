# SPDX-License-Identifier: MIT
"""What of an only owner's erasure does not wait for a new owner, and what the person is told when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select

from upart import clock
from upart.context import context
from upart.db import session
from upart.disclosure.actions import wait_after
from upart.mail.actions import address_of
from upart.privacy.register import PEOPLE
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.attempting import OPEN
from upart.rights.actions.history import enter, history
from upart.rights.actions.steps import RESIDUAL
from upart.rights.actions.telling import tell
from upart.rights.dates import CUSTODY
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.models import Act, RightsRequest, RightsStep
from upart.rights.parts import purpose_of

OWNERS = (Purpose.ACCOUNT, Purpose.SECURE, Purpose.RIGHTS)
"""What is kept for these purposes stays until somebody else owns the academy: who she is, how she signs in, what she has asked for."""


def goes_first(held: Holdings, holder: str) -> bool:
    """Is this a step that does not wait for a new owner?"""
    scope, _sep, table = holder.partition(":")
    if scope in ("platform", RESIDUAL) or table in PEOPLE:
        return False
    return scope != "academy" or (table in held.register.tables and purpose_of(held.entry(table)) not in OWNERS)


def settle_first(request: RightsRequest, tries: int, again: Callable[[datetime], None]) -> None:
    """What does not wait was tried: what failed is tried again, and the person is told, once, what is gone and what to do."""
    held = holdings()
    steps = session.scalars(select(RightsStep).where(RightsStep.request_id == request.id)).all()
    if any(step.state in OPEN and goes_first(held, step.holder) for step in steps):
        again(clock.now() + wait_after(tries))
    if all(entry.act is not Act.HELD for entry in history(request)):
        enter(request, Act.HELD)
        gone = sum(fates.get(fate, 0) for step in steps for fates in step.counts.values() for fate in ("deleted", "unlinked"))
        values = {
            "gone": gone,
            "until": custody_on(request),
            "people": address_of("/manage/people/"),
            "close": address_of("/manage/close/"),
            "platform": context.academy.is_platform,
        }
        tell(request, "transfer", **values)


def custody_on(request: RightsRequest) -> date:
    """The day on which the platform takes the academy into custody, and the erasure goes on."""
    return (request.received_at + CUSTODY).date()
