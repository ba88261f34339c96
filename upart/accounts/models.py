# SPDX-License-Identifier: MIT
"""Accounts of the platform, people as each academy knows them, and what signing in needs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Origin, Purpose
from upart.privacy.words import days, found_by, key, months, not_personal, personal, processing, ref, subject, until


class Account(Model):
    """Who signs in, at all academies of this installation. Belongs to the platform."""

    __tablename__ = "account"
    __title__ = "Your account"
    __table_args__ = (UniqueConstraint("email"),)
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=until("the account is closed"))

    id: Mapped[UUID] = key()
    email: Mapped[str] = personal(Category.CONTACT_EMAIL)
    password_hash: Mapped[str] = personal(Category.AUTH_SECRET, secret=True)
    totp_seed: Mapped[bytes | None] = personal(Category.AUTH_SECRET, secret=True, needed=Needed.OPTIONAL, type_=LargeBinary(), default=None)
    totp_on: Mapped[bool] = not_personal("is a second step asked for?", default=False)
    totp_step: Mapped[int] = not_personal("last time step whose code was used, so that none works twice", default=0)
    suspended_at: Mapped[datetime | None] = personal(Category.RISK_FLAG, default=None)
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


class RecoveryCode(Model):
    """A code that stands in for the second step, once."""

    __tablename__ = "recovery_code"
    __title__ = "Recovery codes"
    __processing__ = processing(Purpose.SECURE, Basis.CONTRACT, retain=until("the account is closed"))

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = subject("holder", on_erase=OnErase.DELETE, table="account")
    digest: Mapped[str] = personal(Category.AUTH_SECRET, origin=Origin.DERIVED, secret=True)


class Person(AcademyOwned, Model):
    """One human as this academy knows them; every link to a human in its tables points here.

    `account_id` is None for a guest. `roles` are names of roles here.
    """

    __tablename__ = "person"
    __title__ = "You, as this academy knows you"
    __table_args__ = (
        UniqueConstraint("academy_id", "email"), UniqueConstraint("academy_id", "account_id"), Index("ix_person_by_name", "academy_id", "name", "id"),
    )  # fmt: skip
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=until("the person leaves the academy"))

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID | None] = ref("account", leads=False, default=None)
    name: Mapped[str] = personal(Category.ID_NAME, blank="Former member")
    email: Mapped[str | None] = personal(Category.CONTACT_EMAIL)
    roles: Mapped[list[str]] = personal(Category.ID_ACCOUNT, origin=Origin.FROM_OTHER, blank=[], default=lambda: ["learner"])
    zone: Mapped[str] = personal(Category.PREF_SETTINGS, needed=Needed.OPTIONAL, default="UTC")
    language: Mapped[str] = personal(Category.DEMOGRAPHIC_LANGUAGE, needed=Needed.OPTIONAL, default="en")
    suspended_at: Mapped[datetime | None] = personal(Category.RISK_FLAG, default=None)
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class SessionKind(StrEnum):
    """`session` ends with the browser or after 30 idle minutes; `remember` recognises a browser for 60 days; `app` is a front end on another origin."""

    SESSION = "session"
    REMEMBER = "remember"
    APP = "app"


class UserSession(AcademyOwned, Model):
    """The truth behind a cookie, which carries only a random token. Rows of one sign-in share their `family`."""

    __tablename__ = "user_session"
    __title__ = "Browsers that are signed in"
    __table_args__ = (UniqueConstraint("academy_id", "digest"),)
    __processing__ = processing(Purpose.SECURE, Basis.CONTRACT, retain=days(1), after="ends_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("holder", on_erase=OnErase.DELETE)
    kind: Mapped[SessionKind] = not_personal("session, remember or app")
    family: Mapped[UUID] = not_personal("random; one per sign-in", index=True)
    digest: Mapped[str] = personal(Category.DEVICE_COOKIE, secret=True)
    previous_digest: Mapped[str | None] = personal(Category.DEVICE_COOKIE, secret=True, default=None)
    rotated_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    device: Mapped[str] = personal(Category.DEVICE_AGENT)
    fresh_until: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    seen_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    ends_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True)


class TokenPurpose(StrEnum):
    """What a mailed or handed-over token opens."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    OLD_ADDRESS = "old_address"
    NEW_ADDRESS = "new_address"
    INVITATION = "invitation"
    HAND_OFF = "hand_off"
    SECOND_STEP = "second_step"
    JOIN = "join"
    RIGHTS = "rights"
    FOLLOW = "follow"
    CONSENT = "consent"
    CHOICES = "choices"
    GUARDIAN = "guardian"


class MailToken(AcademyOwned, Model):
    """A one-time token, kept as a digest; with what a person has typed but not yet confirmed."""

    __tablename__ = "mail_token"
    __title__ = "Links that were mailed to you"
    __table_args__ = (UniqueConstraint("academy_id", "digest"),)
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=days(1), after="ends_at")

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID | None] = subject("holder", on_erase=OnErase.DELETE, table="account")
    address_digest: Mapped[str] = found_by("pseudonym of the address it was sent to", default="")
    purpose: Mapped[TokenPurpose] = not_personal("what it opens")
    digest: Mapped[str] = personal(Category.AUTH_SECRET, origin=Origin.DERIVED, secret=True)
    email: Mapped[str | None] = personal(Category.CONTACT_EMAIL, default=None)
    name: Mapped[str | None] = personal(Category.ID_NAME, default=None)
    password_hash: Mapped[str | None] = personal(Category.AUTH_SECRET, secret=True, default=None)
    data: Mapped[dict[str, Any]] = not_personal("names of roles, ids of rows, local paths, keys of counters", default=dict)
    confirmed_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    ends_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True)


class Attempt(Model):
    """How often somebody tried lately; survives rollbacks. Nobody is named: the key is an HMAC."""

    __tablename__ = "attempt"
    __title__ = "Attempts to sign in"
    __table_args__ = (UniqueConstraint("what", "key_digest"),)
    __processing__ = processing(Purpose.SECURE, Basis.LEGITIMATE_INTEREST, retain=days(1), after="started_at", interest="to stop the guessing of passwords")

    id: Mapped[UUID] = key()
    what: Mapped[str] = not_personal("what was tried: a word of ours")
    key_digest: Mapped[str] = found_by("pseudonym of a sign-in address, an account's id or a network")
    started_at: Mapped[datetime] = not_personal("when the counting began", index=True)
    count: Mapped[int] = not_personal("tries since then")


class SignIn(AcademyOwned, Model):
    """Who signed in from where: for the person and against misuse, apart from any page they saw."""

    __tablename__ = "sign_in"
    __title__ = "Sign-ins"
    __processing__ = processing(Purpose.SECURE, Basis.LEGITIMATE_INTEREST, retain=months(1), after="at", interest="to notice and show misuse of an account")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("holder", on_erase=OnErase.DELETE)
    network: Mapped[str] = personal(Category.DEVICE_IP, never_share=True)
    device: Mapped[str] = personal(Category.DEVICE_AGENT)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
