# SPDX-License-Identifier: MIT
"""Messages that went into files (`file:`): a store outside the database, searched by address (GDPR art. 15, 17)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from upart.config import Config
from upart.db import everywhere
from upart.hooks.records import ExternalStore
from upart.mail.models import MailMessage
from upart.mail.transports import folder_of

CONFIG = "upart_config"


def mail_files() -> ExternalStore:
    """The store of written mails."""
    return ExternalStore(name="mail files", access=_read, erase=_erase)


def _read(subject: Any) -> list[dict[str, str]]:
    """Date and subject line of each message to the person from their academy; its text was shown to them when it was sent."""
    return [{"date": str(message["Date"]), "subject": str(message["Subject"])} for _, message in _written_to(subject)]


def _erase(subject: Any) -> None:
    """Delete files to the person's addresses, and those whose message is gone: its rows were erased before.

    What another academy wrote to the same address stays: an erasure at one does not touch another.
    """
    gone = [file for file, academy in _written() if academy is None]
    for file in [*gone, *(file for file, _ in _written_to(subject))]:
        file.unlink(missing_ok=True)


def _written() -> list[tuple[Path, UUID | None]]:
    """All files, each with the academy whose message it is, or None when there is no such message."""
    files = {file.stem: file for folder in folders() for file in sorted(folder.glob("*.eml"))}
    with everywhere("which academy has written which mail?") as opened:
        rows = opened.execute(select(MailMessage.id, MailMessage.academy_id).execution_options(yield_per=1000))
        known = {str(id): academy for id, academy in rows if str(id) in files}
    return [(file, known.get(id)) for id, file in files.items()]


def of_others(academy_id: UUID) -> set[Path]:
    """The files in which another academy has written; those without a message are nobody's."""
    return {file for file, academy in _written() if academy not in (None, academy_id)}


def _written_to(subject: Any) -> Iterator[tuple[Path, EmailMessage]]:
    wanted = {address.casefold() for address in subject.addresses}
    for file in (file for file, academy in _written() if academy == subject.academy_id):
        try:
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        except FileNotFoundError:
            continue  # another request was faster
        if any(address.addr_spec.casefold() in wanted for address in getattr(message["To"], "addresses", ())):
            yield file, message


def folders() -> Iterator[Path]:
    """The folders into which mail is written."""
    config: Config = current_app.extensions[CONFIG]
    for url in config.mail_url:
        if (folder := folder_of(url, config.instance / "mail")) is not None and folder.is_dir():
            yield folder
