# SPDX-License-Identifier: MIT
"""What the pages of signing in share: where to go on, who is who, and the way back after a page that needed more."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from upart.accounts import sessions
from upart.accounts.actions.tokens import wanted
from upart.accounts.forms import PasswordForm, SignInForm
from upart.accounts.limits import network_of
from upart.accounts.models import Account, MailToken, Person, TokenPurpose
from upart.context import context
from upart.db import everywhere, session
from upart.db.types import UNSTORABLE
from upart.errors import Problem, SignInNeeded
from upart.theming.faults import page
from upart.theming.forms import Form, show
from upart.theming.locales import gettext as _
from upart.theming.problems import is_for_programs
from upart.theming.render import render

KEPT_FIELDS, KEPT_BYTES = 200, 200_000
"""How much of a form is kept for somebody whose session has ended."""

WITHHELD = ("password", "current", "code", "token")
"""Fields that are never kept: no page shall carry a secret back."""


def local(path: str) -> str:
    """The path if it is one of this host, else the account page: nobody is sent elsewhere by a link."""
    parts = urlsplit(path)
    fits = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc and "\\" not in path
    return path if fits and not UNSTORABLE.search(path) and path.isprintable() and len(path) < 2000 else "/account/"


def network() -> str:
    """The network of the browser, for counting tries."""
    return network_of(request.remote_addr or "")


def enter(person: Person, *, remember: bool, go_on: str) -> Response:
    """Sign a person in and see whether the browser keeps the cookie. An older session of this browser ends. Raises Problem 403 for the suspended."""
    account = session.get(Account, person.account_id)
    if person.suspended_at is not None or account is None or account.suspended_at is not None:
        raise Problem(403, _("Your access to %(academy)s is suspended.", academy=context.academy.name), remedy=_("Ask the academy why."))
    if (before := sessions.visitor()) is not None:
        sessions.end_family(before.family)
    sessions.open_session(person, remember=remember)
    return kept.page() if (kept := Kept.posted()) else to(url_for("sign.check", next=local(go_on)))


SAVED = {
    "profile": "Your name and time zone are saved.", "password": "Your password is changed. Other browsers are signed out.",
    "second-step": "The second step is switched off.", "device": "That browser is signed out.", "everywhere": "You are signed out on all your devices here.",
    "reset": "Your new password is set. Sign in with it.", "invited": "The invitation is on its way.", "roles": "The roles are saved.",
    "suspended": "Signed out, and kept out until you let them in again.", "lifted": "They can sign in again.", "permissions": "Saved.",
    "again": "It is tried again within a minute.",
}  # fmt: skip
"""What a page says after something was done, by the word in its address: reloading does no harm, and no cookie is needed."""


def saved() -> str:
    """What has just been done, in words; nothing for a word that is not ours."""
    return _(SAVED.get(request.args.get("saved", ""), ""))


def to(address: str) -> Response:
    """See other (RFC 9110, 15.4.4)."""
    answer: Response = redirect(address, 303)  # type: ignore[assignment]
    return answer


def account_by_id(row: MailToken) -> Account:
    """The account that a token stands for."""
    with everywhere("find the account of a token") as opened:
        account = opened.get(Account, row.account_id)
        if account is None:
            raise Problem(410, "This account is gone.", remedy="Sign up again if you like.")
        opened.expunge(account)
        return account


def token_in(source: str, *purposes: TokenPurpose) -> MailToken:
    """The token of a form or an address, or Problem 410."""
    return wanted(source[:200], *purposes)


def sign_in_needed(error: SignInNeeded) -> Response:
    """A page that needs signing in, or the password again: ask, and come back. What was typed is kept."""
    if is_for_programs(request.path):
        again = "This is for somebody who has given their password within 15 minutes."
        answer = page(401, text=again if error.again else "This is for somebody who has signed in, or for a token of theirs.", code=error.code)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    target = "sign.again" if error.again else "sign.sign_in"
    if request.method in ("GET", "HEAD"):
        return to(url_for(target, next=request.full_path.rstrip("?")))
    kept = Kept(local(request.path), _small([(name, value) for name, value in _sent() if name not in WITHHELD]))
    if error.again:
        return show("accounts/again.html", PasswordForm(), 401, next=kept.path, kept=kept)
    return show("accounts/sign-in.html", SignInForm(), 401, next=kept.path, kept=kept)


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was sent when its sender had to sign in first: where it goes, and what had been typed."""

    path: str
    fields: list[tuple[str, str]]

    @classmethod
    def posted(cls) -> Kept | None:
        """What the page of the password brings along, or None."""
        if "kept" not in request.form:
            return None
        fields = [(name.removeprefix("kept."), value) for name, value in _sent() if name.startswith("kept.")]
        return cls(local(request.form.get("next", "")), _small(fields))

    def page(self) -> Response:
        """The page that sends it again, now that its sender is known."""
        return render("accounts/send.html", form=Form(), kept=self)


def _sent() -> list[tuple[str, str]]:
    """What has been sent in fields that have a name; nothing of what is too large, or not whole."""
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if name]
    except (RequestEntityTooLarge, Problem):
        return []


def _small(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    fields = fields[:KEPT_FIELDS]
    return fields if sum(len(name) + len(value) for name, value in fields) <= KEPT_BYTES else []
