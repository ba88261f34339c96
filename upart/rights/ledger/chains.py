# SPDX-License-Identifier: MIT
"""The chains of the ledger, wherever they lie: lines are added, never changed; old months are dropped whole."""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from upart import clock
from upart.errors import Problem
from upart.rights.ledger.lines import OPENED, VOID, LedgerBroken, LedgerRefused, Line, Place, digest_of, read, written
from upart.rights.ledger.shelf import Doubtful, Shelf

REACHES_BACK = "reaches-back"
"""What the mark is about: the first month that has not been dropped, with a digest."""


class LedgerNotWritten(Problem):
    """A line cannot be written to the ledger now, so what it is about cannot be done."""

    def __init__(self) -> None:
        super().__init__(
            503, "This cannot be noted safely right now, so nothing was changed.", remedy="Please try again later; whoever runs this portal has been told.",
            code="ledger", retry=60,
        )  # fmt: skip


class Chains:
    """The ledger as chains on a shelf; this process writes chains of its own."""

    def __init__(self, shelf: Shelf, key: bytes, fingerprint: str) -> None:
        self.shelf, self.key, self.fingerprint = shelf, key, fingerprint
        self._lock, self._process, self._token = threading.Lock(), 0, ""
        self._last: dict[str, Place] = {}
        self._latest: datetime | None = None
        self._doubtful: list[str] = []

    def append(self, **said: Any) -> Place:
        """Add a line and make it safe. Raises LedgerNotWritten; then nothing was added, or it will be said that it counts for nothing."""
        with self._lock:
            if self._process != os.getpid():
                self._begin_anew()
            now = max(filter(None, (clock.now(), self._latest)))  # a clock that is put back must not change the order
            chain = f"{now:%Y-%m}.{self._token}"
            try:
                if chain not in self._last:
                    self._add(chain, {"kind": OPENED, "at": now.isoformat(), "key": self.fingerprint})
                while self._doubtful:
                    self._add(chain, {"kind": VOID, "at": now.isoformat(), "id": self._doubtful[0]})
                    self._doubtful.pop(0)
                place = self._add(chain, {"at": now.isoformat(), **said})
            except OSError as error:
                if isinstance(error, Doubtful) and said["kind"] != VOID:
                    self._doubtful.append(f"{chain}:{self._last[chain].number + 1 if chain in self._last else 1}")
                self._begin_anew()
                raise LedgerNotWritten from error
            self._latest = now
            return place

    def _begin_anew(self) -> None:
        """A chain of its own for this process; also after a line that may be cut off."""
        self._process, self._token, self._last = os.getpid(), secrets.token_hex(8), {}

    def _add(self, chain: str, said: dict[str, Any]) -> Place:
        before = self._last.get(chain)
        raw, digest = written(self.key, before.digest if before else chain, said)
        place = Place(chain, before.number + 1 if before else 1, digest)
        self.shelf.put(chain, place.number, raw)
        self._last[chain] = place
        return place

    def can_be_written(self) -> bool:
        """Could a line be added now?"""
        try:
            self.shelf.try_out()
        except OSError:
            return False
        return True

    def lines(self) -> Iterator[Line]:
        """All lines, chain after chain, each checked. Raises LedgerBroken, LedgerRefused."""
        with readable(self.shelf):
            chains = self.shelf.chains()
        for chain in chains:
            with readable(self.shelf, self.shelf.name(chain)):
                content = self.shelf.read(chain)
            self._require_key(chains, content)
            yield from read(self.key, self.shelf.name(chain), chain, content)

    def _require_key(self, chains: list[str], content: bytes) -> None:
        """The first line says under which key a chain was written: another key is told from damage. Raises LedgerRefused."""
        first, found, _ = content.partition(b"\n")
        named = re.search(rb'"key":"([0-9a-f]{64})"', first)
        if found and named and named[1].decode() != self.fingerprint and self._is_another(chains):
            raise LedgerRefused(
                f"The ledger in {self.shelf.where} was written with another pseudonym key than the one of this installation.",
                remedy="Put the former key back: UPART_PSEUDONYM_KEY, or the file pseudonym-key in the instance folder.",
            )

    def _is_another(self, chains: list[str]) -> bool:
        """Does no chain at all fit this key? Then the key has changed; else a line is damaged."""
        for chain in chains:
            with readable(self.shelf):
                first = self.shelf.read(chain).partition(b"\n")[0]
            if len(first) > 72 and first[7:71].decode("latin-1") == digest_of(self.key, chain, first[72:]):
                return False
        return True

    def reaches_back(self) -> str:
        """The first month that has not been dropped ("2026-03"), or "" when none has. Raises LedgerBroken, LedgerRefused."""
        with readable(self.shelf):
            marked = self.shelf.mark()
        if marked is None:
            return ""
        month, _, digest = marked.partition(" ")
        if digest != digest_of(self.key, REACHES_BACK, month.encode("latin-1")):
            raise LedgerBroken(f"{self.shelf.where}/{REACHES_BACK}", 1, "its digest does not fit")
        return month

    def drop_before(self, day: date) -> list[str]:
        """Drop the months that ended before this day; returns the chains that are gone. Safe to repeat."""
        first = f"{day:%Y-%m}"
        with readable(self.shelf):
            old = [chain for chain in self.shelf.chains() if chain[:7] < first]
            if old:
                self.shelf.set_mark(f"{first} {digest_of(self.key, REACHES_BACK, first.encode())}")
            for chain in old:
                self.shelf.drop(chain)
        return old


@contextmanager
def readable(shelf: Shelf, name: str = "") -> Iterator[None]:
    """What a shelf cannot do in this block is a refusal. Raises LedgerRefused."""
    try:
        yield
    except OSError as error:
        raise LedgerRefused(f"{name or f'The ledger in {shelf.where}'} cannot be read: {error.strerror or error}.", remedy=shelf.remedy) from None
