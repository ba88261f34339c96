# SPDX-License-Identifier: MIT
"""Acts that must survive the restore of an older database: whoever does one notes it here, and the ledger keeps it.

The act is noted inside the writing door that carries it out. Before the door commits, its line is safe in the ledger
(`rights/ledger`); if it cannot be written there, nothing of the door is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from upart.context import context
from upart.db import session

NOTED = "upart_acts"
ENDED = "upart_acts_ended"
"""Where a session keeps what was noted in it, and which acts have come to their end."""


class Kind(StrEnum):
    """What the ledger keeps: erasure, withdrawal of consent, refusal of consent, objection, restriction and its end, taking back
    what was public, addresses that get no mail any more; of whole academies that they close, and that they go on after all."""

    ERASURE = "erasure"
    WITHDRAWAL = "withdrawal"
    REFUSAL = "refusal"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    LIFTING = "lifting"
    UNPUBLISHING = "unpublishing"
    SUPPRESSION = "suppression"
    CLOSING = "closing"
    GOING_ON = "going_on"


@dataclass(frozen=True, slots=True)
class Noted:
    """An act of the current academy. `person_id`, `row_id` and `addresses` reach the ledger as keyed digests only; `what` are words of ours."""

    kind: Kind
    academy_id: UUID
    person_id: UUID | None = None
    addresses: tuple[str, ...] = ()
    row_id: UUID | None = None
    reference: UUID | None = None
    what: Mapping[str, str] = field(default_factory=dict)


def note(
    kind: Kind, person_id: UUID | None = None, *, addresses: tuple[str, ...] = (), row_id: UUID | None = None, reference: UUID | None = None, **what: str
) -> None:  # fmt: skip
    """Let the ledger keep an act of this door. Needs a write session.

    `row_id`: the row that it is about, if it is about one only. `reference`: id of the row by which `note_end` says later that
    all of it is done. `what`: what a replay needs to know, in words of ours, never a name or an address.
    """
    session().info.setdefault(NOTED, []).append(Noted(kind, context.academy.id, person_id, addresses, row_id, reference, what))


def note_end(reference: UUID) -> None:
    """Say that all of an act that takes several transactions is done, with the commit of this one."""
    session().info.setdefault(ENDED, []).append((context.academy.id, reference))
