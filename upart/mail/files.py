# SPDX-License-Identifier: MIT
"""Messages that went into files (`file:`): a store outside the database, searched by address (GDPR art. 15, 17)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

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
    """Date and subject line of each message to the person; its text was shown to them when it was sent."""
    return [{"date": str(message["Date"]), "subject": str(message["Subject"])} for _, message in _written_to(subject)]


def _erase(subject: Any) -> None:
    """Delete files to the person's addresses, and those whose message is gone: its rows were erased before."""
    for file in [*(file for file, _ in _written_to(subject)), *_left_over()]:
        file.unlink(missing_ok=True)


def _left_over() -> list[Path]:
    files = {file.stem: file for folder in _folders() for file in folder.glob("*.eml")}
    with everywhere("which written mails still have a message?") as opened:
        known = {str(id) for id in opened.scalars(select(MailMessage.id).execution_options(yield_per=1000))}
    return [file for id, file in files.items() if id not in known]


def _written_to(subject: Any) -> Iterator[tuple[Path, EmailMessage]]:
    wanted = {address.casefold() for address in subject.addresses}
    for folder in _folders():
        for file in sorted(folder.glob("*.eml")):
            try:
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            except FileNotFoundError:
                continue  # another request was faster
            if any(address.addr_spec.casefold() in wanted for address in getattr(message["To"], "addresses", ())):
                yield file, message


def _folders() -> Iterator[Path]:
    config: Config = current_app.extensions[CONFIG]
    for url in config.mail_url:
        if (folder := folder_of(url, config.instance / "mail")) is not None and folder.is_dir():
            yield folder
