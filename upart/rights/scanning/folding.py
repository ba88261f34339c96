# SPDX-License-Identifier: MIT
"""Disguises of a text and what lifts them: percent signs, quoted-printable, JSON escapes, base64, one inside another.

Each works on the neighbourhood of its escapes alone: most of what is read has none, and is searched as it is.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from functools import partial

HEX = rb"[0-9A-Fa-f]{2}"
PERCENT = re.compile(rb"%(" + HEX + rb")")
QUOTED = re.compile(rb"=(?:(" + HEX + rb")|\r?\n)")
JSON = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|([/nrt]))")
LETTERS = bytes(97 if 97 <= i <= 122 else 66 if i < 128 and (chr(i).isalnum() or chr(i) in "+/-_") else 32 for i in range(256))
"""Small letters of base64 as "a", its other characters as "B", all else as a blank (RFC 4648, 4 and 5)."""

TURN, MANY = re.compile(rb"aB[aB]{3}"), b"B" * 6
"""What stands in base64 of a few words and hardly in words themselves: another character after a small letter, or many of them."""

RUN = re.compile(rb"[A-Za-z0-9+/_-]{4,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
ID = re.compile(rb"[0-9A-Fa-f-]+")
STANDARD = bytes.maketrans(b"-_", b"+/")
BREAKS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"/": b"/"}

DEEPEST = 2
"""Disguises inside one another that are lifted: a percent sign in an address in a JSON text in quoted-printable is one too many."""


def lifted(data: bytes, reach: int) -> Iterator[bytes]:
    """What stands in a text under each single disguise. `reach`: bytes of the longest text that is searched for, at most."""
    if b"%" in data:
        yield from _around(data, PERCENT, lambda m: bytes.fromhex(m[1].decode()), reach * 3)
    if b"=" in data:
        yield from _around(data, QUOTED, lambda m: bytes.fromhex(m[1].decode()) if m[1] else b"", reach * 4)
    if b"\\" in data:
        yield from _around(data, JSON, _unescaped, reach * 6)


def _around(data: bytes, escape: re.Pattern[bytes], meaning: Callable[[re.Match[bytes]], bytes], reach: int) -> Iterator[bytes]:
    pieces, begin, end = [], 0, 0
    for match in escape.finditer(data):
        if match.start() > end + reach:
            if end:
                pieces.append(data[begin : end + reach])
            begin = max(0, match.start() - reach)
        end = match.end()
    if end:
        pieces.append(data[begin : end + reach])
        yield escape.sub(meaning, b"\n".join(pieces))


def _unescaped(match: re.Match[bytes]) -> bytes:
    return chr(int(match[1], 16)).encode("utf-8", "replace") if match[1] else BREAKS[match[2]]


def decoded(data: bytes, shortest: int) -> Iterator[bytes]:
    """What stands in a text as base64, in each of the four ways in which it may begin. `shortest`: bytes that are worth it."""
    letters, least = data.translate(LETTERS), max(8, shortest * 4 // 3)
    turned = _runs(data, letters, lambda at: found.start() if (found := TURN.search(letters, at)) else -1, least)
    pieces = dict.fromkeys((*turned, *_runs(data, letters, partial(letters.find, MANY), least)))
    if pieces:
        yield b"\n".join(_bytes_of(piece[skip:]) for piece in pieces for skip in range(4))


def _runs(data: bytes, letters: bytes, mark: Callable[[int], int], least: int) -> Iterator[bytes]:
    at = 0
    while (found := mark(at)) >= 0:
        begin, end = letters.rfind(b" ", 0, found) + 1, letters.find(b" ", found)
        at = end if end >= 0 else len(data)
        if at - begin < least and data[at : at + 1] not in (b"\r", b"\n"):
            continue
        run = RUN.match(data, begin)
        if run is not None and len(run[0]) >= least and ID.fullmatch(run[0]) is None:
            at = run.end()
            yield re.sub(rb"\s", b"", run[0]).translate(STANDARD)


def _bytes_of(text: bytes) -> bytes:
    whole = text[: len(text) // 4 * 4]
    rest = text[len(whole) :]
    return binascii.a2b_base64(whole + (rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""))
