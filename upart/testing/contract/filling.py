# SPDX-License-Identifier: MIT
"""Plant rows with what belongs to them outside of the database: the bytes of files, and mail that was sent."""

from __future__ import annotations

from flask import current_app

from upart.config import Config
from upart.mail.files import CONFIG
from upart.mail.transports import folder_of
from upart.rights.canary.planting import BYTES, FILE, WRITTEN, Planter
from upart.rights.canary.rows import Row
from upart.storage.incoming import Incoming
from upart.storage.models import FileState
from upart.storage.places import place

MAIL = "mail_message"


class StoringPlanter(Planter):
    """Plants rows that are committed, so their files are stored and their mail lies in its folder."""

    def before(self, row: Row) -> None:
        """The bytes of a file come before its row."""
        if row.entry.table == FILE:
            self._store(row)

    def after(self, row: Row) -> None:
        """The file of a message comes after its row."""
        if row.entry.table == MAIL:
            self._mail(row)

    def _store(self, row: Row) -> None:
        mark = self.mark()
        data = f"the bytes of a file: {mark}\n".encode()
        with Incoming(place()) as incoming:
            incoming.write(data)
            place().put(row.values["academy_id"], row.id, incoming.done())
        row.values |= {"size": len(data), "content_type": "text/plain; charset=utf-8", "state": FileState.STORED, "sha256": incoming.sha256}
        row.marks[mark] = BYTES
        row.owners[BYTES] = row.owners["name"]

    def _mail(self, row: Row) -> None:
        """The file of a message that was sent, to an address that other academies may know too."""
        party, mark = next((parties[0] for parties in row.people.values()), self.bystander), self.mark()
        config: Config = current_app.extensions[CONFIG]
        if party is None or (folder := folder_of(config.mail_url[0], config.instance / "mail")) is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{row.id}.eml").write_text(f"To: {party.addresses[1]}\nSubject: {mark}\n\nWords.\n")
        row.marks[mark] = WRITTEN
        row.owners[WRITTEN] = frozenset((party,))
