# SPDX-License-Identifier: MIT
"""Where somebody stands: their events, folded. The latest one of each purpose and channel says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from upart.accounts.models import Person
from upart.consent.models import AgeBand, Band, Choice, ConsentEvent, ConsentLapse
from upart.consent.purposes import by_key
from upart.context import context
from upart.db import prepared, session, unmasked
from upart.errors import Problem
from upart.privacy.ages import age_of_consent
from upart.theming.locales import gettext as _

Key = tuple[str, str]
"""Purpose and channel."""

LAPSED = select(func.max(ConsentLapse.at)).where(ConsentLapse.purpose == ConsentEvent.purpose).correlate(ConsentEvent).scalar_subquery()

EVENTS = prepared(
    select(
        ConsentEvent.id, ConsentEvent.purpose, ConsentEvent.channel, ConsentEvent.choice, ConsentEvent.version, ConsentEvent.source, ConsentEvent.at,
        LAPSED.label("lapsed"),
    ).where(ConsentEvent.person_id == bindparam("who")).order_by(ConsentEvent.at, ConsentEvent.id)
)  # fmt: skip
"""All that somebody has ever decided, oldest first, with the instant since when earlier consent counts no longer."""

BAND = prepared(select(AgeBand.band, AgeBand.asked_with).where(AgeBand.person_id == bindparam("who")))


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision. `lapsed`: since when an earlier yes to this purpose counts no longer."""

    id: UUID
    purpose: str
    channel: str
    choice: Choice
    version: int
    source: str
    at: datetime
    lapsed: datetime | None

    @property
    def stands(self) -> Choice:
        """What it comes to now: a yes to an earlier text, or from before the purpose changed, has expired (GDPR art. 4(11), 7)."""
        known = by_key(self.purpose)
        older = known is not None and known.version > self.version
        changed = self.lapsed is not None and self.at <= self.lapsed
        return Choice.EXPIRED if self.choice is Choice.GIVEN and (older or changed) else self.choice


def history_of(person: Person | UUID) -> list[Decided]:
    """All that somebody has decided, oldest first."""
    with unmasked("what has somebody agreed to?"):
        return [Decided(**row._mapping) for row in EVENTS(who=id_of(person))]


def state_of(person: Person | UUID) -> dict[Key, Decided]:
    """The latest decision for each purpose and channel that was ever decided about."""
    return {(one.purpose, one.channel): one for one in history_of(person)}


def band_of(person: Person | UUID) -> Band | None:
    """How old somebody says they are; None: nobody has asked yet.

    Who said "14 to 17" may be a child where the academy now has another country: they count as one until they say it again.
    """
    with unmasked("is somebody of age?"):
        row = BAND.first(who=id_of(person))
    if row is None:
        return None
    return Band.CHILD if row.band is Band.YOUNG and row.asked_with < age_here() else row.band


def age_here() -> int:
    """From which age somebody agrees alone at this academy, in years."""
    return age_of_consent(context.academy.settings.get("country", ""))


def has_changed(purpose: str, since: datetime) -> bool:
    """Has what a purpose means changed since, so that what was asked or agreed to before counts no longer?"""
    return session.scalar(select(ConsentLapse.id).where(ConsentLapse.purpose == purpose, ConsentLapse.at >= since).limit(1)) is not None


def in_turn(person: Person) -> None:
    """Decide one after the other about the same person: waits for whoever is at it. Needs a write session. Raises Problem 410 for who is gone."""
    if session.execute(select(Person.id).where(Person.id == person.id).with_for_update()).first() is None:
        raise Problem(410, _("This person is no longer here."), remedy=_("There is nothing left to choose."))


def id_of(person: Person | UUID) -> UUID:
    """The id of a person, however they are named."""
    return person if isinstance(person, UUID) else person.id
