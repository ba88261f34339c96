# SPDX-License-Identifier: MIT
"""What a backup says of itself, and whether this installation can take it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from upart import clock
from upart.backup.sealing import BadBackup
from upart.keys import KeyRing

FORMAT = 1
"""Version of the format; raised when an older UPART could not read it any more."""

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first member of a backup. `versions`: the newest migration of each owner; `key`: fingerprint of the key behind what is
    encrypted or a digest in it; `ledger`: where the ledger ended."""

    format: int
    upart: str
    made_at: datetime
    database: str
    versions: Mapping[str, str]
    academies: tuple[str, ...]
    key: str
    ledger: dict[str, Any] | None

    def as_json(self) -> bytes:
        """As it is written."""
        return json.dumps(asdict(self), indent=1, default=str).encode()


def describe(database: str, versions: Mapping[str, str], academies: tuple[str, ...], ring: KeyRing, ledger: dict[str, Any] | None) -> Manifest:
    """The manifest of a backup that is made now."""
    return Manifest(FORMAT, version("upart"), clock.now(), database, versions, academies, ring.digest("name this key", ""), ledger)


def read(text: bytes) -> Manifest:
    """The manifest of a backup. Raises BadBackup for one that cannot be read, also because it is of a newer format."""
    try:
        found: dict[str, Any] = json.loads(text)
        if found["format"] > FORMAT:
            raise BadBackup(
                f"The backup was made by UPART {found['upart']}, in a newer format than this one knows.", remedy="Install that version, then restore it."
            )
        made_at = datetime.fromisoformat(found["made_at"])
        return Manifest(**found | {"made_at": made_at, "academies": tuple(found["academies"]), "versions": dict(found["versions"])})
    except (ValueError, KeyError, TypeError):
        raise BadBackup("The backup's manifest cannot be read.", remedy="Use another copy of it.") from None


def refuse_foreign(manifest: Manifest, database: str, known: Mapping[str, frozenset[str]], ring: KeyRing) -> None:
    """Raise BadBackup unless this installation can take it. `known`: all migrations of each owner whose code is here."""
    if manifest.key not in ring.digests("name this key", ""):
        raise BadBackup(
            "The backup belongs to another installation, or to other keys than these.",
            remedy="Put the keys of that installation back (instance/keys, or UPART_SECRET_KEYS, former ones behind the new), then restore it.",
        )
    if manifest.database != database:
        raise BadBackup(
            f"The backup holds a database of {KINDS.get(manifest.database, manifest.database)}; this installation uses {KINDS[database]}.",
            remedy="Set UPART_DATABASE_URL to a database of that kind, then restore it.",
        )
    for owner, reached in manifest.versions.items():
        if owner in known and reached not in known[owner]:
            raise BadBackup(
                f"The backup was made by UPART {manifest.upart}; its database of '{owner}' is newer than what is installed here.",
                remedy=f"Install that version of '{owner}', then restore it.",
            )
