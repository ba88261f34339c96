# SPDX-License-Identifier: MIT
"""The cast of the demo, signed in; and the mail that they got."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

from upart.cli.demo import PASSWORD
from upart.cli.work import make_worker
from upart.testing import Client, Installation

HOMES = {"ada": "athena", "theo": "athena", "lena": "athena", "odin": "orion", "pia": "platform"}


def sign_in(portal: Installation, name: str, at: str = "", *, remember: bool = False, password: str = PASSWORD) -> Client:
    """A browser in which this person has signed in."""
    browser = portal.visitor(at or HOMES[name])
    data = {"email": f"{name}@example.org", "password": password, **({"remember": "y"} if remember else {})}
    answer = browser.post("/sign-in", data=data)
    assert answer.status_code == 303, answer.text
    return browser


def idle(browser: Client) -> Client:
    """The same browser on the next day: closed and opened again, so that only what is remembered is left."""
    browser.forget("upart_session")
    return browser


def work(portal: Installation) -> int:
    """Let a worker do all that is due."""
    return make_worker(portal.app).run_due()


def mails(portal: Installation, to: str = "") -> list[email.message.EmailMessage]:
    """What has been sent, oldest first; does what is due before it looks."""
    work(portal)
    files = sorted(Path(portal.state.config.instance / "mail").glob("*.eml"))
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    return [message for message in read if to in message["To"]]


def link_in(message: email.message.EmailMessage) -> str:
    """The path, with its token, that a mail asks to open."""
    text = message.get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/\S+)", text)[1]


def token_in(message: email.message.EmailMessage) -> str:
    """The token of that link."""
    return link_in(message).partition("token=")[2]


def type_password(page, name: str, password: str = PASSWORD) -> None:
    """Give address and password in a browser: on the page that asks for them, else on /sign-in."""
    if page.get_by_label("E-mail").count() == 0:
        page.goto("/sign-in")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main button.primary").click()
