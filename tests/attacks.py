# SPDX-License-Identifier: MIT
"""Attacks on sessions and links, each against any site: UPART refuses them, a naive one shows that they would be seen to succeed."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import flask
from flask_login import LoginManager, UserMixin, login_required, login_user, logout_user
from itsdangerous import URLSafeSerializer
from people import HOMES, NEW, PASSWORD, link_in, mails
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.testing import Client

WEEK = timedelta(days=7)


class Upart:
    """The portal; Lena at athena is the victim."""

    cookies = ("upart_session", "upart_remember")

    def __init__(self, portal) -> None:
        self.portal, self.password = portal, PASSWORD

    def browser(self, at="athena") -> Client:
        return self.portal.visitor(at)

    def sign_in(self, browser, *, remember=False, email="lena@example.org") -> Client:
        data = {"email": email, "password": PASSWORD if "lena" not in email else self.password}
        assert browser.post("/sign-in", data=data | ({"remember": "y"} if remember else {})).status_code == 303
        return browser

    def sign_out(self, browser) -> None:
        browser.post("/sign-out")

    def change_password(self, browser) -> None:
        assert browser.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303

    def suspend(self) -> None:
        with self.portal.reading(HOMES["lena"]) as session:
            id = session.scalar(select(Person.id).where(Person.name == "Lena"))
        ada = self.sign_in(self.browser(), email="ada@example.org")
        assert ada.post(f"/manage/people/{id}/suspend").status_code == 303

    def is_in(self, browser) -> bool:
        return browser.get("/account/").status_code == 200

    def reset_token(self) -> str:
        self.browser().post("/reset-password", data={"email": "lena@example.org"})
        return link_in(mails(self.portal, "lena")[-1]).partition("token=")[2]

    def reset(self, token, password, at="athena") -> bool:
        return self.browser(at).post("/reset-password/new", data={"token": token, "password": password}).status_code == 303

    def later(self, by):
        return clock.shifted(by)


class Naive(Upart):
    """A site as many are written: Flask-Login with its defaults, one key, signed links. `adopts`: it takes up any session id that a browser brings."""

    cookies = ("session", "remember_token")

    def __init__(self, *, adopts=False) -> None:
        self.app, self.password = naive_app(), PASSWORD
        if adopts:
            self.app.session_interface = Adopting()

    def browser(self, at="athena") -> Client:
        return Client(self.app, f"{at}.localhost")

    def sign_in(self, browser, *, remember=False, email="lena@example.org") -> Client:
        browser.post("/sign-in", data={"remember": "y"} if remember else {})
        return browser

    def change_password(self, browser) -> None:
        browser.post("/account/password", data={"password": NEW})

    def suspend(self) -> None:
        self.app.lena.suspended = True

    def reset_token(self) -> str:
        return URLSafeSerializer(self.app.secret_key).dumps("lena")

    def later(self, by):
        return nullcontext()


def naive_app() -> flask.Flask:
    app = flask.Flask("naive")
    app.secret_key = "one key for everything"
    manager, app.lena = LoginManager(app), UserMixin()
    app.lena.id = 1
    manager.user_loader(lambda id: app.lena)
    app.post("/sign-in", endpoint="in")(lambda: str(login_user(app.lena, remember="remember" in flask.request.form)))
    app.post("/sign-out", endpoint="out")(lambda: str(logout_user()))
    app.get("/account/", endpoint="account")(login_required(lambda: "private"))
    app.post("/account/password", endpoint="password")(login_required(lambda: str(setattr(app.lena, "password", flask.request.form["password"]))))

    @app.post("/reset-password/new")
    def reset():
        assert URLSafeSerializer(app.secret_key).loads(flask.request.form["token"]) == "lena"
        app.lena.password = flask.request.form["password"]
        return "", 303

    return app


class Adopting(flask.sessions.SessionInterface):
    """Sessions on the server, found by whatever id the browser brings."""

    class Session(dict, flask.sessions.SessionMixin):
        """A session."""

    def __init__(self) -> None:
        self.kept: dict[str, Adopting.Session] = {}

    def open_session(self, app, request):
        return self.kept.setdefault(request.cookies.get("session", ""), self.Session())

    def save_session(self, app, session, response) -> None:
        """It is kept already."""


def steal(site, browser, names=None, at="athena") -> Client:
    thief = site.browser(at)
    for name in names or site.cookies:
        if value := browser.cookie(name):
            thief.keep(name, value)
    return thief


def copied_then(happens):
    """A cookie copied while it was good, used after something that must end it."""

    def attack(site) -> bool:
        lena = site.sign_in(site.browser(), remember=True)
        copied = steal(site, lena)
        assert site.is_in(steal(site, lena)), "the copy was no good from the beginning: nothing is shown"
        happens(site, lena)
        return site.is_in(copied)

    return attack


def at_another_academy(site) -> bool:
    return site.is_in(steal(site, site.sign_in(site.browser(), remember=True), at="orion"))


def old_remember_token(site) -> bool:
    """Copied, then used by its owner, who got a new one; used by the thief when the grace for two tabs is over."""
    lena = site.sign_in(site.browser(), remember=True)
    thief = steal(site, lena, site.cookies[1:])
    lena.forget(site.cookies[0])
    assert site.is_in(lena)
    with site.later(timedelta(seconds=61)):
        return site.is_in(thief)


def planted(site) -> bool:
    """A session id that the thief put into the victim's browser before they signed in."""
    lena, thief = site.browser(), site.browser()
    for browser in (lena, thief):
        browser.keep(site.cookies[0], "planted-by-a-thief")
    site.sign_in(lena)
    return site.is_in(thief)


def used_twice(site) -> bool:
    token = site.reset_token()
    assert site.reset(token, NEW)
    return site.reset(token, "chosen by a thief")


def link_at_another_academy(site) -> bool:
    return site.reset(site.reset_token(), NEW, at="orion")


def old_link(site) -> bool:
    token = site.reset_token()
    with site.later(WEEK):
        return site.reset(token, NEW)


ATTACKS = {
    "a cookie copied before signing out": copied_then(lambda site, lena: site.sign_out(lena)),
    "a cookie copied before the password was changed": copied_then(lambda site, lena: site.change_password(lena)),
    "a cookie copied before the suspension": copied_then(lambda site, lena: site.suspend()),
    "a cookie copied before the password was reset": copied_then(lambda site, lena: site.reset(site.reset_token(), NEW)),
    "a cookie of athena at orion": at_another_academy,
    "a remember token that has been replaced": old_remember_token,
    "a planted session": planted,
    "a reset link used twice": used_twice,
    "a reset link at another academy": link_at_another_academy,
    "a reset link after a week": old_link,
}
"""Each returns True when the thief got in."""
