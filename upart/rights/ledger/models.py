# SPDX-License-Identifier: MIT
"""How far this database knows the ledger: a database that was put back knows less than there is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import Model
from upart.privacy.words import key, not_personal

ALIVE = ""
"""Chain of the row that says when this database was last in use."""


class LedgerPosition(Model):
    """One row for each chain of the ledger: the last line whose act is in this database, changed with the act in one commit."""

    __tablename__ = "ledger_position"
    __table_args__ = (UniqueConstraint("chain"),)

    id: Mapped[UUID] = key()
    chain: Mapped[str] = not_personal("name of a chain: a month and a random number")
    line: Mapped[int] = not_personal("number of a line", default=0)
    digest: Mapped[str] = not_personal("digest of that line, in which nobody is named", default="")
    key: Mapped[str] = not_personal("fingerprint of the key of the pseudonyms, not the key", default="")
    at: Mapped[datetime] = not_personal("when the row was changed", default=clock.now)
