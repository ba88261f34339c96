# SPDX-License-Identifier: MIT
"""Choices as people make them: boxes ticked on the page, links opened in a mailbox, and letters that may go or not."""

from __future__ import annotations

import re

from people import link_in, mails, work
from sqlalchemy import select

from upart.accounts.models import Person
from upart.consent.folding import state_of
from upart.hooks.plugged import PLUGGED
from upart.hooks.records import ConsentPurpose
from upart.mail.actions import send
from upart.mail.models import MailMessage
from upart.privacy.taxonomy import Purpose
from upart.testing import Client, Installation

BOXES = ("newsletter|email", "updates|email", "promote|email", "personalise|")
"""The boxes of the core."""

HELD = "reminders|email"
"""The box of what a child may have once a guardian has said yes: nothing of the core is."""

REMINDERS = ConsentPurpose(key="reminders", text="Reminders: a mail when a lesson waits for you.", purpose=Purpose.LEARN)


def offer_reminders(portal: Installation) -> None:
    """A feature asks for something that is done with people under 18 too."""
    if not offers_reminders(portal):
        portal.app.extensions[PLUGGED].core[0].purposes.append(REMINDERS)


def offers_reminders(portal: Installation) -> bool:
    """Does one ask for them here?"""
    return any(REMINDERS in plugin.purposes for plugin in portal.app.extensions[PLUGGED].core)


def wants_reminders(portal: Installation, browser: Client, guardian: str = "gerda@example.org", name: str = "Lena") -> str:
    """A child asks for reminders, and names a guardian; returns the child's id."""
    offer_reminders(portal)
    assert choose(browser, HELD, shown=(HELD,), age="child", guardian=guardian).status_code == 303
    with portal.reading("athena") as session:
        return str(who(session, name).id)


def choose(browser: Client, *ticked: str, age: str = "", shown=BOXES, path: str = "/privacy/choices", version: int = 1, **more):
    """Send the page with these boxes ticked and all others not."""
    data = {"shown": [f"{one}|{version}" for one in shown], "give": list(ticked), **({"age": age} if age else {}), **more}
    return browser.post(path, data=data)


def say_yes(portal: Installation, name: str = "lena", at: str = "athena"):
    """Open the newest mail to somebody, and press the button on its page, without signing in."""
    path, _, token = link_in(mails(portal, name)[-1]).partition("?token=")
    return portal.visitor(at).post(path, data={"token": token})


def order_news(portal: Installation, browser: Client, name: str = "lena") -> None:
    """Tick the newsletter, and say yes in the mailbox."""
    assert choose(browser, "newsletter|email", age="adult").status_code == 303
    assert say_yes(portal, name).status_code == 200


def ask_for_link(portal: Installation, address: str, at: str = "athena") -> str:
    """The token of the link to the choices of an address, from its mailbox."""
    assert portal.visitor(at).post("/privacy/choices/ask", data={"email": address}).status_code == 303
    return link_in(mails(portal, address)[-1]).partition("token=")[2]


def who(session, name: str = "Lena") -> Person:
    """The person of this name, or this address."""
    return session.scalars(select(Person).where((Person.name == name) | (Person.email == name))).one()


def stands(portal: Installation, name: str = "Lena", at: str = "athena") -> dict[str, str]:
    """Where somebody stands, by box."""
    with portal.reading(at) as session:
        return {f"{key}|{channel}": one.stands.value for (key, channel), one in state_of(who(session, name)).items()}


def letter(portal: Installation, purpose: str = "newsletter", name: str = "Lena", subject: str = "News of May", at: str = "athena") -> None:
    """Something is to be mailed to somebody."""
    with portal.app.test_request_context(), portal.writing(at) as session:
        send(who(session, name), purpose, subject=subject, text="Words.")


def became(portal: Installation, subject: str = "News of May", at: str = "athena") -> list[tuple[str, str]]:
    """What became of the letters of this subject, once a worker has done what is due, and why."""
    work(portal)
    with portal.reading(at) as session:
        found = session.scalars(select(MailMessage).where(MailMessage.subject_line == subject).order_by(MailMessage.id))
        return [(row.state.value, row.problem) for row in found]


def stop_link(portal: Installation, name: str = "lena") -> str:
    """The path with which the newest mail to somebody offers to stop such messages."""
    header = mails(portal, name)[-1]["List-Unsubscribe"]
    return re.fullmatch(r"<https?://[^/]+(/privacy/unsubscribe\?token=[\w-]+)>", header)[1]
