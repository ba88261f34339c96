# SPDX-License-Identifier: MIT
"""Check a receipt with nothing but the published keys, and say in words what that shows, no more."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from upart.errors import UpartError
from upart.rights.receipts.canonical import NotCanonical, read
from upart.rights.receipts.signing import name_of, signed_bytes, text_of
from upart.rights.scanning.wanted import fold

AGAIN = "Download it again, and do not change it."
KEYS = "Download them again from /.well-known/upart-receipts.json of the academy that gave the receipt."
HALF = "salt"
"""The person's half in their own copy. It is not signed: with it, a receipt that names nobody is shown to be about an address."""


CONSENT = "consent"
"""Kind of the proofs of what somebody has agreed to, refused or taken back."""


class Refused(UpartError):
    """A receipt that shows nothing."""


def commitment(salt: str, text: str) -> str:
    """A digest of an address that only somebody with the salt can make: without it no address can be tried out (HMAC-SHA-256)."""
    return text_of(hmac.digest(salt.encode(), fold(text.strip()).encode(), hashlib.sha256))


def receipt_in(data: bytes) -> tuple[dict[str, Any], str]:
    """A receipt, and the person's half if it is in the file. Raises Refused."""
    try:
        found = read(data)
    except NotCanonical as error:
        raise Refused(f"This file is no receipt: {error.message}", remedy=AGAIN) from None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in ("kind", "key", "signature")):
        raise Refused("This file is no receipt: it does not say of what kind it is, with which key it was signed, or it has no signature.", remedy=AGAIN)
    half = found.pop(HALF, "")
    if not isinstance(half, str):
        raise Refused("The person's half in this file is no text.", remedy=AGAIN)
    return found, half


def keys_in(data: bytes) -> dict[str, str]:
    """Published keys by name. Raises Refused when a key is not the one that its name says."""
    try:
        found = read(data)
        keys = {str(key["kid"]): str(key["x"]) for key in found["keys"] if key.get("crv") == "Ed25519"}
    except (NotCanonical, KeyError, TypeError, AttributeError):
        raise Refused("This file holds no published keys.", remedy=KEYS) from None
    for name, public in keys.items():
        if name_of(public) != name:
            raise Refused(f"A key in it is not the one that its name says: {name}. The key or its name was changed.", remedy=KEYS)
    return keys


def verify(receipt: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    """Raises Refused unless one of these keys has signed exactly this."""
    public = keys.get(receipt["key"])
    if public is None:
        raise Refused(
            f"It says that it was signed with the key {receipt['key']}, which is none of the published ones.",
            remedy=f"Was it changed, or do the keys come from elsewhere? {KEYS}",
        )
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public)).verify(_bytes(receipt["signature"]), signed_bytes(receipt))
    except (InvalidSignature, ValueError):
        raise Refused(
            f"The signature does not fit: something in the receipt, or the signature itself, is not what the key {receipt['key']} has signed.", remedy=AGAIN
        ) from None


def check_about(receipt: Mapping[str, Any], salt: str, address: str) -> None:
    """Raises Refused unless the receipt is about this address, which only the person's half can show."""
    if not hmac.compare_digest(commitment(salt, address), str(receipt.get("subject"))):
        raise Refused(
            "It is not shown to be about this address: the address or the person's half is another one.",
            remedy="Give the address that the academy knew, and the half that came with this receipt.",
        )


def said(receipt: Mapping[str, Any]) -> Iterator[str]:
    """What a receipt of an erasure says, in words."""
    asked = f"request {receipt.get('request')} at the academy {receipt.get('academy')}, received on {receipt.get('received_on')}"
    yield f"It says: {asked}, {receipt.get('state')} on {receipt.get('done_on')}."
    for row in receipt.get("tables", ()):
        until = f", until {row['kept_until']}" if row.get("kept_until") else ""
        why = f" ({row['reason']}{until})" if row.get("kept") else ""
        yield f"  {row.get('plugin')}: {row.get('table')}: {row.get('deleted')} deleted, {row.get('unlinked')} unlinked, {row.get('kept')} kept{why}"
    for one in (*receipt.get("stores", ()), *receipt.get("recipients", ())):
        yield f"  outside: {one.get('name')}: {one.get('state')}"
    for one in receipt.get("residual", ()):
        where = ".".join(filter(None, (one.get("table"), one.get("column"))))
        yield f"  searched afterwards: {one.get('what')} found in {where}, {one.get('count')} times" + (", kept by a law" if one.get("kept") else "")
    yield from (f"  not looked at: {one}" for one in receipt.get("not_seen", ()))


def said_of_consent(record: Mapping[str, Any]) -> Iterator[str]:
    """What the proof of a decision says, in words."""
    yield f"It says: decision {record.get('record_id')} at the academy {record.get('academy')}."
    for one in record.get("purposes", ()):
        channel = f" by {one.get('channel')}" if one.get("channel") else ""
        yield f"  asked for {one.get('purpose')}{channel}, in the words (version {one.get('text_version')}): {one.get('text')}"
    for one in record.get("events", ()):
        yield f"  {one.get('event_state')} at {one.get('event_time')}"


def _bytes(text: str) -> bytes:
    """Raises ValueError also for another spelling of the same bytes."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("no base64url") from error
    if text_of(data) != text:
        raise ValueError("not the one spelling of these bytes")
    return data
