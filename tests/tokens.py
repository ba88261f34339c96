# SPDX-License-Identifier: MIT
"""Every kind of token as it comes about for a person, and how it is used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from choosing import HELD, choose, offer_reminders, offers_reminders, wants_reminders
from conftest import bundled
from people import NEW, PASSWORD, hidden, mails, second_step, sign_in, sign_up, token_in

from upart import clock, config
from upart.accounts.models import TokenPurpose
from upart.app import create_app
from upart.testing import Installation

NEXT = timedelta(seconds=30)
"""From one code of an app to the next, which is good already."""


class Held(NamedTuple):
    """A token in somebody's hands: where it is used and with what, at which academy, and which page a mail opens first."""

    token: str
    path: str
    data: Callable[[], dict[str, Any]] = dict
    at: str = "athena"
    page: str = ""

    def use(self, portal, at: str = ""):
        return portal.visitor(at or self.at).post(self.path, data={"token": self.token, **self.data()})


def of_sign_up(portal) -> Held:
    sign_up(portal)
    return Held(token_in(mails(portal, "mara")[-1]), "/sign-up/confirm", lambda: {"password": NEW}, page="/sign-up/confirm")


def of_reset(portal) -> Held:
    portal.visitor("athena").post("/reset-password", data={"email": "lena@example.org"})
    return Held(token_in(mails(portal, "lena")[-1]), "/reset-password/new", lambda: {"password": NEW}, page="/reset-password/new")


def of_address(to: str):
    def ask(portal) -> Held:
        sign_in(portal, "lena").post("/account/email", data={"email": "lena@new.example"})
        return Held(token_in(mails(portal, to)[-1]), "/account/email/confirm", page="/account/email/confirm")

    return ask


def of_invitation(portal) -> Held:
    sign_in(portal, "ada").post("/manage/people/invite", data={"name": "Nina", "email": "nina@example.org", "roles": "teacher"})
    return Held(token_in(mails(portal, "nina")[-1]), "/invitation", lambda: {"name": "Nina", "email": "nina@example.org", "password": NEW}, page="/invitation")


def of_hand_off(portal) -> Held:
    platform = portal.visitor("platform")
    page = platform.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD}).text
    platform.post("/join", data={"token": hidden(page)})
    return Held(hidden(platform.post(f"/account/academies/{portal.academy('athena').id}/open").text), "/sign-in/hand-off/go")


def of_second_step(portal) -> Held:
    app, _codes = second_step(portal, sign_in(portal, "lena"))
    page = portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
    return Held(hidden(page), "/sign-in/code", lambda: {"code": app.at(clock.now() + NEXT)})


def of_join(portal) -> Held:
    page = portal.visitor("orion").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
    return Held(hidden(page), "/join", at="orion")


def of_rights(portal, kind: str = "access") -> Held:
    portal.visitor("athena").post("/privacy/ask", data={"email": "lena@example.org", "kind": kind})
    return Held(token_in(mails(portal, "lena")[-1]), "/privacy/requests/confirm", page="/privacy/requests/confirm")


def of_follow(portal) -> Held:
    of_rights(portal, "erase").use(portal)
    return Held(token_in(mails(portal, "lena")[-1]), "/privacy/requests/follow", lambda: {"act": "cancel"}, page="/privacy/requests/follow")


def of_consent(portal) -> Held:
    choose(sign_in(portal, "lena"), "newsletter|email", age="adult")
    return Held(token_in(mails(portal, "lena")[-1]), "/privacy/choices/confirm", page="/privacy/choices/confirm")


def of_choices(portal) -> Held:
    portal.visitor("athena").post("/privacy/choices/ask", data={"email": "lena@example.org"})
    sent = {"shown": "newsletter|email|1", "give": "newsletter|email", "age": "adult"}
    return Held(token_in(mails(portal, "lena")[-1]), "/privacy/choices/mailed", lambda: sent, page="/privacy/choices/mailed")


def of_guardian(portal) -> Held:
    child = wants_reminders(portal, sign_in(portal, "lena"))
    sent = {"child": child, HELD: "yes", "responsible": "y"}
    return Held(token_in(mails(portal, "gerda")[-1]), "/privacy/choices/guardian", lambda: sent, page="/privacy/choices/guardian")


FOLLOWED = {TokenPurpose.FOLLOW: 409, TokenPurpose.CHOICES: 303, TokenPurpose.GUARDIAN: 303}
"""Links that open a page again and again; what they do, they do once, and this is the answer to the second time."""

TOKENS = {
    TokenPurpose.SIGN_UP: of_sign_up,
    TokenPurpose.RESET: of_reset,
    TokenPurpose.OLD_ADDRESS: of_address("lena@example.org"),
    TokenPurpose.NEW_ADDRESS: of_address("lena@new.example"),
    TokenPurpose.INVITATION: of_invitation,
    TokenPurpose.HAND_OFF: of_hand_off,
    TokenPurpose.SECOND_STEP: of_second_step,
    TokenPurpose.JOIN: of_join,
    TokenPurpose.RIGHTS: of_rights,
    TokenPurpose.FOLLOW: of_follow,
    TokenPurpose.CONSENT: of_consent,
    TokenPurpose.CHOICES: of_choices,
    TokenPurpose.GUARDIAN: of_guardian,
}


def with_keys(portal, *keys: bytes) -> Installation:
    """The same installation after a restart with these keys."""
    settings = config.load(portal.state.config.instance, {}, password_memory=8, mail_url=("file:",), public_origin="http", secret_keys=keys)
    made = Installation(create_app(settings=settings, plugins=bundled()))
    if offers_reminders(portal):
        offer_reminders(made)
    return made


def keys_of(portal) -> tuple[bytes, ...]:
    """The keys with which the portal runs."""
    return portal.app.extensions["upart_keys"].keys
