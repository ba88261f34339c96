# SPDX-License-Identifier: MIT
"""What is known about this installation: about each plugin, also when its code is gone; and whose the database is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, OnErase, Purpose
from upart.privacy.words import key, not_personal, processing, subject, until


class PluginState(StrEnum):
    """How a plugin stands; `orphan` has data here but no code."""

    OK = "ok"
    BROKEN = "broken"
    QUARANTINED = "quarantined"
    ORPHAN = "orphan"


class PluginRecord(Model):
    """A plugin as it was last healthy: its declarations with column types, for rights without its code."""

    __tablename__ = "plugin_record"
    __table_args__ = (UniqueConstraint("plugin"),)

    id: Mapped[UUID] = key()
    plugin: Mapped[str] = not_personal("id of a plugin")
    version: Mapped[str] = not_personal("its version when last healthy")
    declarations: Mapped[list[Any]] = not_personal("what its columns hold, not what is in them")
    state: Mapped[PluginState] = not_personal("ok, or quarantined after failures", default=PluginState.OK)
    reason: Mapped[str] = not_personal("why it is quarantined", default="")
    seen_at: Mapped[datetime] = not_personal("when it was last recorded", default=clock.now)


class PrivacyLock(AcademyOwned, Model):
    """What an academy has agreed to of what a plugin declares; what an upgrade adds to that is not used before it agrees again."""

    __tablename__ = "privacy_lock"
    __title__ = "What the academy has agreed to"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=until("the academy closes"))
    __table_args__ = (UniqueConstraint("academy_id", "plugin"),)

    id: Mapped[UUID] = key()
    plugin: Mapped[str] = not_personal("id of a plugin")
    version: Mapped[str] = not_personal("its version then")
    digest: Mapped[str] = not_personal("of the declarations, to compare them quickly")
    declarations: Mapped[dict[str, Any]] = not_personal("what its columns hold and to whom they go, not what is in them")
    agreed_by: Mapped[UUID | None] = subject("actor", on_erase=OnErase.UNLINK, default=None)
    agreed_at: Mapped[datetime] = not_personal("when; says nothing of anybody once whoever agreed is gone", default=clock.now)


class Installation(Model):
    """One row: which installation this database belongs to. Another id in the settings means that somebody copied it."""

    __tablename__ = "installation"

    id: Mapped[UUID] = key()
    instance_id: Mapped[str] = not_personal("random id of the installation, also in upart.toml")
