# SPDX-License-Identifier: MIT
"""The proof of a request, and the public keys with which receipts were ever signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Purpose
from upart.privacy.words import key, months, not_personal, processing, ref, sealed

KEEPS = 120
"""Days for which what is searched for is kept when an erasure does not come to its end: longer than the longest time to answer."""


class RightsProof(AcademyOwned, Model):
    """What proves an erasure: what was found after it, and the receipt. While it runs, also what is searched for, encrypted."""

    __tablename__ = "rights_proof"
    __title__ = "Proofs of erasures"
    __table_args__ = (UniqueConstraint("academy_id", "request_id"),)
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="made_at")

    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("rights_request", leads=False)
    wanted: Mapped[bytes | None] = sealed("what an erasure has to be searched for, and the person's half; goes when it is done", days=KEEPS, default=None)
    digest: Mapped[str] = not_personal("digest of the person's half, a random text which this installation forgets")
    commitment: Mapped[str] = not_personal("digest of an address with that random text, which nobody can guess it from", default="")
    found: Mapped[list[Any]] = not_personal("places and numbers: where something of somebody was found, never what", default=list)
    not_seen: Mapped[list[Any]] = not_personal("what could not be looked at", default=list)
    scanned_at: Mapped[datetime | None] = not_personal("when it was searched", default=None)
    receipt: Mapped[dict[str, Any]] = not_personal("the signed receipt: numbers, places and dates; it names nobody", default=dict)
    made_at: Mapped[datetime] = not_personal("when the erasure was asked for", index=True, default=clock.now)


class ReceiptKey(Model):
    """A public key with which receipts were signed. It stays published: receipts outlive the keys that sign new ones."""

    __tablename__ = "receipt_key"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[UUID] = key()
    name: Mapped[str] = not_personal("thumbprint of the key")
    public: Mapped[str] = not_personal("the public key of an installation")
    since: Mapped[datetime] = not_personal("when it signed first", default=clock.now)
