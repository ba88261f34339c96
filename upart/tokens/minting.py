# SPDX-License-Identifier: MIT
"""The form of our tokens: what they are at a glance, 30 random characters, and a checksum.

As GitHub's (github.blog, "Behind GitHub's new authentication token formats", 2021): a prefix by which scanners find
a leaked one, then base 62, of which the last six characters are the CRC-32 of those before: a typing error is seen without asking us.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECK = 30, 6
"""Characters: 178 random bits, and room for 32 bits of checksum."""

PERSONAL, ACCESS, REFRESH, CODE, PUBLIC = "upart_", "upart_access_", "upart_refresh_", "upart_code_", "upart_pub_"
SHAPE = re.compile(rf"upart_(?:(?:access|refresh|code|pub)_)?(?:[0-9a-f]{{32}}_)?[0-9A-Za-z]{{{RANDOM + CHECK}}}", re.ASCII)
"""What every token of ours looks like, for those who look for leaked ones."""


def mint(prefix: str) -> str:
    """A new token: the prefix says which kind."""
    body = prefix + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return body + _check(body)


def is_whole(token: str) -> bool:
    """Has it the form of one of our tokens, with the right checksum? Says nothing about whether it opens anything."""
    return SHAPE.fullmatch(token) is not None and token[-CHECK:] == _check(token[:-CHECK])


def _check(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECK):
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    return digits
