# SPDX-License-Identifier: MIT
"""What an academy says itself in its policy: who is responsible, and paragraphs of its own. Two who write at once lose nothing of each other's."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import select

from upart.academies.actions import alone, change_settings
from upart.academies.models import AcademySetting
from upart.context import context
from upart.db import session


def stored(names: Collection[str]) -> dict[str, str]:
    """What stands there now, as it was typed; empty for what nobody has filled in."""
    rows = session.execute(select(AcademySetting.key, AcademySetting.value).where(AcademySetting.key.in_(names)))
    return {**dict.fromkeys(names, ""), **{row.key: row.value for row in rows}}


def marks(words: Mapping[str, str]) -> str:
    """What a form was opened with, short enough to travel in it: a digest for each field."""
    return " ".join(f"{name}:{_digest(text)}" for name, text in words.items())


def keep(sent: Mapping[str, str], opened: str) -> dict[str, str]:
    """Keep what somebody has changed since they opened the form; fields that were not sent, or not touched, stay as they are.

    Needs a write session. What somebody else has changed meanwhile as well is given back, by field, and then nothing is kept.
    """
    alone(session(), context.academy.id)
    now, before = stored(sent), dict(mark.split(":", 1) for mark in opened.split() if ":" in mark)
    mine = {name: text for name, text in sent.items() if before.get(name) != _digest(text)}
    lost = {name: now[name] for name, text in mine.items() if name in before and _digest(now[name]) not in (before[name], _digest(text))}
    if not lost:
        change_settings(mine)
    return lost


def _digest(text: str) -> str:
    """Of a text as it is read: browsers send other ends of lines than they were given."""
    return hashlib.sha256("\n".join(text.strip().splitlines()).encode()).hexdigest()[:16]
