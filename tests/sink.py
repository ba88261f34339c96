# SPDX-License-Identifier: MIT
"""A real mail server on loopback that says what a test wants, and keeps what it was given."""

from __future__ import annotations

import asyncio
import datetime
import email
import email.policy
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from served import free_port

from upart.mail.actions import CONFIG

PASSWORD = "sink"


@dataclass
class Sink:
    """`says` maps a step ("EHLO", "MAIL", "RCPT", "DATA", "QUIT") to the answer given there, instead of yes ("hang up" at the last).

    `silent` seconds pass between the text and the answer to it. `got` are envelopes as they came.
    """

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    silent: float = 0.0
    got: list[Any] = field(default_factory=list)
    asked: int = 0
    encrypted: list[bool] = field(default_factory=list)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.asked += 1
        session.host_name = hostname
        return [self.says["EHLO"]] if "EHLO" in self.says else responses

    async def handle_HELO(self, server, session, envelope, hostname):
        session.host_name = hostname
        return self.says.get("EHLO", "250 sink")

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.says:
            return self.says["MAIL"]
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.says:
            return self.says["DATA"]
        self.got.append(envelope)
        self.encrypted.append(session.ssl is not None)
        await asyncio.sleep(self.silent)
        return "250 taken"

    async def handle_QUIT(self, server, session, envelope):
        if self.says.get("QUIT") == "hang up":
            server.transport.abort()
        return self.says.get("QUIT", "221 bye")

    @property
    def messages(self) -> list[EmailMessage]:
        """What came, read."""
        return [email.message_from_bytes(one.content, policy=email.policy.default) for one in self.got]

    def url(self, user: str = "") -> str:
        """For UPART_MAIL_URL."""
        return f"smtp://{f'{user}:{PASSWORD}@' if user else ''}127.0.0.1:{self.port}"


def _login(server, session, envelope, mechanism, data) -> AuthResult:
    # handled=False: else aiosmtpd leaves the client of a wrong password waiting for five minutes
    return AuthResult(success=data.login == b"portal" and data.password == PASSWORD.encode(), handled=False)


@contextmanager
def listening(tls: Path | None = None, **options: Any) -> Iterator[Sink]:
    """A mail server on a free port; with `tls`, a folder with a certificate, it offers STARTTLS and asks for a password."""
    sink = Sink()
    sink.port = free_port()  # aiosmtpd refuses port 0
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
        options |= {"tls_context": context, "authenticator": _login, "auth_required": True}
    controller = Controller(sink, "127.0.0.1", sink.port, **options)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)


def certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1 that nobody trusts yet; returns its file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem"


def mail_goes(made, *urls: str) -> None:
    """Let the mail of an installation go these ways."""
    made.app.extensions[CONFIG] = replace(made.app.extensions[CONFIG], mail_url=urls)
