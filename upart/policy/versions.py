# SPDX-License-Identifier: MIT
"""Published policies and the one that would be published now: where they differ, people see both and staff decide."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Row, func, select

from upart.context import CurrentAcademy
from upart.db import session
from upart.hooks.plugged import plugged
from upart.policy.comparing import Change, changes
from upart.policy.compiling import compiled
from upart.policy.document import Document, restored
from upart.policy.facts import Facts, digest_of, facts
from upart.policy.missing import Missing, missing
from upart.policy.models import PolicyVersion
from upart.theming.locales import ENGLISH, languages

MOST = 2**31
"""Numbers of versions are below; the databases know no larger ones."""

KEPT = 200
"""Academies whose facts are kept in memory."""


def newest() -> PolicyVersion | None:
    """The policy that this academy has published last."""
    return session.scalars(select(PolicyVersion).order_by(PolicyVersion.number.desc()).limit(1)).first()


def newest_number() -> int:
    """Of the policy that was published last; 0 without one."""
    return session.scalar(select(func.max(PolicyVersion.number))) or 0


def numbered(number: int) -> PolicyVersion | None:
    """A published policy, or None."""
    return session.scalars(select(PolicyVersion).where(PolicyVersion.number == number)).first() if 0 < number < MOST else None


def everything() -> Sequence[Row[tuple[int, datetime, bool, UUID | None, Any]]]:
    """Number, day, weight, publisher and differences of all, the newest first."""
    columns = (PolicyVersion.number, PolicyVersion.published_at, PolicyVersion.material, PolicyVersion.publisher_id, PolicyVersion.found)
    return session.execute(select(*columns).order_by(PolicyVersion.number.desc())).all()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a policy stands: the published version (None: none yet), what is so now, and what is different since."""

    version: PolicyVersion | None
    facts: Facts
    digest: str
    changes: list[Change]
    missing: list[Missing]

    @property
    def material(self) -> bool:
        """Is something different that people would want to know?"""
        return self.version is not None and any(change.material for change in self.changes)

    @property
    def number(self) -> int:
        """Of the version that would be published next."""
        return self.version.number + 1 if self.version is not None else 1


def standing(academy: CurrentAcademy, *, kept: bool = False) -> Standing:
    """How the policy of the current academy stands. `kept`: facts of the same epoch and register will do."""
    version = newest()
    made = _kept_facts(academy) if kept else facts(academy)
    different = changes(version.facts, made) if version is not None else []
    return Standing(version, made, digest_of(made), different, missing(academy, made))


def document_of(version: PolicyVersion, language: str) -> Document:
    """A published policy in this language; in English where it was not published in it."""
    return restored(version.documents.get(language) or version.documents[ENGLISH])


def draft(academy: CurrentAcademy, made: Facts, language: str) -> Document:
    """What these facts would be in words."""
    return compiled(academy, made, language if language in languages() else ENGLISH)


_facts: OrderedDict[tuple[int, UUID], tuple[int, object, Facts]] = OrderedDict()
_lock = Lock()


def _kept_facts(academy: CurrentAcademy) -> Facts:
    """Facts by academy, as of one epoch and one register: a change that visitors could see raises the epoch."""
    key, register = (id(current_app._get_current_object()), academy.id), plugged().register  # type: ignore[attr-defined]
    found = _facts.get(key)
    if found is not None and found[0] == academy.epoch and found[1] is register:
        return found[2]
    made = facts(academy)
    with _lock:
        _facts[key] = (academy.epoch, register, made)
        while len(_facts) > KEPT:
            _facts.popitem(last=False)
    return made
