# SPDX-License-Identifier: MIT
"""An erasure that waits for a new owner goes on by itself: when there is one, or on day 30, when the platform takes the academy into custody."""

from __future__ import annotations

import logging
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from upart import clock
from upart.academies import custody
from upart.accounts.actions.managing import is_last_owner, owners
from upart.accounts.actions.tokens import link, make_token
from upart.accounts.models import Person, TokenPurpose
from upart.context import CurrentAcademy, context
from upart.db import everywhere, session, writing
from upart.events.actions import emit
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.beginning import begin_whole
from upart.rights.actions.holding_back import is_held_back
from upart.rights.dates import CUSTODY
from upart.rights.models import RequestState, RightsRequest
from upart.rights.subjects import person_of

log = logging.getLogger("upart.rights")

TELL = "rights.tell_of_custody"
"""The task that tells the platform's owners."""


def go_on() -> None:
    """Task: somebody has become an owner here. Custody ends, and what has waited for that is done."""
    if owners():
        if custody.end(session(), context.academy.id):
            emit("academies.taken_over")
        for request, person in _waiting():
            if not is_held_back(request, person):
                begin_whole(request, person)


def sweep() -> None:
    """Task, hourly, outside of any session: each academy is a transaction of its own, and one that fails stops no other."""
    for academy in filter(None, map(current_app.extensions["upart"].directory.by_id, _concerned())):
        try:
            with writing(academy):
                go_on()
                _take_over()
        except Exception:  # the next run tries it again
            log.exception("what waits for a new owner could not be looked at")


def _concerned() -> list[UUID]:
    """Academies before the platform: its own request waits for theirs."""
    with everywhere("find academies that wait for a new owner") as opened:
        asked = select(RightsRequest.academy_id).where(RightsRequest.state == RequestState.NEEDS_TRANSFER).distinct()
        return sorted({*opened.scalars(asked), *(one.id for one in custody.kept())}, key=lambda id: (id == context.academy.id, id))


def _waiting() -> list[tuple[RightsRequest, Person]]:
    """Requests that wait for a new owner, oldest first; a second worker waits here."""
    mine = select(RightsRequest).where(RightsRequest.state == RequestState.NEEDS_TRANSFER).order_by(RightsRequest.received_at)
    found = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()
    return [(request, person) for request in found if (person := person_of(request)) is not None]


def _take_over() -> None:
    """On day 30 the academy is paused, and its only owner is erased as if there were another."""
    for request, person in [] if context.academy.is_platform else _waiting():
        if request.received_at + CUSTODY <= clock.now() and is_last_owner(person):
            custody.take(session(), context.academy.id)
            emit("academies.in_custody")
            enqueue(TELL, academy=context.academy.id)
            begin_whole(request, person)


def tell_of_custody(academy: str) -> None:
    """Task, outside of any session: tell the platform's owners, once each, however often it is begun."""
    directory = current_app.extensions["upart"].directory
    found, platform = directory.by_id(UUID(academy)), directory.at(directory.base_host)
    since = next((one.since for one in custody.kept() if str(one.id) == academy), None)  # what is kept in memory may be half a second old
    if found is None or since is None or platform is None:
        return
    with writing(platform):
        values = {"name": found.name, "host": found.host, "link": address_of("/manage/custody/")}
        for owner in owners():
            key = f"academies.custody:{found.id}:{since.isoformat()}:{owner.id}"
            send(owner, Purpose.RIGHTS, template="rights/mail/custody.txt", values=values, dedupe_key=key)


def name_owner(academy: CurrentAcademy, email: str, name: str, *, by: str) -> None:
    """Invite somebody to own an academy in custody. Comes before the first statement of the platform's door: it opens the academy's own."""
    with writing(academy):
        token = make_token(TokenPurpose.INVITATION, address=email, email=email, name=name, data={"roles": ["owner"]})
        values = {"name": name, "inviter": by, "roles": "owner", "link": link("/invitation", token), "privacy": address_of("/privacy/")}
        send(None, Purpose.ACCOUNT, to=email, template="accounts/mail/invitation.txt", values=values)
        emit("people.invited", None, roles=["owner"])
