# SPDX-License-Identifier: MIT
"""Backups as an operator makes and restores them, and files in the installation."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from upart.backup.making import Made, make
from upart.backup.restoring import Checked
from upart.backup.sealing import Secret
from upart.cli.backing import bring_back
from upart.db import uuid7
from upart.privacy.taxonomy import Category
from upart.storage.models import File
from upart.storage.places import place
from upart.testing import Installation

CHANGES = ("user_session", "mail_token", "event", "installation", "academy", "ledger_position")
"""Tables that a restore does not leave as they were: who is signed in, links, what happened, whose it is, epochs, what it knows of the ledger."""


def back_up(made: Installation, file: Path, secret: Secret | None = None, **more) -> Made:
    """As `upart backup` does it."""
    with made.app.app_context():
        return make(made.state.config, file, secret, **more)


def restore(made: Installation, file: Path, secret: Secret | None = None, *, replace: bool = True, **more) -> Checked:
    """As `upart restore` does it, but for what the ledger knows, which the next start does too."""
    return bring_back(made.app, file, secret, replace=replace, **more)


def keep(made: Installation, data: bytes, slug: str = "athena") -> UUID:
    """A file of an academy, its bytes first; returns its id."""
    id, sha = uuid7(), hashlib.sha256(data).hexdigest()
    with made.app.app_context():
        place().incoming.mkdir(parents=True, exist_ok=True)
        (source := place().incoming / str(id)).write_bytes(data)
        place().put(made.academy(slug).id, id, source)
    with made.writing(slug) as session:
        session.add(File(id=id, name="paper.txt", sha256=sha, category=Category.CONTENT_META, content_type="text/plain", size=len(data)))
    return id


def bytes_of(made: Installation) -> dict[UUID, bytes]:
    """All stored bytes, by the id of their file."""
    with made.app.app_context():
        return {found.id: place().open(found.academy_id, found.id).read() for found in place().list()}


def at_rest(made: Installation) -> tuple[dict[str, set[str]], dict[UUID, bytes]]:
    """All rows and files that a restore brings back as they were."""
    return made.contents(*CHANGES), bytes_of(made)
