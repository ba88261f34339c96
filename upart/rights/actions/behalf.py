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
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.archiving import plan_archive
from upart.rights.actions.asking import ask_to_erase, kept, received
from upart.rights.actions.attempting import Finish
from upart.rights.actions.correcting import CORRECTION
from upart.rights.actions.history import enter
from upart.rights.actions.objecting import ask_to_object, ask_to_withdraw, is_asked
from upart.rights.actions.pending import lock, unfinished
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.actions.telling import tell
from upart.rights.actions.working import plan
from upart.rights.dates import due
from upart.rights.engine.holdings import holdings
from upart.rights.models import Act, AskedBy, RequestKind, RequestState, RightsRequest
from upart.rights.purposes import purposes_for
from upart.rights.restricting.guards import is_barred
from upart.rights.restricting.models import Ground
from upart.rights.states import move
from upart.rights.subjects import addresses_of, with_account_of
from upart.theming.locales import gettext as _

LETTER = "letter"
"""Holder of the only step of an authority's letter: that it is answered, which an officer does outside of the portal."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants, as staff wrote it down. `now`: an erasure begins without its 72 hours; a line of the history says so.

    `ground` belongs to a restriction, `purpose` to an objection and a withdrawal.
    """

    words: str = ""
    now: bool = False
    ground: Ground = Ground.ACCURACY
    purpose: Purpose | None = None


def _access(person: Person, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    request = received(person, RequestKind.ACCESS, asked_by=asked_by, words=wish.words)
    plan_archive(request, person)
    tell(request, "behalf")
    return request


def _erase(person: Person, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    request = ask_to_erase(person, waits=True, asked_by=asked_by)
    request.words = wish.words
    if wish.now:
        enter(request, Act.NOTED, _("It begins at once, without the 72 hours."))
        ask_to_erase(person)
    return request


def _rectify(person: Person, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    """In words: which line is wrong is found by whoever decides, and put right where it stands."""
    if not wish.words.strip():
        raise Problem(422, _("Say what is wrong, and what is right."), remedy=_("Write it down in their words."))
    request = received(person, RequestKind.RECTIFY, asked_by=asked_by, words=wish.words)
    plan(request, [CORRECTION])
    move(request, RequestState.NEEDS_DECISION)
    tell(request, "behalf")
    return request


def _restrict(person: Person, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    return _for_somebody(ask_to_restrict(person, wish.ground, wish.words, goes_on=True), asked_by, wish)


def _object(person: Person, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    return _for_somebody(ask_to_object(person, _purpose(person, RequestKind.OBJECT, wish), wish.words), asked_by, wish)


def _withdraw(person: Person, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    return _for_somebody(ask_to_withdraw(person, _purpose(person, RequestKind.WITHDRAW, wish)), asked_by, wish)


def _for_somebody(request: RightsRequest, asked_by: AskedBy, wish: Wish) -> RightsRequest:
    request.asked_by, request.words = asked_by, wish.words
    tell(request, "behalf")
    return request


def _purpose(person: Person, kind: RequestKind, wish: Wish) -> Purpose:
    if wish.purpose is None or wish.purpose not in purposes_for(holdings(), kind, with_account_of(person, False)[0]):
        raise Problem(422, _("Nothing is done with their data for this purpose that this right could end."), remedy=_("Choose another purpose."))
    if is_asked(person, kind, wish.purpose):
        raise _used()
    return wish.purpose


def _used() -> Problem:
    return Problem(409, _("This person has used this right already, and it is being worked on."), remedy=_("Open that request in the list."))


BEHALF: dict[RequestKind, Callable[[Person, AskedBy, Wish], RightsRequest]] = {
    RequestKind.ACCESS: _access, RequestKind.RECTIFY: _rectify, RequestKind.ERASE: _erase, RequestKind.RESTRICT: _restrict, RequestKind.OBJECT: _object,
    RequestKind.WITHDRAW: _withdraw,
}  # fmt: skip
"""Rights that staff can use for somebody, each with what begins it."""


ONE = (RequestKind.ACCESS, RequestKind.ERASE)
"""Rights that one uses as a whole: there is one request at a time."""


def ask_for(person: Person, kind: RequestKind, asked_by: AskedBy, wish: Wish, *, identity: str) -> RightsRequest:
    """Use a right of a person of this academy on their behalf; the person is told.

    `identity` says in words how staff know that it is theirs to ask. Raises Problem 409 while the same right is at work, and
    with what stands against an erasure; 422 for a purpose that the right cannot end, and a correction without words.
    """
    lock(person)
    if kind in ONE and unfinished(person, kind) is not None:
        raise _used()
    request = BEHALF[kind](person, asked_by, wish)
    request.details = {**request.details, "identity": identity}
    return request


@dataclass(frozen=True, slots=True)
class Letter:
    """What an authority wrote: who it is, on which law, under which reference; why the person hears of it only on a later day."""

    authority: str
    law: str
    reference: str
    why_later: str = ""


def undo_entered(entered: str) -> None:
    """Task: erase a guest whom a table of the academy's has brought in and who is taken back; whoever has signed up or was restricted meanwhile stays."""
    person = session.scalars(select(Person).where(Person.id == UUID(entered))).first()
    if person is not None and person.account_id is None and not is_barred(person, Purpose.HOST):
        ask_to_erase(person, asked_by=AskedBy.OFFICER)


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
