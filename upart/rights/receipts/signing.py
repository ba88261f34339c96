# SPDX-License-Identifier: MIT
"""Sign a statement, so that anybody can check it later without this installation (Ed25519, RFC 8032; keys as RFC 8037 has them)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from upart import clock
from upart.db import session, uuid7
from upart.keys import ring
from upart.rights.receipts.canonical import canonical
from upart.rights.receipts.models import ReceiptKey

PREFIX = b"UPART receipt 1\n"
"""Before every signed statement: a signature of ours for something else never fits one."""

PURPOSE = "receipts"


def sign(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A statement with its kind, the name of the key and the signature over all of that. Needs a write session: the key gets published."""
    private = _private()[0]
    public = text_of(private.public_key().public_bytes_raw())
    whole = {**body, "kind": kind, "key": name_of(public)}
    _publish(whole["key"], public)
    return {**whole, "signature": text_of(private.sign(signed_bytes(whole)))}


def signed_bytes(statement: Mapping[str, Any]) -> bytes:
    """What is signed of a statement: all but the signature itself."""
    return PREFIX + canonical({name: value for name, value in statement.items() if name != "signature"})


def published() -> dict[str, Any]:
    """The public keys that have ever signed here, and those that would: a JWK set (RFC 7517). Needs an open session."""
    rows = session.execute(select(ReceiptKey.name, ReceiptKey.public).order_by(ReceiptKey.since, ReceiptKey.name))
    known = {str.__str__(name): str.__str__(public) for name, public in rows}
    for private in reversed(_private()):
        public = text_of(private.public_key().public_bytes_raw())
        known.setdefault(name_of(public), public)
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": name, "x": public} for name, public in known.items()]}


def name_of(public: str) -> str:
    """The name of a public key: its thumbprint (RFC 7638), so that no name fits another key."""
    return text_of(hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": public})).digest())


def text_of(data: bytes) -> str:
    """Bytes as base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _private() -> list[Ed25519PrivateKey]:
    """One key pair for each key of the ring, the one that signs first."""
    return [Ed25519PrivateKey.from_private_bytes(seed) for seed in ring().seeds(PURPOSE)]


def _publish(name: str, public: str) -> None:
    insert: Any = (sqlite if session().get_bind().dialect.name == "sqlite" else postgresql).insert(ReceiptKey)
    session.execute(insert.values(id=uuid7(), name=name, public=public, since=clock.now()).on_conflict_do_nothing())
