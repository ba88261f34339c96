# SPDX-License-Identifier: MIT
"""A purpose has ended: what of it went to whom, and how each is told to erase it (GDPR art. 7(3), 19, 21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from upart.disclosure.actions import log_of
from upart.hooks.records import ExternalStore
from upart.hooks.stores import store_named, stores
from upart.privacy.taxonomy import Purpose
from upart.rights import outside
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import DataSubject
from upart.rights.receivers import BY_HAND, STORE


class Parted(NamedTuple):
    """Columns that a recipient has to erase, and whether it may keep nothing besides."""

    fields: tuple[str, ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class PartSubject(DataSubject):
    """Whom a store is told about, with the names of the columns that have to go."""

    fields: tuple[str, ...] = ()


def parted(person_id: UUID | None, purpose: Purpose, part: Selection) -> dict[str, Parted]:
    """Recipients that received something for this purpose, or of this part; what they received for other purposes besides, they keep."""
    goes: dict[str, set[str]] = {}
    stays: dict[str, set[str]] = {}
    for row in log_of(person_id) if person_id is not None else ():
        if row.authority:
            continue
        gone = {field for field in row.fields if row.purpose == purpose or _is_in(part, field)}
        goes.setdefault(row.recipient, set()).update(gone)
        stays.setdefault(row.recipient, set()).update(set(row.fields) - gone)
    return {name: Parted(tuple(sorted(found)), not stays[name]) for name, gone in sorted(goes.items()) if (found := gone - stays[name])}


def _is_in(part: Selection, field: str) -> bool:
    table, _, column = field.partition(".")
    return table in part.tables or column in part.columns.get(table, ())


def holders_of_part(person_id: UUID | None, purpose: Purpose, part: Selection) -> list[str]:
    """Steps outside of the database: one per store that can erase just this, one per recipient whom somebody tells by hand."""
    found = []
    for name, one in parted(person_id, purpose, part).items():
        able = [store.name for store in stores() if store.recipient == name and (store.erase_part is not None or one.is_all)]
        found += [f"{STORE}:{store}" for store in able] or [f"{BY_HAND}:{name}"]
    return found


def erase_there(store: str, subject: DataSubject, part: dict[str, Parted] | None) -> None:
    """Let a store erase all of somebody, or what it received of this part. Raises what goes wrong."""
    known = store_named(store)
    if part is None:
        outside.act(known, "erase", subject)
    elif (mine := part.get(known.recipient)) is not None:
        outside.act(known, _way(known, mine), PartSubject(subject.academy_id, subject.person_id, subject.account_id, subject.addresses, mine.fields))


def _way(store: ExternalStore, mine: Parted) -> str:
    return "erase" if store.erase_part is None and mine.is_all else "erase_part"
