# SPDX-License-Identifier: MIT
"""Secrets and signatures of webhooks (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

from upart.context import context
from upart.keys import ring

PREFIX = "whsec_"
BYTES = 32
"""Bytes of a secret; the standard asks for 24 to 64."""

USE = "webhook secret"


def new_secret() -> str:
    """A random secret, as receivers keep it: `whsec_` and base64."""
    return PREFIX + b64encode(secrets.token_bytes(BYTES)).decode()


def sealed(secret: str) -> bytes:
    """A secret as its column holds it: encrypted."""
    return ring().seal(USE, secret, context.academy.id)


def opened(kept: bytes) -> str:
    """What a column holds, readable. Raises UpartError when the key ring has lost its key."""
    return ring().open(USE, kept, context.academy.id)


def signed(id: str, at: datetime, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """The three headers, with a signature by each secret, newest first."""
    stamp = str(int(at.timestamp()))
    content = f"{id}.{stamp}.".encode() + body
    made = (b64encode(hmac.digest(b64decode(key.removeprefix(PREFIX)), content, "sha256")).decode() for key in keys)
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": " ".join(f"v1,{one}" for one in made)}
