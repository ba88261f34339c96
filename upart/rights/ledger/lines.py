# SPDX-License-Identifier: MIT
"""A line of the ledger, as bytes and back: its length, a keyed digest that binds it to the line before, what it says as JSON."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from upart.errors import UpartError

CHAIN = re.compile(r"(?P<month>\d{4}-\d{2})\.[0-9a-f]{16}")

OPENED, DONE, VOID = "opened", "done", "void"
"""Kinds of lines that are no acts: the first one of a chain, that an act is done, and that one was not done after all."""

WIDTH, DIGEST = 6, 64
"""Digits of a line's length, and of its digest."""

LEAST = WIDTH + 1 + DIGEST + 1 + 1
"""Bytes of a line that says nothing."""

REPAIR = "Put this file back from a copy of the ledger. If it is lost for good, move it away, then: upart rights ledger --accept-loss"


class LedgerRefused(UpartError):
    """The ledger cannot be trusted as it is; nothing is served before that is put right."""

    status = 503


class LedgerBroken(LedgerRefused):
    """A line of the ledger is not what was written."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"The ledger is damaged: {file}, line {line}: {why}.", remedy=REPAIR)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands."""

    chain: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its place, what it says, and its digest. `since` is when the act happened, for a replayed one before it was written."""

    chain: str
    number: int
    digest: str
    at: datetime
    kind: str
    id: str
    academy_id: UUID | None
    since: datetime
    row: str = ""
    who: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    what: dict[str, str] = field(default_factory=dict)


def digest_of(key: bytes, before: str, said: bytes) -> str:
    """What binds a line to the one before it; `before` of the first one is the name of the chain."""
    return hmac.digest(key, before.encode() + b"\n" + said, "sha256").hex()


def written(key: bytes, before: str, said: dict[str, Any]) -> tuple[bytes, str]:
    """A line as bytes, and its digest."""
    text = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
    digest = digest_of(key, before, text)
    return b"%0*d %s %s\n" % (WIDTH, WIDTH + 1 + DIGEST + 1 + len(text) + 1, digest.encode(), text), digest


def read(key: bytes, file: str, chain: str, content: bytes) -> Iterator[Line]:
    """The lines of a chain, each checked. Raises LedgerBroken for what was not written so.

    A last line that was cut off while it was being written counts for nothing: its act has not been done either.
    """
    before, at, number = chain, 0, 0
    while at < len(content):
        number += 1
        head = content[at : at + WIDTH]
        length = int(head) if len(head) == WIDTH and head.isdigit() else 0
        raw = content[at : at + length]
        if content.find(b"\n", at) < 0 and (len(head) < WIDTH or not length or len(raw) < length):
            return
        if len(raw) != length or length < LEAST or not raw.endswith(b"\n") or raw[WIDTH : WIDTH + 1] != b" " or raw[LEAST - 2 : LEAST - 1] != b" ":
            raise LedgerBroken(file, number, "it has not the form of a line")
        said, digest = raw[LEAST - 1 : -1], raw[WIDTH + 1 : WIDTH + 1 + DIGEST].decode("ascii", "replace")
        if not hmac.compare_digest(digest.encode(), digest_of(key, before, said).encode()):
            raise LedgerBroken(file, number, "its digest does not fit")
        yield _line(chain, number, digest, json.loads(said))
        before, at = digest, at + length


def _line(chain: str, number: int, digest: str, said: dict[str, Any]) -> Line:
    at, academy = datetime.fromisoformat(said["at"]), said.get("academy")
    return Line(
        chain, number, digest, at, said["kind"], said.get("id", ""), UUID(academy) if academy else None,
        datetime.fromisoformat(said["since"]) if "since" in said else at, said.get("row", ""), tuple(said.get("who", ())),
        tuple(said.get("addresses", ())), dict(said.get("what", {})),
    )  # fmt: skip
