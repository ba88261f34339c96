# SPDX-License-Identifier: MIT
"""How drafts and versions plug in."""

from __future__ import annotations

from upart.hooks.records import Invariant
from upart.hooks.specs import hookimpl
from upart.revisions import audit


@hookimpl
def upart_invariants() -> list[Invariant]:
    """Nobody writes on two drafts of one text."""
    return [audit.ONE_DRAFT]
