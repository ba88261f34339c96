# SPDX-License-Identifier: MIT
"""Who has really received something of somebody, and who holds it outside of the database (GDPR art. 15(1)(c), 19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from upart.disclosure.actions import log_of, received_by
from upart.hooks.recipients import recipient_named
from upart.hooks.records import ExternalStore, Recipient
from upart.hooks.stores import stores
from upart.privacy.countries import COUNTRIES, is_third

STORE, BY_HAND = "store", "recipient"
"""First halves of the names of steps: a store that is asked by machine, a recipient that somebody tells by hand."""


@dataclass(frozen=True, slots=True)
class Received:
    """One recipient, with what it got: names of columns, what for, when last. `declared` is None when its plugin is gone, or for an authority."""

    name: str
    declared: Recipient | None
    fields: tuple[str, ...]
    purposes: tuple[str, ...]
    at: datetime
    permissions: tuple[str, ...]
    authorities: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """For the copy that the person gets."""
        return {
            **of_recipient(self.name, self.declared), "received": list(self.fields), "for": list(self.purposes), "last": self.at,
            "permissions": list(self.permissions), "authorities": list(self.authorities),
        }  # fmt: skip


def of_recipient(name: str, declared: Recipient | None) -> dict[str, Any]:
    """A recipient as data: with role, country and safeguard as far as they are known."""
    if declared is None:
        return {"name": name, "role": None, "purpose": None, "country": None, "safeguard": None, "keeps": None}
    return {
        "name": name, "role": str(declared.role), "purpose": str(declared.purpose), "country": COUNTRIES[declared.country],
        "safeguard": declared.safeguard or None, "keeps": declared.keeps or None,
    }  # fmt: skip


def received(person_id: UUID) -> list[Received]:
    """All that have received something of a person of this academy, by name."""
    found: dict[str, list[Any]] = {}
    for row in log_of(person_id):
        found.setdefault(row.recipient, []).append(row)
    return [
        Received(
            name, recipient_named(name), _each(field for row in rows for field in row.fields), _each(row.purpose for row in rows), rows[-1].at,
            _each(row.permission for row in rows), _each(row.authority for row in rows),
        )
        for name, rows in sorted(found.items())
    ]  # fmt: skip


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str.__str__(value) for value in values if value))


def transfers(found: Iterable[Recipient]) -> list[dict[str, str]]:
    """Those in third countries, with what protects the data there (GDPR art. 13(1)(f), 15(2))."""
    return [{"recipient": one.name, "country": COUNTRIES[one.country], "safeguard": one.safeguard} for one in found if is_third(one.country)]


def stores_of(person_id: UUID | None) -> list[ExternalStore]:
    """The stores that may hold something of a person: our own, and those whose recipient has received something.

    Any other recipient is not asked: to name somebody to it would be a disclosure itself.
    """
    names = received_by(person_id) if person_id is not None else {}
    return [store for store in stores() if not store.recipient or store.recipient in names]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody outside who is told of an erasure: a recipient with what it received, or a store of our own, which has no recipient."""

    recipient: str
    store: str
    fields: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people read: who it is, or what of ours."""
        return self.recipient or self.store

    @property
    def by_hand(self) -> bool:
        """Does somebody of the academy have to tell them?"""
        return not self.store


def told_of_erasure(person_id: UUID | None) -> list[Told]:
    """Who would be told if somebody was erased now: as `holders_of` names its steps (GDPR art. 19)."""
    names = received_by(person_id) if person_id is not None else {}
    reached = {store.recipient for store in stores()}
    by_machine = [Told(store.recipient, store.name, tuple(sorted(names.get(store.recipient, ())))) for store in stores_of(person_id)]
    return by_machine + [Told(name, "", tuple(sorted(names[name]))) for name in sorted(set(names) - reached)]


def holders_of(person_id: UUID | None) -> list[str]:
    """Steps of an erasure outside of the database: one per store, one per recipient that no store reaches."""
    return [f"{BY_HAND}:{one.recipient}" if one.by_hand else f"{STORE}:{one.store}" for one in told_of_erasure(person_id)]
