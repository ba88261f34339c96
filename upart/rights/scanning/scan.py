# SPDX-License-Identifier: MIT
"""The whole scan: every place, one after the other, and what none of them shows."""

from __future__ import annotations

from uuid import UUID

from upart.db import engine
from upart.rights.engine.holdings import Holdings
from upart.rights.scanning.database import search_bytes
from upart.rights.scanning.finding import Findings
from upart.rights.scanning.folders import search_files, search_folder
from upart.rights.scanning.matching import Matcher
from upart.rights.scanning.rows import Scope, search_rows
from upart.rights.scanning.wanted import LEAST, Wanted, What, identifiers, too_short

NEVER = ("copies that others have downloaded, and mail that has been delivered", "backups", "the memory of running processes")
"""What no scan of ours can look at."""

SQLITE = "bytes of the database file that rows of others hold as well, and disguised text in its deleted parts"
POSTGRESQL = "PostgreSQL's write-ahead log, and its pages until VACUUM has reached them"


def scanned(held: Holdings, wanted: Wanted, academy_id: UUID, *, platform: bool = False) -> Findings:
    """Search all that this installation holds for an academy, with `platform` what belongs to the accounts as well.

    Needs no open door; reads one table at a time. Raises StillRead while the bytes on the disk cannot be judged.
    """
    sought, found = identifiers(wanted), Findings()
    ids = [UUID(one.text) for one in sought if one.what is What.ID]
    matcher = Matcher(sought)
    if sought:
        search_rows(held, Scope(academy_id, platform), matcher, ids, found)
        search_files(academy_id, matcher, found)
        search_folder(academy_id, matcher, found)
        search_bytes(held, sought, ids, found)
    found.not_seen += [f"a text of fewer than {LEAST} letters ({what.value}), which stands everywhere" for what in too_short(wanted)]
    if found.packed:
        found.not_seen.append(f"text inside of pictures, archives and other packed files, {found.packed} of them here")
    found.not_seen += [SQLITE if engine().dialect.name == "sqlite" else POSTGRESQL, *NEVER]
    return found
