# SPDX-License-Identifier: MIT
"""An encrypted backup: chunks under AES-256-GCM, so that one that is cut, changed or moved is refused.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", 2015), as age and Tink use it: the nonce of a chunk is its number and whether it is the last one, so a
chunk opens at its own place only, and a stream without its last chunk never ends. The key is made for one file alone,
from a random salt and the passphrase (scrypt, RFC 7914) or the key file (HKDF, RFC 5869); so a nonce never comes twice.
The header is authenticated with each chunk.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from upart.errors import UpartError

MAGIC = b"upart sealed backup 1\n"
CHUNK = 64 * 1024
TAG = 16
HEADER_BYTES = 1024
SCRYPT = {"n": 2**17, "r": 8, "p": 1}
"""Cost of one guess at a passphrase: 128 MiB and about half a second (OWASP, Password Storage Cheat Sheet)."""

MOST_MEMORY = 512 * 1024 * 1024
"""What a header may ask for; more is no header of ours."""

SHORTEST_PASSPHRASE, SHORTEST_KEY = 12, 32


class BadBackup(UpartError):
    """A backup cannot be read: what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What a backup is encrypted with: a passphrase of people, or the bytes of a key file."""

    how: str
    value: bytes

    def key(self, salt: bytes, cost: dict[str, int]) -> bytes:
        """The key of one file."""
        if self.how == "scrypt":
            return hashlib.scrypt(self.value, salt=salt, **cost, maxmem=MOST_MEMORY, dklen=32)
        return HKDF(SHA256(), 32, salt, b"upart backup").derive(self.value)


def passphrase(text: str) -> Secret:
    """A passphrase of at least 12 characters. Raises UpartError."""
    if len(text) < SHORTEST_PASSPHRASE:
        raise UpartError("The passphrase is too short.", remedy=f"Use at least {SHORTEST_PASSPHRASE} characters; five random words are easy to write down.")
    return Secret("scrypt", text.encode())


def key_file(content: bytes) -> Secret:
    """The bytes of a key file, at least 32. Raises UpartError."""
    if len(content) < SHORTEST_KEY:
        raise UpartError("The key file is too short.", remedy=f"Make one: head -c {SHORTEST_KEY} /dev/urandom > FILE")
    return Secret("hkdf", content)


class Sealer:
    """Encrypts what is written to it into `out`. `finish()` writes the last chunk; without it nobody can read the file."""

    def __init__(self, out: BinaryIO, secret: Secret) -> None:
        salt, cost = os.urandom(32), SCRYPT if secret.how == "scrypt" else {}
        key = secret.key(salt, cost)
        head = json.dumps({"key": secret.how, "salt": _text(salt), "cost": cost, "check": _check(key)}).encode()
        self._header = MAGIC + len(head).to_bytes(2, "big") + head
        self._out, self._cipher, self._number, self._rest = out, AESGCM(key), 0, bytearray()
        out.write(self._header)

    def write(self, data: bytes) -> int:
        """Take these bytes."""
        self._rest += data
        while len(self._rest) > CHUNK:  # a full one stays until it is known whether it is the last
            self._put(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._rest), last=True)
        self._rest.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._header))
        self._number += 1


class Opened:
    """The plain bytes of an encrypted backup, in order; `size` is how many there are. Raises BadBackup at the first chunk that does not fit."""

    def __init__(self, source: BinaryIO, secret: Secret) -> None:
        self._source, (self._header, head) = source, _header_of(source)
        key = _key_of(head, secret)
        self._cipher, self._number, self._rest = AESGCM(key), 0, b""
        sealed = os.fstat(source.fileno()).st_size - len(self._header)
        self._chunks = max(1, -(-sealed // (CHUNK + TAG)))
        self.size = sealed - self._chunks * TAG

    def read(self, most: int) -> bytes:
        """At most so many bytes; none at the end."""
        if not self._rest and self._number < self._chunks:
            self._rest = self._next()
        found, self._rest = self._rest[:most], self._rest[most:]
        return found

    def _next(self) -> bytes:
        last = self._number == self._chunks - 1
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last), self._source.read(CHUNK + TAG), self._header)
        except (InvalidTag, ValueError):
            at = len(self._header) + self._number * (CHUNK + TAG)
            raise BadBackup(
                f"The backup is damaged or cut short: what begins at byte {at} was changed, moved or is not whole.", remedy="Use another copy of it."
            ) from None
        self._number += 1
        return plain


def is_sealed(source: BinaryIO) -> bool:
    """Is this an encrypted backup? Leaves the file at its beginning."""
    source.seek(0)
    found = source.read(len(MAGIC)) == MAGIC
    source.seek(0)
    return found


def _header_of(source: BinaryIO) -> tuple[bytes, dict[str, Any]]:
    source.seek(len(MAGIC))
    size = source.read(2)
    length = int.from_bytes(size, "big")
    raw = source.read(min(length, HEADER_BYTES))
    try:
        head = json.loads(raw)
        if length > HEADER_BYTES or not _is_ours(head):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise BadBackup("The head of the encrypted backup is damaged.", remedy="Use another copy of it.") from None
    return MAGIC + size + raw, head


def _is_ours(head: dict[str, Any]) -> bool:
    cost = head["cost"]
    if set(head) != {"key", "salt", "cost", "check"}:
        return False
    if head["key"] == "hkdf":
        return cost == {} and len(_bytes(head["salt"])) == 32
    whole = set(cost) == set(SCRYPT) and all(isinstance(value, int) and value > 0 for value in cost.values())
    return head["key"] == "scrypt" and whole and len(_bytes(head["salt"])) == 32 and cost["p"] <= 4 and 128 * cost["n"] * cost["r"] < MOST_MEMORY


def _key_of(head: dict[str, Any], secret: Secret) -> bytes:
    if head["key"] != secret.how:
        wanted = "--passphrase-stdin" if head["key"] == "scrypt" else "--key-file"
        raise BadBackup("The backup was encrypted in another way.", remedy=f"Give {wanted}.")
    try:
        key = secret.key(_bytes(head["salt"]), head["cost"])
    except ValueError:
        raise BadBackup("The head of the encrypted backup is damaged.", remedy="Use another copy of it.") from None
    if not hmac.compare_digest(str(head["check"]).encode(), _check(key).encode()):
        what, remedy = ("passphrase", "Type it again, or find the right one") if secret.how == "scrypt" else ("key file", "Name the right one")
        raise BadBackup(f"The {what} does not fit this backup, or its head is damaged.", remedy=f"{remedy}; nobody can read the backup without it.")
    return key


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _check(key: bytes) -> str:
    """Says whether a key fits, and no more: the first chunk would tell as much."""
    return hmac.digest(key, b"upart backup: does this key fit?", "sha256")[:16].hex()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
