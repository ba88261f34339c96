# SPDX-License-Identifier: MIT
"""Pages of signing up, in and out, and of a forgotten password."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from upart.accounts import sessions
from upart.accounts.actions import changing, signing_up
from upart.accounts.actions.tokens import make_token, use_up
from upart.accounts.forms import AddressForm, CodeForm, NewPasswordForm, PasswordForm, SignInForm, SignUpForm
from upart.accounts.limits import MAILS, Tries, count_try
from upart.accounts.models import Account, Person, TokenPurpose
from upart.accounts.passwords import fits, hash_password
from upart.accounts.views.doors import Kept, account_by_id, enter, local, network, saved, to, token_in
from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.hooks.routes import Blueprint, anyone_uncached, signed_in
from upart.theming.faults import retry_after
from upart.theming.forms import Form, refuse, show
from upart.theming.locales import gettext as _
from upart.theming.render import render

site = Blueprint("sign", __name__)

MAILED = "the address to which this link was mailed, for whoever holds the link"
WRONG = "This address and password do not belong together."


@site.get("/sign-up", policy=anyone_uncached, query=("next",))
def sign_up() -> Response:
    """Ask for name, address and password."""
    return show("accounts/sign-up.html", SignUpForm(), open=signing_up.sign_up_is() == "open", next=local(request.args.get("next", "")))


@site.post("/sign-up", policy=anyone_uncached)
def ask_to_sign_up() -> Response:
    """Mail a link; the same answer whether the address is known or not."""
    form, go_on = SignUpForm.posted(), local(request.form.get("next", ""))
    if signing_up.sign_up_is() != "open":
        raise Problem(404, _("One cannot sign up here by oneself."), remedy=_("Ask the academy for an invitation."))
    if not form.validate():
        return show("accounts/sign-up.html", form, open=True, next=go_on)
    tries = count_try("sign up", [form["email"].data, network()])
    hashed = hash_password(form["password"].data)
    signing_up.ask_to_sign_up(form["name"].data.strip(), form["email"].data, hashed, {"next": go_on, "tries": tries.digests})
    return to(url_for(".mail_sent"))


@site.get("/sign-up/sent", policy=anyone_uncached)
def mail_sent() -> Response:
    """Look into your mailbox."""
    return render("accounts/sent.html")


@site.get("/sign-up/confirm", policy=anyone_uncached, query=("token",), shows=MAILED)
def confirm() -> Response:
    """The page of a mailed link: opening it changes nothing."""
    row = token_in(request.args.get("token", ""), TokenPurpose.SIGN_UP)
    return show("accounts/confirm.html", PasswordForm(), email=row.email, token=request.args["token"])


@site.post("/sign-up/confirm", policy=anyone_uncached, shows=MAILED)
def confirm_sign_up() -> Response:
    """Make the account of whoever gives the password chosen at sign-up, and sign them in."""
    form, token = PasswordForm.posted(), request.form.get("token", "")
    row = token_in(token, TokenPurpose.SIGN_UP)
    if form.validate():
        tries = count_try("confirm", [row.digest, network()])
        if fits(row.password_hash, form["password"].data):
            tries.forgive()
            Tries("sign up", tuple(row.data.get("tries", ()))).forgive()
            return enter(signing_up.confirm_sign_up(row), remember=False, go_on=str(row.data.get("next", "")))
        refuse(form, "password", _("This is not the password that you chose when you signed up."))
    return show("accounts/confirm.html", form, email=row.email, token=token)


@site.get("/sign-in", policy=anyone_uncached, query=("next", "saved"))
def sign_in() -> Response:
    """Ask for address and password, unless somebody is signed in already."""
    if context.person is not None:
        return to(local(request.args.get("next", "")))
    is_open = signing_up.sign_up_is() == "open"
    return show("accounts/sign-in.html", SignInForm(), next=local(request.args.get("next", "")), open=is_open, saved=saved())


@site.post("/sign-in", policy=anyone_uncached)
def enter_password() -> Response:
    """Compare the password; known and unknown addresses cost the same work and get the same answer."""
    form, go_on = SignInForm.posted(), local(request.form.get("next", ""))
    around: dict[str, Any] = {"next": go_on, "open": signing_up.sign_up_is() == "open", "kept": Kept.posted()}
    if not form.validate():
        return show("accounts/sign-in.html", form, **around)
    try:
        account = _compared(form["email"].data, form["password"].data)
    except Problem as problem:
        refuse(form, "password", f"{problem.message} {problem.remedy}")
        return retry_after(problem, show("accounts/sign-in.html", form, problem.status, **around))
    if account is None:
        refuse(form, "password", _(WRONG))
        return show("accounts/sign-in.html", form, **around)
    return _ask_for_code(account, remember=form["remember"].data, go_on=go_on, kept=around["kept"])


def _ask_for_code(account: Account, *, remember: bool, go_on: str, kept: Kept | None = None) -> Response:
    """The password was right: ask for the second step, if there is one."""
    if not account.totp_on:
        return _let_in(account, remember=remember, go_on=go_on)
    token = make_token(TokenPurpose.SECOND_STEP, account_id=account.id, data={"next": go_on, "remember": remember})
    return show("accounts/code.html", CodeForm(), token=token, kept=kept)


def _compared(email: str, password: str) -> Account | None:
    """The account if this is its password. Raises Problem 429 after too many tries, 503 when too many people try."""
    tries = count_try("sign in", [email, network()])
    account = signing_up.account_by_email(email)
    usable = account is not None and account.suspended_at is None
    try:
        right = fits(account.password_hash if account is not None and usable else None, password)
    except Problem:
        tries.drop()
        raise
    if right:
        tries.forgive()
    return account if right else None


@site.post("/sign-in/code", policy=anyone_uncached)
def enter_code() -> Response:
    """The second step: a code of the app, or a recovery code."""
    form, token = CodeForm.posted(), request.form.get("token", "")
    row = token_in(token, TokenPurpose.SECOND_STEP)
    if form.validate():
        tries = count_try("code", [str(row.account_id), network()])
        account = account_by_id(row)
        if changing.accept_code(account, form["code"].data):
            use_up(row)
            session.commit()  # the code is used up, whatever comes now
            tries.forgive()
            return _let_in(account, remember=bool(row.data.get("remember")), go_on=str(row.data.get("next", "")))
        refuse(form, "code", _("This code is not right, or has been used. Wait for the next one."))
    return show("accounts/code.html", form, token=token, kept=Kept.posted())


def _let_in(account: Account, *, remember: bool, go_on: str) -> Response:
    person = signing_up.person_of(account)
    if person is None:
        token = make_token(TokenPurpose.JOIN, account_id=account.id, data={"next": go_on, "remember": remember})
        return render("accounts/join.html", form=Form(), open=signing_up.sign_up_is() == "open", token=token)
    return enter(person, remember=remember, go_on=go_on)


@site.post("/join", policy=anyone_uncached)
def join() -> Response:
    """Become a person of this academy with the account that has just been proven."""
    row = token_in(request.form.get("token", ""), TokenPurpose.JOIN)
    if signing_up.sign_up_is() != "open":
        raise Problem(404, _("One cannot join here by oneself."), remedy=_("Ask the academy for an invitation."))
    account = account_by_id(row)
    name = signing_up.name_elsewhere(account)
    use_up(row)
    return enter(signing_up.join(account, name), remember=bool(row.data.get("remember")), go_on=str(row.data.get("next", "")))


@site.get("/sign-in/check", policy=anyone_uncached, query=("next",))
def check() -> Response:
    """Has the browser kept the cookie? If not, say so in plain words."""
    if context.person is not None:
        return to(local(request.args.get("next", "")))
    return show("accounts/sign-in.html", SignInForm(), 200, next=local(request.args.get("next", "")), blocked=True, open=signing_up.sign_up_is() == "open")


@site.post("/sign-out", policy=anyone_uncached)
def sign_out() -> Response:
    """End this browser's sessions and forget its cookies."""
    if (known := sessions.visitor()) is not None:
        sessions.end_family(known.family)
    sessions.clear_cookies()
    return to("/")


@site.get("/sign-in/again", policy=signed_in, query=("next",))
def again() -> Response:
    """Ask for the password once more before private data are shown."""
    return show("accounts/again.html", PasswordForm(), next=local(request.args.get("next", "")))


@site.post("/sign-in/again", policy=anyone_uncached)
def enter_again() -> Response:
    """Make the session fresh; then go on, or offer to send again what had been typed."""
    form, go_on = PasswordForm.posted(), local(request.form.get("next", ""))
    known = sessions.visitor()
    if context.person is None:
        kept = Kept.posted()
        return show("accounts/sign-in.html", SignInForm(), 401, next=go_on, kept=kept) if kept else to(url_for(".sign_in", next=go_on))
    person: Person = context.person
    if form.validate():
        tries = count_try("again", [str(person.account_id), network()])
        account = signing_up.account_held_by(person)
        if fits(account.password_hash, form["password"].data):
            tries.forgive()
            if known is None:  # a plugin says who it is: only now is it a sign-in
                return _ask_for_code(account, remember=False, go_on=go_on, kept=Kept.posted())
            sessions.refresh(known)
            return kept.page() if (kept := Kept.posted()) else to(go_on)
        refuse(form, "password", _("This is not your password."))
    return show("accounts/again.html", form, next=go_on, kept=Kept.posted())


@site.get("/reset-password", policy=anyone_uncached)
def reset_password() -> Response:
    """Ask for the address."""
    return show("accounts/reset.html", AddressForm())


@site.post("/reset-password", policy=anyone_uncached)
def ask_to_reset() -> Response:
    """Mail a link, if the address is known; the answer is the same."""
    form = AddressForm.posted()
    if not form.validate():
        return show("accounts/reset.html", form)
    count_try("reset", [form["email"].data, network()], limit=MAILS)
    changing.ask_to_reset(form["email"].data)
    return to(url_for(".mail_sent"))


@site.get("/reset-password/new", policy=anyone_uncached, query=("token",))
def new_password() -> Response:
    """The page of a mailed link."""
    token_in(request.args.get("token", ""), TokenPurpose.RESET)
    return show("accounts/new-password.html", NewPasswordForm(), token=request.args["token"])


@site.post("/reset-password/new", policy=anyone_uncached)
def set_new_password() -> Response:
    """Store the new password and sign out everywhere."""
    form, token = NewPasswordForm.posted(), request.form.get("token", "")
    row = token_in(token, TokenPurpose.RESET)
    if not form.validate():
        return show("accounts/new-password.html", form, token=token)
    count_try("new password", [row.digest, network()])
    account, hashed = account_by_id(row), hash_password(form["password"].data)
    changing.set_password(account.id, hashed, token=row)
    if (person := signing_up.person_of(account)) is not None:
        changing.tell_of_change(person, _("your password was reset"))
    return to(url_for(".sign_in", saved="reset"))


@site.get("/invitation", policy=anyone_uncached, query=("token",), shows=MAILED)
def invitation() -> Response:
    """The page of a mailed invitation."""
    row = token_in(request.args.get("token", ""), TokenPurpose.INVITATION)
    known = signing_up.account_by_email(row.email or "") is not None
    form = PasswordForm() if known else SignUpForm(name=row.name, email=row.email)
    return show("accounts/invitation.html", form, token=request.args["token"], row=row, known=known)


@site.post("/invitation", policy=anyone_uncached, shows=MAILED)
def accept_invitation() -> Response:
    """Join with the roles of the invitation: with the account's password, or with a new one."""
    token = request.form.get("token", "")
    row = token_in(token, TokenPurpose.INVITATION)
    account = signing_up.account_by_email(row.email or "")
    form = PasswordForm.posted() if account else SignUpForm.posted(data={"email": row.email})
    if form.validate():
        tries = count_try("invitation", [row.digest, network()])
        if account is None:
            account = signing_up.account_for(row.email or "", hash_password(form["password"].data))
        elif not fits(account.password_hash, form["password"].data):
            refuse(form, "password", _("This is not the password of your account."))
            return show("accounts/invitation.html", form, token=token, row=row, known=True)
        tries.forgive()
        use_up(row)
        account = session.merge(account)
        name = form["name"].data if "name" in form else (row.name or "")
        session.flush()
        signing_up.join(account, name, row.data.get("roles", ["learner"]))
        return _ask_for_code(account, remember=False, go_on="/account/")
    return show("accounts/invitation.html", form, token=token, row=row, known=account is not None)


@site.post("/sign-in/hand-off", policy=anyone_uncached, guards_itself=True, shows="the address that is about to be signed in, for whoever holds the token")
def hand_off() -> Response:
    """Arrive from the platform: say who is about to be signed in. Nothing changes yet."""
    token = request.form.get("token", "")
    row = token_in(token, TokenPurpose.HAND_OFF)
    return render("accounts/arrived.html", form=Form(), token=token, email=account_by_id(row).email)


@site.post("/sign-in/hand-off/go", policy=anyone_uncached)
def take_hand_off() -> Response:
    """Sign in with the token of the platform."""
    row = token_in(request.form.get("token", ""), TokenPurpose.HAND_OFF)
    use_up(row)
    return _let_in(account_by_id(row), remember=False, go_on="/account/")
