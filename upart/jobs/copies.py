# SPDX-License-Identifier: MIT
"""A copied installation must not act: what writes to people or calls others asks here first.

The database and `upart.toml` hold one `instance_id`; a dump that was loaded beside other settings finds
another one. `upart.toml` also says where its folder lies (`place`); a folder that was copied lies elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from upart.config import Config
from upart.db import everywhere
from upart.hooks.models import Installation
from upart.jobs.actions import NotNow, wake

CONFIG = "upart_config"
IS_COPY = "this installation is a copy"
REMEDY = "If it is the one that shall write to people, run: upart db adopt"


class Copied(NotNow):
    """This installation is a copy: it must not write to people, call others or take money until somebody says so."""

    def __init__(self, why: str) -> None:
        super().__init__(IS_COPY, wait=timedelta(hours=1), remedy=f"{why} {REMEDY}")


def require_original() -> None:
    """Raise Copied unless this installation is the one that its database and folder belong to."""
    if why := why_copied():
        raise Copied(why)


def why_copied() -> str:
    """Why this installation is taken for a copy, in words; empty when it is none. One read."""
    config: Config = current_app.extensions[CONFIG]
    if config.place and Path(config.place) != config.instance.resolve():
        return f"Its folder was made at {config.place} and now lies at {config.instance}."
    belongs = belongs_to()
    if belongs in ("", config.instance_id):
        return ""
    return f"Its database belongs to installation {belongs}; upart.toml says {config.instance_id or 'none'}."


def belongs_to() -> str:
    """The `instance_id` of the installation whose database this is; empty when it was never noted."""
    with everywhere("whose database is this?") as opened:
        return opened.scalar(select(Installation.instance_id)) or ""


def adopt(opened: Session, instance_id: str) -> int:
    """Say that the database belongs to this installation; wakes what has waited for that. Returns how many jobs did."""
    row = opened.scalars(select(Installation)).first() or Installation(instance_id=instance_id)
    row.instance_id = instance_id
    opened.add(row)
    return wake(opened, IS_COPY)
