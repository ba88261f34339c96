# SPDX-License-Identifier: MIT
"""What somebody has agreed to or refused, as events that nothing changes; the texts that were shown; addresses that want no more."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.ages import LOWEST
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Purpose
from upart.privacy.words import found_by, key, not_personal, personal, processing, ref, subject, until

PROOF = OnErase.KEEP(law="UPART.consent")
"""What an event becomes when its person is erased: a proof that names nobody."""


class Choice(StrEnum):
    """What was decided. `expired`: a yes that counts no longer, without anybody having taken it back. W3C DPV: ConsentGiven, Refused, Withdrawn, Expired."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class PurposeText(AcademyOwned, Model):
    """A text that somebody was asked with, word by word, as it was shown."""

    __tablename__ = "purpose_text"
    __table_args__ = (UniqueConstraint("academy_id", "purpose", "version", "language", "digest"),)

    id: Mapped[UUID] = key()
    purpose: Mapped[str] = not_personal("key of a consent purpose")
    version: Mapped[int] = not_personal("rises when the text comes to mean more")
    language: Mapped[str] = not_personal("in which it was shown")
    text: Mapped[str] = not_personal("a sentence of the academy's or a plugin's, the same for everybody")
    digest: Mapped[str] = not_personal("digest of the text")
    since: Mapped[datetime] = not_personal("when somebody first decided about it", default=clock.now)


class ConsentEvent(AcademyOwned, Model):
    """One decision about one purpose and channel. Nothing changes or removes it while its person is here (GDPR art. 7(1))."""

    __tablename__ = "consent_event"
    __title__ = "What you agreed to and refused"
    __table_args__ = (Index("ix_consent_event_fold", "academy_id", "person_id", "at"),)
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=until("the person leaves the academy"))

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("chooser", on_erase=PROOF)
    proof: Mapped[str] = found_by("pseudonym of the address at that time, without one of the person's id", on_erase=PROOF)
    purpose: Mapped[str] = personal(Category.PREF_PRIVACY, needed=Needed.LAW)
    channel: Mapped[str] = personal(Category.PREF_PRIVACY, needed=Needed.LAW)
    choice: Mapped[Choice] = personal(Category.PREF_PRIVACY, needed=Needed.LAW)
    version: Mapped[int] = personal(Category.PREF_PRIVACY, needed=Needed.LAW)
    text_id: Mapped[UUID | None] = ref("purpose_text", leads=False)
    source: Mapped[str] = not_personal("where it was decided: a word of ours")
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, needed=Needed.LAW, index=True, default=clock.now)


class ConsentLapse(AcademyOwned, Model):
    """From this instant on, what people agreed to before counts no longer for a purpose: what it means has changed."""

    __tablename__ = "consent_lapse"

    id: Mapped[UUID] = key()
    purpose: Mapped[str] = not_personal("key of a consent purpose")
    why: Mapped[str] = not_personal("what has changed, in a sentence for everybody")
    at: Mapped[datetime] = not_personal("from when on", index=True, default=clock.now)


class Suppression(AcademyOwned, Model):
    """An address that wants no more of something. It outlives the person, so that nobody writes to it again by mistake (GDPR art. 21(3))."""

    __tablename__ = "suppression"
    __title__ = "Addresses that want no more mail"
    __table_args__ = (UniqueConstraint("academy_id", "address_digest", "purpose", "channel"),)
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=until("the address asks for it again"), after="at")

    id: Mapped[UUID] = key()
    address_digest: Mapped[str] = found_by("pseudonym of the address", on_erase=OnErase.KEEP(law="UPART.suppression"))
    purpose: Mapped[str] = not_personal("key of a consent purpose")
    channel: Mapped[str] = not_personal("a word of ours")
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, needed=Needed.LAW, index=True, default=clock.now)


class Band(StrEnum):
    """How old somebody says they are, no more exactly than a law asks for: under the age of consent, under 18, or of age (GDPR art. 8)."""

    CHILD = "child"
    YOUNG = "young"
    ADULT = "adult"


class AgeBand(AcademyOwned, Model):
    """What somebody has answered when asked for their age. Nobody's birth date is asked for."""

    __tablename__ = "age_band"
    __title__ = "How old you said you are"
    __table_args__ = (UniqueConstraint("academy_id", "person_id"),)
    __processing__ = processing(Purpose.AGE, Basis.LAW, retain=until("the person leaves the academy"))

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("chooser", on_erase=OnErase.DELETE)
    band: Mapped[Band] = personal(Category.DEMOGRAPHIC_BIRTH, needed=Needed.LAW)
    asked_with: Mapped[int] = not_personal("the age of consent that the question named: that of the academy's country at that time", default=LOWEST)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, needed=Needed.LAW, default=clock.now)


class Guardian(AcademyOwned, Model):
    """An address that has agreed to something for a child and can take it back (GDPR art. 8). Who was only asked is not here: the mailed link names them."""

    __tablename__ = "consent_guardian"
    __title__ = "Parents and guardians who answered"
    __table_args__ = (UniqueConstraint("academy_id", "child_id", "address_digest"),)
    __processing__ = processing(Purpose.AGE, Basis.LAW, retain=until("the child is old enough, or nothing they agreed to stands"))

    id: Mapped[UUID] = key()
    child_id: Mapped[UUID] = subject("child", on_erase=OnErase.DELETE)
    address_digest: Mapped[str] = found_by("pseudonym of the guardian's address")
    email: Mapped[str] = personal(Category.CONTACT_EMAIL, needed=Needed.LAW)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, needed=Needed.LAW, default=clock.now)
