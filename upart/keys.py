# SPDX-License-Identifier: MIT
"""The one key ring: every signature, encryption and keyed digest derives its key from it, by purpose and academy.

The first key signs and seals, all verify and open; to rotate, put a new one in front and drop the
old one when the longest-lived value is gone.
"""

from __future__ import annotations

import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from upart.config import Config
from upart.context import context
from upart.errors import UpartError

RING = "upart_keys"
NONCE = 12
"""Bytes of an AES-GCM nonce (NIST SP 800-38D, 5.2.1.1)."""


class KeyRing:
    """Keys of one installation, newest first."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self.keys = keys
        self._derive = lru_cache(4096)(self._derived)

    def _derived(self, key: bytes, purpose: str, academy: UUID | None) -> bytes:
        return hmac.digest(key, f"{purpose}\0{academy or ''}".encode(), "sha256")

    def digest(self, purpose: str, value: str, academy: UUID | None = None) -> str:
        """A keyed digest of a value, hex, under the newest key (HMAC-SHA-256, RFC 2104)."""
        return hmac.digest(self._derive(self.keys[0], purpose, academy), value.encode(), "sha256").hex()

    def digests(self, purpose: str, value: str, academy: UUID | None = None) -> list[str]:
        """The digests of a value under every key, newest first: to find what an older key has stored."""
        return [hmac.digest(self._derive(key, purpose, academy), value.encode(), "sha256").hex() for key in self.keys]

    def pseudonym(self, value: str, academy: UUID | None = None) -> str:
        """What a `found_by` column holds: a keyed digest of an address or id, another one in each academy (GDPR art. 4(5))."""
        return self.digest("found by", value.strip().casefold(), academy)

    def pseudonyms(self, value: str, academy: UUID | None = None) -> list[str]:
        """The pseudonyms of a value under every key, newest first."""
        return self.digests("found by", value.strip().casefold(), academy)

    def seeds(self, purpose: str) -> list[bytes]:
        """32 bytes from each key, newest first: what a key pair for this purpose is made from."""
        return [self._derive(key, purpose, None) for key in self.keys]

    def sign(self, purpose: str, value: str, academy: UUID | None = None) -> str:
        """`value.signature`: readable by everybody, changed by nobody."""
        return f"{value}.{self.digest(purpose, value, academy)}"

    def signed(self, purpose: str, text: str, academy: UUID | None = None) -> str | None:
        """The value of a signed text, or None when no key made that signature."""
        value, _, signature = text.rpartition(".")
        fits = [hmac.compare_digest(one, signature) for one in self.digests(purpose, value, academy)] if signature.isascii() else []
        return value if any(fits) else None

    def seal(self, purpose: str, value: str, academy: UUID | None = None) -> bytes:
        """Encrypt (AES-256-GCM): nonce, then ciphertext with tag."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._derive(self.keys[0], purpose, academy)).encrypt(nonce, value.encode(), None)

    def open(self, purpose: str, sealed: bytes, academy: UUID | None = None) -> str:
        """Decrypt with whichever key fits. Raises UpartError when none does."""
        for key in self.keys:
            try:
                return AESGCM(self._derive(key, purpose, academy)).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()
            except InvalidTag:
                continue
        raise UpartError("An encrypted value cannot be read with the keys of this installation.", remedy="Add the former key at the end of UPART_SECRET_KEYS.")


def init_app(app: Flask, config: Config) -> None:
    """Give an application its key ring: from the settings, else from `keys` in the instance folder."""
    app.extensions[RING] = KeyRing(config.secret_keys or (kept_key(config.instance / "keys"),))


def ring() -> KeyRing:
    """The running application's key ring."""
    return cast(KeyRing, current_app.extensions[RING])


def pseudonym(value: str) -> str:
    """The pseudonym of an address or id in the current academy: what a `found_by` column holds, and is found by."""
    return ring().pseudonym(value, context.academy.id)


def kept_key(path: Path) -> bytes:
    """The key in the instance folder; made once, readable by its owner alone. Raises OSError, and leaves nothing half, where it cannot be written."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError:
        path.unlink(missing_ok=True)
        raise
    for _ in range(100):
        if key := path.read_bytes().strip():
            return key
    raise UpartError(f"{path} is empty.", remedy="Put the key back from a backup, or delete the file if this installation is new.")


def new_token() -> str:
    """A random token of 256 bits, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str, academy: UUID) -> str:
    """What is stored of a random token: its keyed digest at this academy. With the key that made it the token ends too."""
    return ring().digest("token", token, academy)


def fingerprints(token: str, academy: UUID) -> list[str]:
    """All digests under which a token may stand, newest key first: `MailToken.digest.in_(fingerprints(token, academy.id))`."""
    return ring().digests("token", token, academy)
