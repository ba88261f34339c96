# SPDX-License-Identifier: MIT
"""What the doctor asks the database: migrations, all that the portal looks at itself, and whether all holds that must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from upart.cli import migrating
from upart.hooks.audit import audit
from upart.hooks.health import Finding, critical, examined, good, recommended
from upart.hooks.plugged import plugged

SEEN = ("database", "backup", "disk", "mail")
"""Checks whose findings the doctor has told before it asks the database."""


def migrations(app: Any) -> Iterator[Finding]:
    """Is the database at its newest version?"""
    for row in migrating.status(app):
        if row.state == "behind":
            yield critical("migrations", f"The database misses migrations of '{row.owner}'.", "Run: upart db upgrade")
        elif row.state == "ahead":
            yield critical("migrations", f"The database of '{row.owner}' comes from a newer version.", "Install that version, or restore a backup of this one.")
        elif row.state == "orphan":
            yield recommended("migrations", f"Data of '{row.owner}' are here, its package is not.", f"Install it again, or run: upart db purge {row.owner}")
        else:
            yield good("migrations", f"'{row.owner}' is at {row.current}.")


def invariants(app: Any) -> Iterator[Finding]:
    """Does all hold that must, whatever was killed in between?"""
    found = audit()
    for text in found:
        yield critical("audit", text, "Report this; a backup of before is safe to compare with.")
    if not found:
        yield good("audit", "All that must hold does.")


def itself(app: Any) -> Iterator[Finding]:
    """What core and plugins look at of the whole installation: the same as on `/manage/health`, the slow ones at once."""
    for plugin in plugged().everything():
        for check in plugin.checks:
            if check.installation and check.key not in SEEN:
                yield from examined(check, in_full=True)


DATABASE = (migrations, itself)
