# SPDX-License-Identifier: MIT
"""The ledger of the running application: its folder, its key, what it calls people; `head()` and `verify()` for backups."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import Flask, current_app

from upart.config import Config
from upart.events.noting import Noted
from upart.keys import KeyRing, kept_key
from upart.rights.ledger.bucket import Bucket
from upart.rights.ledger.chains import Chains, readable
from upart.rights.ledger.folder import Folder
from upart.rights.ledger.lines import DONE, VOID, LedgerRefused, Line, Place
from upart.rights.ledger.shelf import Shelf

BOOK = "upart_ledger"
KEY_FILE = "pseudonym-key"
USE = "ledger"
"""What the key of the pseudonyms is used for here; derived for each academy too."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup has to know of the ledger: the fingerprint of its key, and the last line of each chain."""

    key: str
    places: tuple[Place, ...]


class Book:
    """The ledger as the rest of the core knows it."""

    def __init__(self, config: Config) -> None:
        self._config, self._lock = config, threading.Lock()
        self.shelf = _shelf(config.ledger_url)
        self._opened: tuple[Chains, KeyRing] | None = None
        self.caught_up = False
        self.starting, self.turn = threading.Lock(), threading.Lock()

    @property
    def where(self) -> str:
        """Where it lies, as people read it."""
        return self.shelf.where

    @property
    def chains(self) -> Chains:
        """Its chains, with their key. Raises LedgerRefused when the key is missing although there are lines."""
        return self._open()[0]

    def _open(self) -> tuple[Chains, KeyRing]:
        with self._lock:
            if self._opened is None:
                ring = KeyRing((self._key(),))
                chain_key = bytes.fromhex(ring.digest(USE, "chain"))
                self._opened = Chains(self.shelf, chain_key, hashlib.sha256(b"upart\0" + ring.keys[0]).hexdigest()), ring
            return self._opened

    def _key(self) -> bytes:
        if self._config.pseudonym_key:
            return self._config.pseudonym_key
        path = self._config.instance / KEY_FILE
        if not path.exists() and self.has_chains():
            raise LedgerRefused(
                f"The key of the ledger is missing: there is no {path}.",
                remedy=f"Put {KEY_FILE} back into the instance folder, or set UPART_PSEUDONYM_KEY. Without it nobody who was erased can be found in a backup.",
            )
        return kept_key(path)

    def has_chains(self) -> bool:
        """Is there any line of the ledger? Asked without the key. Raises LedgerRefused when that cannot be seen."""
        with readable(self.shelf):
            return bool(self.shelf.chains())

    def can_be_written(self) -> bool:
        """Could an act be noted now?"""
        try:
            return self.chains.can_be_written()
        except (OSError, LedgerRefused):  # not even its key
            return False

    def digest(self, value: object, academy_id: UUID | None) -> str:
        """What the ledger calls an id or an address, another one at each academy."""
        _, ring = self._open()
        return ring.digest(USE, str(value).strip().casefold(), academy_id)

    def write(self, act: Noted, since: str | None = None) -> Place:
        """Add an act, safe where it lies. Raises LedgerNotWritten. `since`: when it happened, if not now."""
        said = {
            "kind": act.kind.value, "academy": str(act.academy_id), "id": self.digest(act.reference, act.academy_id) if act.reference else "",
            "row": self.digest(act.row_id, act.academy_id) if act.row_id else "",
            "who": [self.digest(act.person_id, act.academy_id)] if act.person_id else [],
            "addresses": [self.digest(one, act.academy_id) for one in act.addresses], "what": dict(act.what),
        }  # fmt: skip
        return self.chains.append(**said, **({"since": since} if since else {}))

    def write_end(self, academy_id: UUID, reference: UUID) -> Place:
        """Say that all of an act is done."""
        return self.chains.append(kind=DONE, academy=str(academy_id), id=self.digest(reference, academy_id))

    def write_void(self, place: Place) -> Place:
        """Say that the act of a line was not done after all."""
        return self.chains.append(kind=VOID, id=f"{place.chain}:{place.number}")

    def verify(self) -> list[Line]:
        """All lines. Raises LedgerBroken with file and line for anything that is not as it was written, LedgerRefused without the right key."""
        return list(self.chains.lines()) if self.has_chains() else []


def _shelf(url: str) -> Shelf:
    parts = urlsplit(url)
    return Bucket(parts.netloc, parts.path.strip("/")) if parts.scheme == "s3" else Folder(Path(unquote(parts.path)))


def init_app(app: Flask, config: Config) -> None:
    """Give an application its ledger. Nothing is read or made yet."""
    app.extensions[BOOK] = Book(config)


def book() -> Book:
    """The ledger of the running application."""
    return cast(Book, current_app.extensions[BOOK])


def head() -> Head:
    """Where the ledger ends now. Raises what `verify` raises."""
    last: dict[str, Place] = {}
    for line in verify():
        last[line.chain] = Place(line.chain, line.number, line.digest)
    return Head(book().chains.fingerprint, tuple(last.values()))


def verify() -> list[Line]:
    """All lines of the ledger, each checked against the one before it. Raises LedgerBroken, LedgerRefused."""
    return book().verify()


def is_behind(older: Iterable[Place]) -> bool:
    """Does the ledger lack a line that somebody has seen? Then a newer one exists somewhere, or it was lost."""
    known = {(line.chain, line.number): line.digest for line in verify()}
    return any(known.get((place.chain, place.number)) != place.digest for place in older)
