# SPDX-License-Identifier: MIT
"""Ways that mail goes: console, files, SMTP (RFC 5321)."""

from __future__ import annotations

import re
import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from upart.mail.kit import POLICY

SECONDS = 20
"""How long the other server may be silent."""

PORTS = {"smtp": 25, "smtps": 465}


class Refused(Exception):
    """The other server said no for ever (5xx) to this recipient or this text: trying again is of no use. The text is its code."""


class Unsure(Exception):
    """The message was handed over, but no answer came: it may have arrived."""


def deliver(message: EmailMessage, id: str, urls: tuple[str, ...], folder: Path) -> None:
    """Send by every way of the setting. Raises Refused, Unsure, or what may pass (OSError, which SMTPException is)."""
    for url in urls:
        scheme = url.partition(":")[0]
        if scheme == "console":
            _console(message)
        elif (target := folder_of(url, folder)) is not None:
            _file(message, id, target)
        else:
            _smtp(message, urlsplit(url))


def reach(url: str) -> None:
    """Connect to a mail server and sign in, and send nothing. Raises OSError (which SMTPException is) that says why it cannot be done."""
    with _connected(urlsplit(url)):
        return


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
    unfinished.write_bytes(_bytes(message, "\n"))
    unfinished.chmod(0o600)
    unfinished.replace(finished)


def _bytes(message: EmailMessage, line_end: str = "\r\n") -> bytes:
    return message.as_bytes(policy=POLICY.clone(utf8=not _address(message).isascii(), linesep=line_end))


def _address(message: EmailMessage) -> str:
    return str(message["To"].addresses[0].addr_spec)


def _smtp(message: EmailMessage, to: SplitResult) -> None:
    recipient, sender = _address(message), str(message["From"].addresses[0].addr_spec)
    with _connected(to) as server:
        options = [] if recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        if options and not server.has_extn("smtputf8"):
            raise Refused("SMTPUTF8")
        _step(server.mail(sender, options), "MAIL FROM")
        _step(server.rcpt(recipient), "RCPT TO", final=True)
        _step(server.docmd("DATA"), "DATA", final=True, wanted=354)
        try:
            server.send(re.sub(rb"(?m)^\.", b"..", _bytes(message)) + b".\r\n")
            answer = server.getreply()
        except OSError:  # SMTPServerDisconnected too
            raise Unsure from None
        _step(answer, "the text", final=True)


def _step(answer: tuple[int, bytes], what: str, *, final: bool = False, wanted: int = 250) -> None:
    """Raise unless the server agreed. A 5xx is about the message only at steps marked `final`; before, it is about us, and may pass."""
    code = answer[0]
    if code == wanted or (wanted == 250 and code == 251):
        return
    if final and code >= 500:
        raise Refused(str(code))
    raise smtplib.SMTPResponseException(code, what)


@contextmanager
def _connected(to: SplitResult) -> Iterator[smtplib.SMTP]:
    host, tls = to.hostname or "localhost", ssl.create_default_context()
    port = to.port or PORTS[to.scheme]
    server = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls) if to.scheme == "smtps" else smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        if to.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=tls)
            server.ehlo_or_helo_if_needed()
        if to.username:
            if not isinstance(server.sock, ssl.SSLSocket) and not _is_here(host):
                raise smtplib.SMTPNotSupportedError("the server offers no encryption, so no password is sent to it")
            server.login(unquote(to.username), unquote(to.password or ""))
        yield server
        with suppress(OSError):  # whatever it does at the farewell, the message has been taken
            server.quit()
    finally:
        server.close()


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
