# SPDX-License-Identifier: MIT
"""What a backup knows of the ledger, and whether the ledger at hand knows as much: without that nobody could say who was erased since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from upart.rights.ledger.book import book, is_behind
from upart.rights.ledger.book import head as head_of
from upart.rights.ledger.lines import LedgerRefused, Place

ACCEPT = "If it is lost for good: --accept-lost-ledger; then whoever was erased or restricted since that backup must be erased or restricted again by hand."


def head() -> dict[str, Any] | None:
    """Where the ledger ends now, and the fingerprint of its key; None while nothing stands in it. Raises LedgerRefused for one that is not whole."""
    if not book().has_chains():
        return None
    found = head_of()
    return {"key": found.key, "places": [[place.chain, place.number, place.digest] for place in found.places]}


def refuse_older(known: dict[str, Any] | None, made_at: datetime) -> None:
    """Raise LedgerRefused unless the ledger at hand holds all that a backup has seen of it, and reaches back to its day."""
    mine = book()
    if known and mine.chains.fingerprint != known["key"]:
        raise LedgerRefused(
            "The key of the pseudonyms is another one than that of the backup.",
            remedy=f"Put the former key back: UPART_PSEUDONYM_KEY, or pseudonym-key. {ACCEPT}",
        )
    if known and is_behind(Place(*place) for place in known["places"]):
        raise LedgerRefused(
            f"The ledger in {mine.where} is older than the backup, or lost.", remedy=f"Put the newest ledger there, or correct UPART_LEDGER_URL. {ACCEPT}"
        )
    first = mine.chains.reaches_back() if mine.has_chains() else ""
    if f"{made_at:%Y-%m}" < first:
        raise LedgerRefused(
            f"The backup is of {made_at:%Y-%m}; the ledger reaches back to {first} only, so it cannot be said who was erased in between.",
            remedy=f"Use a newer backup. {ACCEPT}",
        )
