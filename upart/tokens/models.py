# SPDX-License-Identifier: MIT
"""Tokens with which programs act for somebody, front ends on other origins, and answers that are given once more."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Origin, Purpose
from upart.privacy.words import days, key, not_personal, personal, processing, ref, sealed, subject


class TokenKind(StrEnum):
    """`personal`: made by a person for a program. Of a front end where they signed in: `code`, `access`, `refresh` (RFC 6749, 1.3 to 1.5)."""

    PERSONAL = "personal"
    ACCESS = "access"
    REFRESH = "refresh"
    CODE = "code"


class FrontEnd(AcademyOwned, Model):
    """Pages of the academy that live at another address and read it by its API: where they are, and what they may ask people for."""

    __tablename__ = "api_front_end"
    __table_args__ = (UniqueConstraint("academy_id", "public_key"),)

    id: Mapped[UUID] = key()
    name: Mapped[str] = not_personal("what the academy calls a front end")
    public_key: Mapped[str] = not_personal("names the front end to everybody; opens nothing that visitors do not see")
    origins: Mapped[list[str]] = not_personal("origins of a front end, https://name:port")
    redirects: Mapped[list[str]] = not_personal("addresses to which people come back after they have allowed it")
    scopes: Mapped[list[str]] = not_personal("what the front end may ask people for")
    created_at: Mapped[datetime] = not_personal("when it was registered", default=clock.now)


class ApiToken(AcademyOwned, Model):
    """What a program shows instead of a password, kept as a digest. Those of a front end share the `family` of its sign-in."""

    __tablename__ = "api_token"
    __title__ = "Programs that may act for you"
    __table_args__ = (UniqueConstraint("academy_id", "digest"),)
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=days(1), after="ends_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("holder", on_erase=OnErase.DELETE)
    kind: Mapped[TokenKind] = not_personal("personal, access, refresh or code")
    name: Mapped[str] = personal(Category.PREF_SETTINGS, needed=Needed.OPTIONAL, default="")
    front_end_id: Mapped[UUID | None] = ref("api_front_end", leads=False, default=None)
    family: Mapped[UUID | None] = not_personal("random; one per sign-in", index=True, default=None)
    digest: Mapped[str] = personal(Category.AUTH_SECRET, origin=Origin.DERIVED, secret=True)
    scopes: Mapped[list[str]] = not_personal("what the program may do", default=list)
    redirect: Mapped[str] = not_personal("address of a front end", default="")
    challenge: Mapped[str] = not_personal("digest of a random value that a front end made up", default="")
    used_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    seen_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
    ends_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True)


class ApiAnswer(AcademyOwned, Model):
    """A request that its sender may repeat without its being done twice; until it is done it has no status."""

    __tablename__ = "api_answer"
    __title__ = "Requests of programs that may be repeated"
    __table_args__ = (UniqueConstraint("academy_id", "digest"),)
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=days(1), after="at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("sender", on_erase=OnErase.DELETE)
    digest: Mapped[str] = not_personal("keyed digest of a random key that the sender made up")
    request: Mapped[str] = personal(Category.USAGE_ACTIVITY, origin=Origin.DERIVED, secret=True)
    claim: Mapped[UUID] = not_personal("random; which try is at it")
    status: Mapped[int | None] = not_personal("HTTP status of the answer, once there is one", default=None)
    location: Mapped[str] = not_personal("address of what came about, made of ids", default="")
    answer: Mapped[bytes | None] = sealed("the answer, encrypted, to be given once more", days=1, type_=LargeBinary(), default=None)
    epoch: Mapped[int] = not_personal("the academy's epoch when it was done", default=0)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
