# SPDX-License-Identifier: MIT
"""One decision as a record that others can read: names of fields after ISO/IEC TS 27560, ids of the W3C's vocabulary DPV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Person
from upart.consent.models import Choice, ConsentEvent, PurposeText
from upart.consent.purposes import by_key
from upart.context import context
from upart.db import session, unmasked
from upart.errors import NotHere
from upart.mail.actions import address_of
from upart.privacy.taxonomy import Basis

SCHEMA = "ISO/IEC TS 27560:2023"

STATES = {
    Choice.GIVEN: "dpv:ConsentGiven", Choice.REFUSED: "dpv:ConsentRefused", Choice.WITHDRAWN: "dpv:ConsentWithdrawn", Choice.EXPIRED: "dpv:ConsentExpired",
}  # fmt: skip


@unmasked("give somebody the proof of what they decided")
def record_of(person: Person, event: UUID) -> dict[str, Any]:
    """A decision of this person, without a word about who they are. Raises NotHere for one that is not theirs."""
    row = session.scalars(select(ConsentEvent).where(ConsentEvent.id == event, ConsentEvent.person_id == person.id)).first()
    if row is None:
        raise NotHere
    text = session.scalars(select(PurposeText).where(PurposeText.id == row.text_id)).first() if row.text_id is not None else None
    one = by_key(row.purpose)
    settings = context.academy.settings
    return {
        "schema_version": SCHEMA, "record_id": str(row.id), "academy": context.academy.slug, "privacy_notice": address_of("/privacy"),
        "language": str.__str__(text.language) if text is not None else "",
        "pii_controllers": [{"party_name": settings.get("legal_name") or context.academy.name, "party_contact": settings.get("privacy_contact", "")}],
        "authority_party": settings.get("authority", ""),
        "purposes": [{
            "purpose": str.__str__(row.purpose), "text": str.__str__(text.text) if text is not None else "", "text_version": row.version,
            "service": str(one.purpose) if one is not None else "", "lawful_basis": (one.basis if one is not None else Basis.CONSENT).value,
            "channel": str.__str__(row.channel), "collection_method": str.__str__(row.source), "withdrawal_method": address_of("/privacy/choices"),
        }],
        "privacy_rights": ["eu-gdpr:A7-3", "eu-gdpr:A15", "eu-gdpr:A17", "eu-gdpr:A21", "eu-gdpr:A77"],
        "events": [{"event_time": row.at.isoformat(), "event_type": STATES[row.choice], "event_state": row.choice.value}],
    }  # fmt: skip
