# SPDX-License-Identifier: MIT
"""Use a right without signing in: a mailed link proves the mailbox. Known and unknown addresses get the same answer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from upart import clock
from upart.accounts.actions.tokens import link, make_token, use_up
from upart.accounts.models import Account, MailToken, Person, TokenPurpose
from upart.context import context
from upart.db import everywhere, session
from upart.errors import Problem
from upart.events.actions import emit
from upart.mail.actions import send
from upart.privacy.taxonomy import Purpose
from upart.rights import naming
from upart.rights.actions.archiving import ARCHIVE, plan_archive
from upart.rights.actions.asking import wait
from upart.rights.actions.attempting import Finish
from upart.rights.actions.history import enter, history
from upart.rights.actions.pending import lock, unfinished
from upart.rights.actions.telling import tell
from upart.rights.actions.working import begin, plan
from upart.rights.dates import CONFIRM_WITHIN, due
from upart.rights.models import Act, AskedBy, RequestKind, RequestState, RightsEntry, RightsRequest
from upart.rights.states import move
from upart.rights.subjects import addresses_of, person_at
from upart.theming.locales import gettext as _

KINDS = (RequestKind.ACCESS, RequestKind.ERASE)
"""Rights that can be used by a mailed link."""

NOBODY = "nobody"
"""Holder of the only step of a request from an address that nobody is known by."""


def ask_by_link(address: str, kind: RequestKind) -> None:
    """Note a request and mail a link to its address, whoever that is: nothing is looked up before the link is used."""
    now = clock.now()
    request = RightsRequest(kind=kind, asked_by=AskedBy.LINK, addresses=[address], received_at=now, due_on=due(now))
    session.add(request)
    session.flush()
    enter(request, Act.RECEIVED)
    move(request, RequestState.VERIFYING)
    token = make_token(TokenPurpose.RIGHTS, address=address, data={"request": str(request.id)})
    values = {"kind": naming.KINDS[kind], "link": link("/privacy/requests/confirm", token), "academy": context.academy}
    send(None, Purpose.RIGHTS, to=address, template="rights/mail/confirm.txt", values=values)


def confirm(row: MailToken) -> RightsRequest:
    """The mailbox is proven: carry the request out, as far as a mailbox is proof enough.

    Somebody with a second step has asked for more than a mailbox: an officer looks first. An address that nobody is
    known by gets that as its answer.
    """
    use_up(row)
    request = followed(row)
    if request.state is not RequestState.VERIFYING:
        raise Problem(410, _("This link has been used."), remedy=_("The newest mail about the request opens it."))
    enter(request, Act.CONFIRMED)
    emit("rights.received", request)
    person = person_at(request.addresses[0])
    if person is None:
        begin(request, None, [NOBODY])
        return request
    lock(person)
    if (running := unfinished(person, request.kind)) is not None:
        move(request, RequestState.CANCELLED)
        tell(running, "follow", by_link=True)
        return running
    request.person_id, request.account_id, request.addresses = person.id, person.account_id, addresses_of(person)
    for entry in history(request):
        entry.person_id = person.id
    if request.kind is RequestKind.ACCESS and not _has_second_step(person):
        plan_archive(request, person)
        return request
    if request.kind is RequestKind.ACCESS:
        plan(request, [ARCHIVE])
    else:
        move(request, RequestState.PLANNED)
    if _has_second_step(person):
        move(request, RequestState.NEEDS_DECISION)
        tell(request, "follow")
    else:
        wait(request, person)
    return request


def followed(row: MailToken) -> RightsRequest:
    """The request that a link is about. Raises Problem 410 when it is gone."""
    request = session.get(RightsRequest, {"academy_id": context.academy.id, "id": UUID(row.data.get("request", str(UUID(int=0))))})
    if request is None:
        raise Problem(410, _("This request is gone."), remedy=_("Ask again if you like."))
    return request


def tell_nobody(request: UUID) -> Finish:
    """Step: nobody is known by the address, and that is the answer."""
    return lambda: tell(session.get_one(RightsRequest, {"academy_id": context.academy.id, "id": request}), "nobody")


def forget_unconfirmed() -> None:
    """Task, hourly on the platform, for all academies: requests whose link nobody has opened within a week go, with the address."""
    with everywhere("forget requests that nobody has confirmed", write=True) as opened:
        old = select(RightsRequest.id).where(RightsRequest.state == RequestState.VERIFYING, RightsRequest.received_at < clock.now() - CONFIRM_WITHIN)
        gone = opened.scalars(old).all()
        opened.execute(delete(RightsEntry).where(RightsEntry.request_id.in_(gone)).execution_options(synchronize_session=False))
        opened.execute(delete(RightsRequest).where(RightsRequest.id.in_(gone)).execution_options(synchronize_session=False))


def _has_second_step(person: Person) -> bool:
    with everywhere("has somebody a second step?") as opened:
        return bool(person.account_id and opened.scalar(select(Account.totp_on).where(Account.id == person.account_id)))
