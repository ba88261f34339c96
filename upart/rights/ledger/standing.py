# SPDX-License-Identifier: MIT
"""Do the ledger and this database belong together, and what of the ledger has the database not seen?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from upart import clock
from upart.db import everywhere
from upart.events.noting import Kind
from upart.rights.ledger.book import Book
from upart.rights.ledger.lines import CHAIN, VOID, LedgerRefused, Line
from upart.rights.ledger.models import ALIVE, LedgerPosition

ACTS = frozenset(kind.value for kind in Kind)


class LedgerLost(LedgerRefused):
    """This database has seen lines that the ledger does not have."""


def positions() -> dict[str, LedgerPosition]:
    """How far the database knows each chain, and when it was last in use (chain `ALIVE`)."""
    with everywhere("how far does the database know the ledger?") as opened:
        found = {row.chain: row for row in opened.scalars(select(LedgerPosition)) if row.chain == ALIVE or CHAIN.fullmatch(row.chain)}
        opened.expunge_all()
        return found


def check(book: Book, lines: Sequence[Line], known: Mapping[str, LedgerPosition]) -> None:
    """Raises LedgerRefused with the remedy when the ledger is not the one that this database was written with, or reaches not far enough back."""
    _check_key(book, known)
    _check_age(book, known)
    there = {(line.chain, line.number): line.digest for line in lines}
    first = book.chains.reaches_back()
    for chain in lost(there, known):
        if chain[:7] >= first:
            raise LedgerLost(
                f"The ledger in {book.where} is older than this database, or lost: line {known[chain].line} of {chain} is missing or another one.",
                remedy="Put the newest ledger there, or correct UPART_LEDGER_URL. If it is lost for good: upart rights ledger --accept-loss",
            )


def lost(there: Mapping[tuple[str, int], str], known: Mapping[str, LedgerPosition]) -> list[str]:
    """The chains of which the database has seen lines that are not there."""
    return [chain for chain, row in known.items() if chain != ALIVE and there.get((chain, row.line)) != row.digest]


def _check_key(book: Book, known: Mapping[str, LedgerPosition]) -> None:
    named = {row.key for chain, row in known.items() if chain != ALIVE}
    if named and book.chains.fingerprint not in named:
        raise LedgerRefused(
            "The key of the pseudonyms is another one than that with which this database was written.",
            remedy="Put the former key back: UPART_PSEUDONYM_KEY, or the file pseudonym-key in the instance folder.",
        )


def _check_age(book: Book, known: Mapping[str, LedgerPosition]) -> None:
    first, alive = book.chains.reaches_back(), known.get(ALIVE)
    if first and alive is not None and f"{alive.at:%Y-%m}" < first:
        raise LedgerRefused(
            f"This database was last in use in {alive.at:%Y-%m}; the ledger reaches back to {first} only, so it cannot be said who was erased in between.",
            remedy="Restore a newer backup. Backups older than UPART_BACKUP_DAYS must not be used any more.",
        )


def unseen(lines: Sequence[Line], known: Mapping[str, LedgerPosition], since: datetime | None = None) -> list[Line]:
    """The acts that this database has not seen, oldest first; those that were not done after all are left out. `since`: not those before."""
    voided = {line.id for line in lines if line.kind == VOID}
    newer = [line for line in lines if line.kind in ACTS and line.number > (known[line.chain].line if line.chain in known else 0)]
    return sorted(
        (line for line in newer if f"{line.chain}:{line.number}" not in voided and (since is None or line.at >= since)),
        key=lambda line: (line.at, line.chain, line.number),
    )


def mark_alive(opened: Session) -> None:
    """This database is in use today."""
    row = opened.scalars(select(LedgerPosition).where(LedgerPosition.chain == ALIVE)).first() or LedgerPosition(chain=ALIVE)
    row.at = clock.now()
    opened.add(row)
