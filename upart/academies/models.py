# SPDX-License-Identifier: MIT
"""Academies, their hosts, settings and enabled plugins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.words import key, not_personal, ref


class AcademyKind(StrEnum):
    """The platform is academy number one; there is exactly one."""

    PLATFORM = "platform"
    ACADEMY = "academy"


class HostState(StrEnum):
    """Of an academy's own domain. Only `active` answers."""

    PENDING = "pending"
    VERIFIED = "verified"
    ACTIVE = "active"
    LAPSED = "lapsed"
    FAILED = "failed"


class Ending(StrEnum):
    """How far an academy has come that is closed; without a value it goes on.

    `announced`: everybody was told the day, and it can be taken back until then. `leaving`: its people are being erased.
    `emptying`: nobody is left, no host answers, and its own rows go. `closed`: only what a law keeps is left.
    """

    ANNOUNCED = "announced"
    LEAVING = "leaving"
    EMPTYING = "emptying"
    CLOSED = "closed"


class Academy(Model):
    """An academy: a portal of its own with a host, a look, plugins and people."""

    __tablename__ = "academy"
    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[UUID] = key()
    slug: Mapped[str] = not_personal("part of the academy's public address")
    name: Mapped[str] = not_personal("name of an institution")
    kind: Mapped[AcademyKind] = not_personal("platform or academy", default=AcademyKind.ACADEMY)
    epoch: Mapped[int] = not_personal("counts changes that visitors could see; part of every cache key", default=1)
    created_at: Mapped[datetime] = not_personal("when the academy was made", default=clock.now)
    custody_at: Mapped[datetime | None] = not_personal("since when nobody owns it, so that it is paused and in the platform's custody", default=None)
    ending: Mapped[Ending | None] = not_personal("how far its closing has come", default=None)
    closes_at: Mapped[datetime | None] = not_personal("when its people are erased, and what it holds", default=None)
    went: Mapped[dict[str, Any]] = not_personal("how many rows of each table have gone since it closes", default=dict)


class AcademyHost(Model):
    """An own domain of an academy."""

    __tablename__ = "academy_host"
    __table_args__ = (UniqueConstraint("host"),)

    id: Mapped[UUID] = key()
    academy_id: Mapped[UUID] = ref("academy")
    host: Mapped[str] = not_personal("a domain name, folded")
    state: Mapped[HostState] = not_personal("may it answer?", default=HostState.PENDING)
    is_primary: Mapped[bool] = not_personal("links in mails use it", default=False)


class AcademyPlugin(AcademyOwned, Model):
    """A plugin that an academy has enabled."""

    __tablename__ = "academy_plugin"
    __table_args__ = (UniqueConstraint("academy_id", "plugin"),)

    id: Mapped[UUID] = key()
    plugin: Mapped[str] = not_personal("id of a plugin")
    enabled_at: Mapped[datetime] = not_personal("when it was switched on", default=clock.now)


class AcademySetting(AcademyOwned, Model):
    """One setting of an academy, by key; `settings.py` lists them."""

    __tablename__ = "academy_setting"
    __table_args__ = (UniqueConstraint("academy_id", "key"),)
    __revised__ = ("value",)

    id: Mapped[UUID] = key()
    key: Mapped[str] = not_personal("name of a setting")
    value: Mapped[str] = not_personal("value of a setting that the academy publishes")


class Role(AcademyOwned, Model):
    """What a role may do at this academy, where it differs from what core and plugins propose."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("academy_id", "name"),)

    id: Mapped[UUID] = key()
    name: Mapped[str] = not_personal("name of a role")
    permissions: Mapped[list[str]] = not_personal("names of permissions")
