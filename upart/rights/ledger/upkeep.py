# SPDX-License-Identifier: MIT
"""Once a day: months that no backup reaches back to are dropped, and the database says that it is in use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from flask import current_app
from sqlalchemy import delete

from upart import clock
from upart.config import Config
from upart.db import session
from upart.events.actions import emit
from upart.jobs.copies import CONFIG
from upart.rights.ledger.book import book
from upart.rights.ledger.models import LedgerPosition
from upart.rights.ledger.standing import lost, mark_alive, positions

SPARE = timedelta(days=30)
"""So much longer than the oldest backup the ledger is kept."""


def keep_ledger() -> Callable[[], None]:
    """Task: drop what is older than every backup, outside of a transaction; returns what the database notes of that."""
    config = cast(Config, current_app.extensions[CONFIG])
    until = (clock.now() - timedelta(days=config.backup_days) - SPARE).date()
    if book().has_chains():
        book().chains.drop_before(until)

    def note() -> None:
        mark_alive(session())
        session.execute(delete(LedgerPosition).where(LedgerPosition.chain > "", LedgerPosition.chain < f"{until:%Y-%m}"))

    return note


def accept_loss() -> int:
    """Forget the lines that this database has seen and the ledger does not have; the audit trail says so. Returns how many chains were lost.

    Needs a write session of the platform.
    """
    there = {(line.chain, line.number): line.digest for line in book().verify()}
    chains = lost(there, positions())
    if chains:
        session.execute(delete(LedgerPosition).where(LedgerPosition.chain.in_(chains)))
        emit("rights.ledger_lost", chains=len(chains))
    return len(chains)
