# SPDX-License-Identifier: MIT
"""What must not come back with an old database: signed-in browsers, links that were used since, pages that caches mistake for new ones, mail that has left.

It is done in the transaction (or the file) that is restored, before anybody can see it, by statements that fit each version of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, case, delete, insert, inspect, select, update

from upart import clock
from upart.academies.models import Academy, AcademyKind
from upart.accounts.models import MailToken, TokenPurpose, UserSession
from upart.db import uuid7
from upart.events.models import Event
from upart.hooks.models import Installation
from upart.rights.ledger.models import LedgerPosition

RESTORED = "installation.restored"
LOST, WHOLE = "lost", "whole"
"""How the ledger was: with a lost one the database forgets what it has seen of it, else nobody could start."""

OPENS = (TokenPurpose.RESET, TokenPurpose.OLD_ADDRESS, TokenPurpose.NEW_ADDRESS, TokenPurpose.HAND_OFF, TokenPurpose.SECOND_STEP)
"""One-time links that open an account or change it: one that was used since the backup must not work once more."""


def settle(connection: Connection, ids: Mapping[str, Any]) -> None:
    """End sessions and such links, let epochs rise, hold mail back until `upart db adopt`, and note an event with these ids."""
    tables = set(inspect(connection).get_table_names())
    academy: Any = Academy.__table__
    if UserSession.__tablename__ in tables:
        connection.execute(delete(UserSession.__table__))  # type: ignore[arg-type]
    if MailToken.__tablename__ in tables:
        tokens: Any = MailToken.__table__
        connection.execute(delete(tokens).where(tokens.c.purpose.in_(OPENS)))
    now = int(clock.now().timestamp() * 1000)  # above all that were given, since no academy changes a thousand times a second
    connection.execute(update(academy).values(epoch=case((academy.c.epoch < now, now), else_=academy.c.epoch + 1)))
    if ids.get("ledger") == LOST and LedgerPosition.__tablename__ in tables:
        connection.execute(delete(LedgerPosition.__table__))  # type: ignore[arg-type]
    if Installation.__tablename__ in tables:
        _hold_mail(connection)
    platform = connection.scalar(select(academy.c.id).where(academy.c.kind == AcademyKind.PLATFORM))
    if Event.__tablename__ in tables and platform is not None:
        event: Any = Event.__table__
        connection.execute(insert(event).values(id=uuid7(), academy_id=platform, type=RESTORED, at=clock.now(), data=dict(ids)))


def _hold_mail(connection: Connection) -> None:
    """Messages that waited then have left since: nobody gets them once more, until an operator has decided (`jobs/copies.py`)."""
    table: Any = Installation.__table__
    connection.execute(delete(table))
    connection.execute(insert(table).values(id=uuid7(), instance_id=f"before a restore {uuid7()}"))
