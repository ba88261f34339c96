# SPDX-License-Identifier: MIT
"""The gate: may something be done with somebody now? Asked at the moment of use, never earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from upart.accounts.models import Person
from upart.consent.folding import Decided, band_of, id_of, state_of
from upart.consent.guardians import GUARDIAN
from upart.consent.models import Band, Choice, Suppression
from upart.consent.purposes import ASKED_FOR, NO_CHANNEL, OF_AGE, channels_of, meant
from upart.context import context
from upart.db import prepared, session, unmasked
from upart.hooks.guards import Objection, objections
from upart.hooks.records import ConsentPurpose
from upart.keys import ring
from upart.mail.actions import NO_CONSENT
from upart.privacy.taxonomy import Basis, Purpose

USE = "consent.use"
"""Operation that guards are asked about: the use of a person's data for a purpose, over a channel."""

MAIL = "email"
"""Channel of messages to an address."""

SUPPRESSED = prepared(
    select(Suppression.id).where(
        Suppression.address_digest.in_(bindparam("digests", expanding=True)), Suppression.purpose == bindparam("purpose"),
        Suppression.channel == bindparam("channel"),
    ).limit(1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """What is about to be done, as guards see it."""

    person_id: UUID
    purpose: Purpose | str
    channel: str


def may_use(person: Person | UUID, purpose: Purpose | str, channel: str = NO_CHANNEL) -> bool:
    """May data of this person be used for this purpose now, over this channel ("email"; "" for what is not a message)? Needs an open session.

    `purpose`: the key of a consent purpose ("courses.tips"), or a word of the taxonomy. Without a yes that still counts
    nothing is done for what has to be asked for; never anything of marketing, publishing or personalising with people under 18; nothing
    while a restriction, an objection or a plugin stands against it. A purpose that nobody has declared is refused. GDPR art. 6(1)(a), 7, 18, 21.
    """
    if not is_agreed(person, purpose, channel):
        return False
    known = meant(purpose, channel)
    return not objections(USE, None, Use(id_of(person), known[0].purpose if known else purpose, channel))


def is_agreed(person: Person | UUID, purpose: Purpose | str, channel: str = NO_CHANNEL) -> bool:
    """Is it what the person wants, as far as that has to be asked? `may_use` asks the other guards as well."""
    known = meant(purpose, channel)
    if not known:
        return purpose in set(Purpose) and purpose not in ASKED_FOR
    decided, band = state_of(person), band_of(person)
    return any(_stands(person, one, channel, decided.get((one.key, channel)), band) for one in known)


def _stands(person: Person | UUID, one: ConsentPurpose, channel: str, last: Decided | None, band: Band | None) -> bool:
    if channel not in channels_of(one) or (band in (Band.CHILD, Band.YOUNG) and one.purpose in OF_AGE):
        return False
    if last is not None and last.stands is Choice.GIVEN:
        return band is not Band.CHILD or last.source == GUARDIAN or one.basis is not Basis.CONSENT
    if one.basis is Basis.CONSENT or (last is not None and last.stands in (Choice.REFUSED, Choice.WITHDRAWN)):
        return False
    return not _suppressed(person, one.key, channel)


def _suppressed(person: Person | UUID, purpose: str, channel: str) -> bool:
    """Has the address of somebody, before they were who they are here, asked for no more of it?"""
    with unmasked("does an address want no more?"):
        address = session.scalar(select(Person.email).where(Person.id == id_of(person)))
        return bool(address) and SUPPRESSED.first(
            digests=ring().pseudonyms(str.__str__(address), context.academy.id), purpose=purpose, channel=channel,
        ) is not None  # fmt: skip


def objections_to(operation: str, message: Any) -> list[str]:
    """Why a message must not be sent: its recipient has not agreed to what it is for, or no longer; for the hook `upart_objections`."""
    if operation != "mail.send":
        return []
    if message.purpose in set(Purpose) - ASKED_FOR:
        return []
    person = _recipient(message)
    return [] if person is not None and is_agreed(person, message.purpose, MAIL) else [Objection("The recipient has not agreed to this.", code=NO_CONSENT)]


def _recipient(message: Any) -> UUID | None:
    with unmasked("to whom does a message go?"):
        return session.scalar(select(Person.id).where(or_(Person.id == message.person_id, Person.email == message.recipient)).limit(1))
