# SPDX-License-Identifier: MIT
"""Rights that staff write down: for somebody who cannot or will not do it here, for a guardian, and letters of authorities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.db import session
from upart.errors import Problem
from upart.rights.actions.archiving import plan_archive
from upart.rights.actions.asking import ask_to_erase, kept, received
from upart.rights.actions.attempting import Finish
from upart.rights.actions.history import enter
from upart.rights.actions.pending import lock, unfinished
from upart.rights.actions.telling import tell
from upart.rights.actions.working import plan
from upart.rights.dates import due
from upart.rights.models import Act, AskedBy, RequestKind, RequestState, RightsRequest
from upart.rights.states import move
from upart.rights.subjects import addresses_of
from upart.theming.locales import gettext as _

LETTER = "letter"
"""Holder of the only step of an authority's letter: that it is answered, which an officer does outside of the portal."""


def _access(person: Person, asked_by: AskedBy, words: str, now: bool) -> RightsRequest:
    request = received(person, RequestKind.ACCESS, asked_by=asked_by, words=words)
    plan_archive(request, person)
    tell(request, "behalf")
    return request


def _erase(person: Person, asked_by: AskedBy, words: str, now: bool) -> RightsRequest:
    request = ask_to_erase(person, waits=True, asked_by=asked_by)
    request.words = words
    if now:
        enter(request, Act.NOTED, _("It begins at once, without the 72 hours."))
        ask_to_erase(person)
    return request


BEHALF: dict[RequestKind, Callable[[Person, AskedBy, str, bool], RightsRequest]] = {RequestKind.ACCESS: _access, RequestKind.ERASE: _erase}
"""Rights that staff can use for somebody, each with what begins it."""


def ask_for(person: Person, kind: RequestKind, asked_by: AskedBy, *, identity: str, words: str = "", now: bool = False) -> RightsRequest:
    """Use a right of a person of this academy on their behalf; the person is told.

    `identity` says in words how staff know that it is theirs to ask. `now` lets an erasure begin without its 72 hours;
    a line of the history says so. Raises Problem 409 while the same right is at work, and with what stands against an erasure.
    """
    lock(person)
    if unfinished(person, kind) is not None:
        raise Problem(409, _("This person has used this right already, and it is being worked on."), remedy=_("Open that request in the list."))
    request = BEHALF[kind](person, asked_by, words, now)
    request.details = {**request.details, "identity": identity}
    return request


@dataclass(frozen=True, slots=True)
class Letter:
    """What an authority wrote: who it is, on which law, under which reference; why the person hears of it only on a later day."""

    authority: str
    law: str
    reference: str
    why_later: str = ""


def note_letter(person: Person, letter: Letter, words: str, *, tell_on: date | None = None) -> RightsRequest:
    """Write an authority's letter down, which waits for a decision. `words`: what was asked for.

    The person is told, at once or on the day `tell_on`. Until then the request is not linked to them, so that no page
    and no copy of their data has it; the id of their row stands with the letter.
    """
    now = clock.now()
    request = RightsRequest(kind=RequestKind.AUTHORITY, asked_by=AskedBy.AUTHORITY, words=words, received_at=now, due_on=due(now))
    request.details = {**asdict(letter), "whom": str(person.id), "tell_on": tell_on.isoformat() if tell_on else ""}
    kept(request)
    plan(request, [LETTER])
    move(request, RequestState.NEEDS_DECISION)
    if tell_on is None or tell_on <= now.date():
        reveal(request)
    return request


def hidden_person(request: RightsRequest) -> UUID | None:
    """Whom an authority's letter is about while the person may not know of it yet; None for what is no id."""
    if request.kind is not RequestKind.AUTHORITY or request.person_id is not None:
        return None
    try:
        return UUID(request.details.get("whom", ""))
    except ValueError:
        return None


def reveal(request: RightsRequest) -> None:
    """Tell the person of an authority's letter, and link it to them; whoever has gone meanwhile is not told any more."""
    person = session.scalars(select(Person).where(Person.id == hidden_person(request))).first()
    request.details = {name: value for name, value in request.details.items() if name != "whom"}
    if person is not None and not _is_going(person):
        request.person_id, request.account_id, request.addresses = person.id, person.account_id, addresses_of(person)
        tell(request, "letter", letter=request.details)


def _is_going(person: Person) -> bool:
    """Is somebody being erased just now? Then nothing may be linked to them any more."""
    erasure = unfinished(person, RequestKind.ERASE)
    return erasure is not None and erasure.state in (RequestState.RUNNING, RequestState.PARTIALLY_DONE)


def close_letter(request: UUID) -> Finish | None:
    """Step: nothing is left to be done by the portal once an officer has decided; the decision stands in the history."""
    return None
