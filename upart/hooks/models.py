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
from upart.db import Model
from upart.privacy.words import key, not_personal


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


class Installation(Model):
    """One row: which installation this database belongs to. Another id in the settings means that somebody copied it."""

    __tablename__ = "installation"

    id: Mapped[UUID] = key()
    instance_id: Mapped[str] = not_personal("random id of the installation, also in upart.toml")
