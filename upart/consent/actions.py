# SPDX-License-Identifier: MIT
"""Agree, refuse, withdraw, lapse. Callers open the door and commit; nothing is changed afterwards, only added."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from upart import clock
from upart.accounts.models import MailToken, Person
from upart.consent.asking import asked_of, forget_asked
from upart.consent.folding import Decided, Key, age_here, band_of, in_turn, state_of
from upart.consent.gate import MAIL
from upart.consent.guardians import GUARDIAN, forget_answers, forget_guardians, remember, tell_guardians
from upart.consent.models import AgeBand, Band, Choice, ConsentEvent, ConsentLapse, PurposeText, Suppression
from upart.consent.purposes import ASKED_FOR, OF_AGE, by_key, channels_of, meant, offered
from upart.context import context
from upart.db import insert_once, session, unmasked, uuid7
from upart.errors import Problem
from upart.events.actions import emit
from upart.events.noting import Kind, note
from upart.hooks.records import ConsentPurpose
from upart.keys import pseudonym, ring
from upart.mail.actions import NO_CONSENT, give_up
from upart.privacy.taxonomy import Basis, Purpose
from upart.theming.locales import gettext as _

TICK = timedelta(microseconds=1)
"""A decision is later than the one before it, whatever the clock says."""

LONGEST = 200
"""Characters of what a lapse says for its reason."""

NO = (Choice.REFUSED, Choice.WITHDRAWN)
RIGHTS = "right"
"""Source of what a right has ended: its own act stands in the ledger."""

AGE = "age"
UNSUBSCRIBE = "unsubscribe"


@unmasked("note what somebody has chosen")
def choose(person: Person | str, purpose: Purpose | str, channel: str, given: bool, source: str) -> bool:
    """Note that somebody agrees to a purpose over a channel, or does not. Needs a write session; safe to repeat. True if that is new.

    `person`: a row of `person`, or an address; who is not known yet becomes a guest by agreeing. `purpose`: the key of a consent
    purpose; `channel`: "" for what is not a message. `source`: where they said so, a word of ours. A no holds from this transaction on,
    also for messages that wait. Raises Problem 422 for a purpose or channel that is not offered here, 409 for what is not done with people under 18.
    """
    one = by_key(str(purpose))
    if one is None or channel not in channels_of(one):
        raise Problem(422, _("This cannot be chosen here."), remedy=_("Open the page of your choices again."))
    row = _who(person, given)
    if row is None:
        return False
    if given and one.purpose in OF_AGE and band_of(row) in (Band.CHILD, Band.YOUNG):
        raise Problem(409, _("This is only for people who are 18 or older."), remedy=_("Choose it when you are."))
    if given and band_of(row) is Band.CHILD and source != GUARDIAN:
        raise Problem(409, _("Somebody who answers for you has to agree to this."), remedy=_("Name a parent or guardian on the page of your choices."))
    return _decide(row, one.key, channel, given, source)


def _who(person: Person | str, given: bool) -> Person | None:
    """The row of whoever decides; a guest is made of an address that agrees."""
    if isinstance(person, str):
        found = session.scalars(select(Person).where(Person.email == person)).first()
        if found is None and given:
            insert_once(Person, id=uuid7(), name="", email=person, roles=[], language=context.academy.settings.get("language", "en"))
            return session.scalars(select(Person).where(Person.email == person)).one()
        return found
    return person


def _decide(person: Person, key: str, channel: str, given: bool, source: str, at: datetime | None = None) -> bool:
    in_turn(person)
    last = state_of(person).get((key, channel))
    if last is not None and (last.stands is Choice.GIVEN if given else last.stands in NO):
        if not given:
            _close(person, key, channel, source)
        return False
    one = by_key(key)
    held = last.stands is Choice.GIVEN if last is not None else one is not None and one.basis is not Basis.CONSENT
    choice = Choice.GIVEN if given else Choice.WITHDRAWN if held else Choice.REFUSED
    event = _add(person, key, channel, choice, source, last, at)
    if given:
        _release(person, key, channel)
        emit("consent.given", event, purpose=key, channel=channel)
        return True
    _end(person, one, key, channel)
    _close(person, key, channel, source)
    if held:
        emit("consent.ended", event, purpose=key, channel=channel)
    if held and source != RIGHTS:
        _keep(person, key, channel, Kind.SUPPRESSION if source == UNSUBSCRIBE else Kind.REFUSAL)
    return True


def _close(person: Person, key: str, channel: str, source: str) -> None:
    """No link that was mailed agrees any more: not to a yes in the mailbox, nor to that of a guardian; also where they had said no before, and wavered."""
    if channel == MAIL:
        forget_asked(person, key)
    if source == GUARDIAN:
        forget_answers(person)
    else:
        forget_guardians(person, (key, channel))


def _keep(person: Person, key: str, channel: str, kind: Kind) -> None:
    """Let the ledger keep a no, so that it holds in an older database too."""
    note(kind, person.id, addresses=(str.__str__(person.email),) if person.email else (), purpose=key, channel=channel)


def _add(person: Person, key: str, channel: str, choice: Choice, source: str, last: Decided | None, at: datetime | None = None) -> ConsentEvent:
    one, now = by_key(key), at or clock.now()
    event = ConsentEvent(
        id=uuid7(), person_id=person.id, proof=pseudonym(str.__str__(person.email) if person.email else str(person.id)), purpose=key, channel=channel,
        choice=choice, version=one.version if one is not None else last.version if last is not None else 0, text_id=_text(one) if one is not None else None,
        source=source, at=max([now, *(before + TICK for before in _before(key, last))]),
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def _before(key: str, last: Decided | None) -> list[datetime]:
    """What a decision comes after, whatever the clock says: the one before it, and the last lapse of its purpose."""
    lapsed = session.scalar(select(func.max(ConsentLapse.at)).where(ConsentLapse.purpose == key))
    return [at for at in (lapsed, last.at if last is not None else None) if at is not None]


def _text(one: ConsentPurpose) -> UUID:
    """The text as it is shown here, kept once."""
    text, language = _(one.text), context.academy.settings.get("language", "en")
    same = {"purpose": one.key, "version": one.version, "language": language, "digest": hashlib.sha256(text.encode()).hexdigest()}
    insert_once(PurposeText, id=uuid7(), text=text, since=clock.now(), **same)
    return session.scalars(select(PurposeText.id).where(*(getattr(PurposeText, name) == value for name, value in same.items()))).one()


def _end(person: Person, one: ConsentPurpose | None, key: str, channel: str) -> None:
    """From this transaction on: nothing that waits for it is sent, and the address is remembered as one that wants no more."""
    if channel != MAIL:
        return
    give_up(person, key, NO_CONSENT)
    if one is not None and one.purpose in ASKED_FOR:
        alike = [other for other in offered() if other.purpose == one.purpose and other.key != key]
        if not any(is_still_agreed(person, other) for other in alike):
            give_up(person, one.purpose, NO_CONSENT)
    if person.email:
        insert_once(Suppression, id=uuid7(), address_digest=pseudonym(str.__str__(person.email)), purpose=key, channel=channel, at=clock.now())


def is_still_agreed(person: Person, one: ConsentPurpose) -> bool:
    """Does a yes to another purpose of the same kind stand, so that its messages may go?"""
    last = state_of(person).get((one.key, MAIL))
    return MAIL in one.channels and last is not None and last.stands is Choice.GIVEN


def _release(person: Person, key: str, channel: str) -> None:
    """The address asks for it again."""
    if not person.email:
        return
    digests = ring().pseudonyms(str.__str__(person.email), context.academy.id)
    theirs = (Suppression.address_digest.in_(digests), Suppression.purpose == key, Suppression.channel == channel)
    session.execute(delete(Suppression).where(*theirs).execution_options(synchronize_session=False))


@unmasked("end what somebody has agreed to")
def end(person: Person, purpose: Purpose, source: str = RIGHTS) -> None:
    """A right ends a purpose: all that was offered for it counts as refused, or as withdrawn, over every channel. Needs a write session; safe to repeat."""
    for one in (one for one in offered() if one.purpose == purpose):
        for channel in channels_of(one):
            _decide(person, one.key, channel, given=False, source=source)


@unmasked("do again what the ledger says")
def refuse_again(person: Person, key: str, channel: str, kind: Kind, since: datetime) -> None:
    """Do a no again that an older database does not know, unless they have agreed since. Needs a write session; safe to repeat."""
    last = state_of(person).get((key, channel))
    if last is None or last.at <= since:
        _decide(person, key, channel, given=False, source=UNSUBSCRIBE if kind is Kind.SUPPRESSION else "ledger")


@unmasked("end what people have agreed to")
def lapse(keys: Collection[str], why: str) -> None:
    """What people agreed to until now counts no longer for these purposes: what they mean has changed. Needs a write session.

    `why`: what has changed, one sentence that everybody may read. Nobody gets a mail; they are asked again on the page of their choices.
    """
    for key in sorted(keys):
        newest = session.scalar(select(func.max(ConsentEvent.at)).where(ConsentEvent.purpose == key))
        session.add(ConsentLapse(purpose=key, why=why[:LONGEST], at=max(clock.now(), newest) if newest is not None else clock.now()))


@unmasked("note how old somebody is")
def say_age(person: Person, band: Band) -> None:
    """Note the answer to the question for the age. Needs a write session. GDPR art. 8.

    With people under 18 nothing goes on that is not done with them, and what a child agreed to without a guardian has expired. Who is no
    child any more decides alone: links of guardians end, and what they agreed to stands until it is taken back.
    """
    in_turn(person)
    row = session.scalars(select(AgeBand).where(AgeBand.person_id == person.id).execution_options(populate_existing=True)).first()
    if band is not Band.CHILD and band_of(person) is Band.CHILD:
        tell_guardians(person)
    if row is None:
        session.add(AgeBand(id=uuid7(), person_id=person.id, band=band, asked_with=age_here()))
    elif (row.band, row.asked_with) != (band, age_here()):
        row.band, row.asked_with, row.at = band, age_here(), clock.now()
    session.flush()
    if band is not Band.CHILD:
        forget_guardians(person)
    if band is Band.ADULT:
        return
    for one in (one for key in asked_of(person) if (one := by_key(key)) is not None and one.purpose in OF_AGE):
        forget_asked(person, one.key)
    for (key, channel), last in state_of(person).items():
        one = by_key(key)
        alone = band is Band.CHILD and last.source != GUARDIAN and one is not None and one.basis is Basis.CONSENT
        if one is not None and (one.purpose in OF_AGE or alone) and last.choice is Choice.GIVEN:
            _add(person, key, channel, Choice.EXPIRED, AGE, last)
            _end(person, None, key, channel)
            _keep(person, key, channel, Kind.REFUSAL)
            if one.purpose in ASKED_FOR:
                give_up(person, one.purpose, NO_CONSENT)


@unmasked("note what somebody has chosen")
def save(person: Person | str, wanted: Mapping[Key, bool], source: str, *, band: Band | None = None) -> None:
    """Note what a page has sent, and how old somebody says they are, if they were asked. Needs a write session; safe to repeat.

    Somebody under 18 gets nothing of what is not done with them; what else they chose counts.
    """
    known = person if isinstance(person, Person) else _who(person, given=False)
    if band is not None and known is not None:
        say_age(known, band)
    for (key, channel), given in wanted.items():
        one = by_key(key)
        if not (given and band in (Band.CHILD, Band.YOUNG) and one is not None and one.purpose in OF_AGE):
            choose(person, key, channel, given, source)
    if band is not None and known is None and (made := _who(person, given=False)) is not None:
        say_age(made, band)


@unmasked("a guardian answers for a child")
def answer_for(child: Person, decided: Mapping[Key, bool], row: MailToken) -> None:
    """Note what a guardian has decided for a child, by a mailed link. Needs a write session; safe to repeat."""
    for (key, channel), given in decided.items():
        choose(child, key, channel, given, GUARDIAN)
    remember(child, row)


@unmasked("a mailbox says yes")
def agree_by_mail(person: Person, keys: Collection[str]) -> None:
    """The link that was mailed to somebody says yes to these purposes, by mail. Needs a write session."""
    for key in keys:
        choose(person, key, MAIL, True, "mail")


@unmasked("somebody stops messages")
def stop(person_id: UUID, purpose: str) -> None:
    """No more messages of this purpose by mail, whether or not its plugin is still there. Needs a write session; safe to repeat.

    `purpose`: as it stood in the message, a key or a word of the taxonomy. Who is gone gets nothing anyway.
    """
    person = session.scalars(select(Person).where(Person.id == person_id)).first()
    if person is None:
        return
    for key in [one.key for one in meant(purpose, MAIL)] or [purpose]:
        _decide(person, key, MAIL, given=False, source=UNSUBSCRIBE)
