# SPDX-License-Identifier: MIT
"""`privacy.lock`: what each academy has agreed to of each plugin's declarations, and what an upgrade has added to that.

Something new is not used until the academy agrees: `disclose` gives nothing to the recipient, the cookie is not set, the purpose
not offered, the column stays empty. Which that is comes with the academy (`CurrentAcademy.held_back`), so it is as new as its epoch.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from upart import clock
from upart.context import context
from upart.hooks.loaded import Plugin
from upart.hooks.models import PrivacyLock
from upart.hooks.plugged import plugged
from upart.privacy.changes import Change, Declared, changes


def is_held_back(kind: str, *names: str) -> bool:
    """Has an upgrade added this, and nobody of the current academy agreed? `is_held_back("cookie", "quiz_level")`."""
    academy = context.academy_or_none
    return academy is not None and ":".join((kind, *names)) in academy.held_back


def lock_of(session: Session, academy_id: UUID, plugin: str) -> PrivacyLock | None:
    """What an academy has agreed to; None for a plugin that was never on there."""
    return session.scalar(select(PrivacyLock).where(PrivacyLock.academy_id == academy_id, PrivacyLock.plugin == plugin))


def difference(lock: PrivacyLock | None, plugin: Plugin) -> list[Change]:
    """What a plugin declares now and did not when the academy agreed; all of it where it never did."""
    agreed: Declared = lock.declarations if lock is not None else {}
    return changes(agreed, plugin.declares)


def held_back(session: Session, academy_id: UUID, enabled: Collection[str]) -> frozenset[str]:
    """The names of all that is not used at an academy before it agrees. Nothing for a plugin that was on before there were locks."""
    names: set[str] = set()
    for plugin, digest in session.execute(select(PrivacyLock.plugin, PrivacyLock.digest).where(PrivacyLock.academy_id == academy_id)).all():
        known = plugged().get(plugin)
        if plugin in enabled and known is not None and known.healthy and digest != known.digest:
            lock = lock_of(session, academy_id, plugin)
            names |= {name for change in difference(lock, known) for name in change.holds}
    return frozenset(names)


def agree(session: Session, academy_id: UUID, plugin: str, by: UUID | None = None) -> bool:
    """The academy agrees to what a plugin declares now. False if it had agreed to the same, or nobody knows what the plugin declares."""
    known = plugged().get(plugin)
    lock = lock_of(session, academy_id, plugin)
    if known is None or known.manifest is None or (lock is not None and lock.digest == known.digest):
        return False
    said = {"version": known.version, "digest": known.digest, "declarations": dict(known.declares), "agreed_by": by, "agreed_at": clock.now()}
    if lock is None:
        session.add(PrivacyLock(academy_id=academy_id, plugin=plugin, **said))
    for name, value in said.items() if lock is not None else ():
        setattr(lock, name, value)
    return True


def begin(session: Session, enabled: Collection[tuple[UUID, str]]) -> None:
    """Plugins that were on at academies before there were locks: what they declare now counts as agreed to. Needs a session over all."""
    known = {tuple(row) for row in session.execute(select(PrivacyLock.academy_id, PrivacyLock.plugin))}
    for academy_id, plugin in enabled:
        if (academy_id, plugin) not in known:
            agree(session, academy_id, plugin)
