# SPDX-License-Identifier: MIT
"""What an academy says itself in its policy: who is responsible, and paragraphs of its own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from upart.academies.models import AcademySetting
from upart.db import session


def stored(names: Collection[str]) -> dict[str, str]:
    """What stands there now, as it was typed; empty for what nobody has filled in."""
    rows = session.execute(select(AcademySetting.key, AcademySetting.value).where(AcademySetting.key.in_(names)))
    return {**dict.fromkeys(names, ""), **{row.key: row.value for row in rows}}
