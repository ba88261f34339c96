# SPDX-License-Identifier: MIT
"""The cast of the demo, signed in; and the mail that they got."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from sqlalchemy import ColumnElement, update

from upart import clock
from upart.cli.demo import PASSWORD
from upart.cli.work import make_worker
from upart.jobs.models import Job
from upart.jobs.schedules import PREFIX
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
    """Let a worker do what people have caused. What comes every night or hour comes an hour later, or with `night()`: it takes longer than most tests."""
    worker, now = make_worker(portal.app), datetime.now(UTC)
    _schedules(portal, now + timedelta(hours=1), Job.run_at <= now)
    return worker.run_due()


def night(portal: Installation) -> int:
    """Let a worker do all: also what comes every night or hour, as if its time had come."""
    worker = make_worker(portal.app)
    _schedules(portal, datetime.now(UTC) - timedelta(hours=1))
    return worker.run_due()


def _schedules(portal: Installation, at: datetime, *where: ColumnElement[bool]) -> None:
    with portal.everywhere() as session:
        session.execute(update(Job).where(Job.dedupe_key.startswith(PREFIX), *where).values(run_at=at).execution_options(synchronize_session=False))


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


NEW = "a quiet walk at noon"
"""Another password than the cast's."""


def sign_up(portal: Installation, name: str = "Mara", email: str = "mara@example.org", password: str = NEW, at: str = "athena") -> Client:
    """A browser in which somebody has filled in the form; the mail is on its way."""
    browser = portal.visitor(at)
    assert browser.post("/sign-up", data={"name": name, "email": email, "password": password, "next": "/courses/"}).status_code == 303
    return browser


def is_in(browser: Client) -> bool:
    """Has somebody signed in here?"""
    return browser.get("/account/").status_code == 200


def stolen(portal: Installation, browser: Client, names: tuple[str, ...] = ("upart_session", "upart_remember"), at: str = "athena") -> Client:
    """A thief's browser with copies of these cookies."""
    thief = portal.visitor(at)
    for name in names:
        if value := browser.cookie(name):
            thief.keep(name, value)
    return thief


def hidden(page: str, name: str = "token") -> str:
    """The value of a hidden field."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def second_step(portal: Installation, browser: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Switch the second step on for whoever has signed in with this browser: their app, and their recovery codes."""
    page = browser.post("/account/two-step").text
    app = pyotp.TOTP(re.search(r"<code>([A-Z2-7]{32})</code>", page)[1])
    shown = browser.post("/account/two-step/on", data={"code": app.at(clock.now())}).text
    return app, re.findall(r"<code>([0-9a-f]{5}-[0-9a-f]{5})</code>", shown)
