# SPDX-License-Identifier: MIT
"""Letters to Lena: written, sent, and what became of them."""

from __future__ import annotations

import email
import email.policy

from sqlalchemy import select

from upart.accounts.models import Person
from upart.mail.actions import send
from upart.mail.models import MailMessage
from upart.testing import Installation


def write(made: Installation, subject: str = "Hello", text: str = "Come in.", slug: str = "athena", purpose: str = "learn", **more) -> None:
    """Write to Lena, who is made when she is missing."""
    with made.writing(slug) as session:
        lena = session.scalar(select(Person).where(Person.email == "lena@example.org")) or Person(name="Lena", email="lena@example.org")
        session.add(lena)
        send(lena, purpose, subject=subject, text=text, **more)


def letters(made: Installation) -> list[MailMessage]:
    """All messages, oldest first."""
    with made.everywhere() as session:
        session.expire_on_commit = False
        return list(session.scalars(select(MailMessage).order_by(MailMessage.id)))


def states(made: Installation) -> list[tuple[str, str]]:
    """What became of each message, and why."""
    return [(letter.state.value, letter.problem) for letter in letters(made)]


def files(made: Installation) -> list[email.message.EmailMessage]:
    """What was written into files, oldest first."""
    folder = made.state.config.instance / "mail"
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in sorted(folder.glob("*.eml"))]
