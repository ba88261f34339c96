# SPDX-License-Identifier: MIT
"""Ways that mail goes: console, files, SMTP (RFC 5321)."""

from __future__ import annotations

import smtplib
import ssl
import sys
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

SECONDS = 20
"""How long the other server may be silent."""


class Refused(Exception):
    """The other server said no for ever (5xx): trying again is of no use. The text is its code."""


def deliver(message: EmailMessage, id: str, urls: tuple[str, ...], folder: Path) -> None:
    """Send by every way of the setting. Raises Refused, or what may pass (OSError, SMTPException)."""
    for url in urls:
        scheme = url.partition(":")[0]
        if scheme == "console":
            _console(message)
        elif (target := folder_of(url, folder)) is not None:
            _file(message, id, target)
        else:
            _smtp(message, url)


def folder_of(url: str, folder: Path) -> Path | None:
    """Where a `file:` setting writes, `folder` being the usual place; None for the other ways."""
    if url.partition(":")[0] != "file":
        return None
    return folder if url in ("file:", "file://") else Path(url.removeprefix("file:").removeprefix("//"))


def _console(message: EmailMessage) -> None:
    text = message.get_body(("plain",))
    sys.stdout.write(f"\n--- mail to {message['To']}: {message['Subject']}\n{text.get_content() if text else ''}---\n")
    sys.stdout.flush()


def _file(message: EmailMessage, id: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Named by the message's id: sending twice writes the same file.
    unfinished, finished = folder / f".{id}", folder / f"{id}.eml"
    unfinished.write_bytes(bytes(message))
    unfinished.chmod(0o600)
    unfinished.replace(finished)


def _smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host, tls = parts.hostname or "localhost", ssl.create_default_context()
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(host, parts.port or (465 if parts.scheme == "smtps" else 25), timeout=SECONDS) as server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Refused(str(code)) if code >= 500 else smtplib.SMTPResponseException(code, "try again")) from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError):
            raise Refused(str(error.smtp_code)) from None
        raise
