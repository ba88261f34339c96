# SPDX-License-Identifier: MIT
"""What can be done with academies. Callers open the door and commit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from upart.academies.models import Academy, AcademyKind, AcademyPlugin, AcademySetting
from upart.academies.settings import check_setting
from upart.context import context
from upart.db import session as current
from upart.errors import UpartError
from upart.hooks import locks
from upart.jobs.actions import IS_OFF, NOT_AGREED, wake
from upart.revisions.actions import write_through

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
RESERVED = {"www", "api", "admin", "mail", "static", "app"}


def create_academy(
    session: Session,
    slug: str,
    name: str,
    *,
    kind: AcademyKind = AcademyKind.ACADEMY,
    settings: Mapping[str, str] | None = None,
    reserved: Collection[str] = (),
) -> Academy:
    """Make an academy; needs an `everywhere` session that writes. Raises UpartError for a bad or taken slug."""
    if not SLUG.fullmatch(slug) or slug in RESERVED or slug in reserved:
        raise UpartError(f"'{slug}' cannot be an academy's address.", remedy="Use 1 to 40 lower case letters, digits and hyphens; some words are reserved.")
    if session.scalar(select(Academy.id).where(Academy.slug == slug)):
        raise UpartError(f"There is already an academy '{slug}'.", remedy="Choose another address.")
    academy = Academy(slug=slug, name=name.strip(), kind=kind)
    session.add(academy)
    session.flush()
    for key, value in (settings or {}).items():
        session.add(AcademySetting(academy_id=academy.id, key=key, value=check_setting(key, value)))
    if platform := session.scalar(select(Academy.id).where(Academy.kind == AcademyKind.PLATFORM)):
        raise_epoch(session, platform)  # its landing page may name the new one
    return academy


def alone(session: Session, academy_id: UUID) -> None:
    """Until the end of this transaction nobody else decides about this academy: its settings, plugins, policy. Others wait; reading goes on."""
    session.execute(select(Academy.id).where(Academy.id == academy_id).with_for_update(key_share=True))


def change_settings(values: Mapping[str, str], *, goes_on: bool = False) -> bool:
    """Set these settings of the current academy; needs a write session. Raises BadSetting. False when nothing is different.

    `goes_on`: a script saves what somebody is writing; that is one version.
    """
    alone(current(), context.academy.id)
    rows = {row.key: row for row in current().scalars(select(AcademySetting).where(AcademySetting.key.in_(values)))}
    changed = {key: check_setting(key, value) for key, value in values.items() if value != (rows[key].value if key in rows else "")}
    for key, value in changed.items():
        row = rows.get(key) or AcademySetting(key=key, value="")
        current().add(row)
        write_through(row, {"value": value}, goes_on=goes_on)
    if changed and context.academy.is_platform:  # all policies name whoever runs the portal
        current().execute(update(Academy).values(epoch=Academy.epoch + 1).execution_options(synchronize_session=False))
    elif changed:
        renew_pages()
    return bool(changed)


def every_academy(session: Session) -> list[UUID]:
    """The ids of all academies, the platform's first. Needs a session over all."""
    return list(session.scalars(select(Academy.id).order_by(Academy.kind != AcademyKind.PLATFORM, Academy.id)))


def enable_plugin(session: Session, academy_id: UUID, plugin: str, by: UUID | None = None) -> bool:
    """Switch a plugin on for an academy, which agrees to what it declares; its work that has waited goes on. False if it was on already."""
    alone(session, academy_id)
    wake(session, IS_OFF, academy_id)
    accept_declarations(session, academy_id, plugin, by)
    if session.scalar(select(AcademyPlugin.id).where(AcademyPlugin.academy_id == academy_id, AcademyPlugin.plugin == plugin)):
        return False
    session.add(AcademyPlugin(academy_id=academy_id, plugin=plugin))
    raise_epoch(session, academy_id)
    return True


def disable_plugin(session: Session, academy_id: UUID, plugin: str) -> bool:
    """Switch a plugin off; its data stay. False if it was off already."""
    gone = session.execute(delete(AcademyPlugin).where(AcademyPlugin.academy_id == academy_id, AcademyPlugin.plugin == plugin))
    raise_epoch(session, academy_id)
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def set_setting(session: Session, academy_id: UUID, key: str, value: str) -> None:
    """Change a setting of an academy. Raises BadSetting for an unknown key or a value that cannot be used."""
    row = session.scalar(select(AcademySetting).where(AcademySetting.academy_id == academy_id, AcademySetting.key == key))
    if row is None:
        session.add(AcademySetting(academy_id=academy_id, key=key, value=check_setting(key, value)))
    else:
        row.value = check_setting(key, value)
    raise_epoch(session, academy_id)


def accept_declarations(session: Session, academy_id: UUID, plugin: str, by: UUID | None = None) -> bool:
    """The academy agrees to what a plugin declares now, so that all of it is used. False if it had agreed to the same."""
    alone(session, academy_id)
    changed = locks.agree(session, academy_id, plugin, by)
    if changed:
        wake(session, NOT_AGREED, academy_id)
        raise_epoch(session, academy_id)
    return changed


def raise_epoch(session: Session, academy_id: UUID) -> None:
    """Tell all caches of all processes that visitors may see something new; in the transaction of the change."""
    session.execute(update(Academy).where(Academy.id == academy_id).values(epoch=Academy.epoch + 1).execution_options(synchronize_session=False))


def renew_pages() -> None:
    """What visitors of this academy may see has changed: no cache serves the old pages after the current transaction has committed."""
    raise_epoch(current(), context.academy.id)
