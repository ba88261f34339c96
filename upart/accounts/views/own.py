# SPDX-License-Identifier: MIT
"""Pages of one's own account."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pyotp
import segno
from flask import Response, current_app, request, url_for
from sqlalchemy import select

from upart import clock
from upart.accounts import sessions
from upart.accounts.actions import changing, signing_up
from upart.accounts.forms import AddressForm, ChangePasswordForm, CodeForm, ProfileForm
from upart.accounts.limits import MAILS, count_try, failed
from upart.accounts.models import SessionKind, SignIn, TokenPurpose, UserSession
from upart.accounts.passwords import fits, hash_password
from upart.accounts.views.doors import network, saved, to, token_in
from upart.context import CurrentAcademy, context
from upart.db import session
from upart.errors import NotHere, Problem
from upart.hooks.records import Area
from upart.hooks.routes import Blueprint, anyone_uncached, fresh, signed_in
from upart.theming.forms import Form, refuse, show
from upart.theming.headers import form_to
from upart.theming.locales import gettext as _
from upart.theming.render import menu, render

own = Blueprint("account", __name__)

MAILED = "the new address, for whoever holds a link that was mailed to the old or the new one"


@own.get("/account/", policy=signed_in, query=("saved",))
def overview() -> Response:
    """Where to find what. Shows nothing private, so a recognised browser suffices."""
    academy, mine = context.academy, menu(context.academy, Area.ACCOUNT)
    manage = {"label": _("Manage %(academy)s", academy=academy.name), "hint": _("People, roles, what happened."), "icon": "settings"}
    groups = (
        (_("Here"), [entry for entry in mine if entry["group"] != "own"]), (_("You and how you sign in"), [entry for entry in mine if entry["group"] == "own"]),
        (_("Teaching"), menu(academy, Area.TEACH)), (_("Managing"), [{**entry, **manage} for entry in menu(academy, Area.MANAGE)[:1]]),
    )  # fmt: skip
    roles = [_(role.title()) for role in context.person.roles]
    return render("accounts/overview.html", roles=roles, groups=[(label, found) for label, found in groups if found], saved=saved())


@own.get("/account/profile", policy=signed_in)
def profile() -> Response:
    """Name and time zone."""
    return show("accounts/profile.html", ProfileForm(obj=context.person))


@own.post("/account/profile", policy=signed_in)
def change_profile() -> Response:
    """Change them."""
    form = ProfileForm.posted()
    if not form.validate():
        return show("accounts/profile.html", form)
    changing.change_profile(context.person, form["name"].data.strip(), form["zone"].data)
    return to(url_for(".overview", saved="profile"))


@own.get("/account/email", policy=fresh)
def email() -> Response:
    """The sign-in address."""
    return show("accounts/email.html", AddressForm(), now=signing_up.account_held_by(context.person).email)


@own.post("/account/email", policy=fresh)
def change_email() -> Response:
    """Mail a link to both addresses; the answer is the same for an address that is taken."""
    form, account = AddressForm.posted(), signing_up.account_held_by(context.person)
    if not form.validate():
        return show("accounts/email.html", form, now=account.email)
    count_try("change address", [str(account.id)], limit=MAILS)
    changing.ask_to_change_address(context.person, account, form["email"].data)
    return to(url_for("sign.mail_sent"))


@own.get("/account/email/confirm", policy=anyone_uncached, query=("token",), shows=MAILED)
def confirm_email() -> Response:
    """The page of a mailed link."""
    row = token_in(request.args.get("token", ""), TokenPurpose.OLD_ADDRESS, TokenPurpose.NEW_ADDRESS)
    return render("accounts/email-confirm.html", token=request.args["token"], new=row.email)


@own.post("/account/email/confirm", policy=anyone_uncached, shows=MAILED)
def take_email() -> Response:
    """Confirm for one of the two addresses."""
    row = token_in(request.form.get("token", ""), TokenPurpose.OLD_ADDRESS, TokenPurpose.NEW_ADDRESS)
    return render("accounts/email-confirm.html", done=changing.confirm_address(row), new=row.email)


@own.get("/account/password", policy=signed_in)
def password() -> Response:
    """Ask for the password in use and a new one."""
    return show("accounts/password.html", ChangePasswordForm())


@own.post("/account/password", policy=signed_in)
def change_password() -> Response:
    """Store the new password and sign out all other browsers."""
    form, known = ChangePasswordForm.posted(), sessions.visitor()
    if form.validate() and known is not None:
        account = signing_up.account_held_by(context.person)
        tries = count_try("again", [str(account.id), network()])
        if fits(account.password_hash, form["current"].data):
            changing.set_password(account.id, hash_password(form["password"].data), keep=known.family)
            tries.forgive()
            changing.tell_of_change(context.person, _("your password was changed"))
            sessions.renew(known)
            return to(url_for(".overview", saved="password"))
        refuse(form, "current", _("This is not your password."))
    return show("accounts/password.html", form)


@own.get("/account/two-step", policy=fresh)
def two_step() -> Response:
    """Is a second step asked for?"""
    return render("accounts/two-step.html", account=changing.account_of(context.person))


@own.post("/account/two-step", policy=fresh)
def begin_two_step() -> Response:
    """Make a seed; show it as a picture and as text."""
    account = changing.account_of(context.person)
    if account.totp_on:
        raise Problem(409, _("The second step is switched on already."), remedy=_("Switch it off before you set it up again."))
    seed = changing.new_seed(account)
    return show("accounts/two-step-code.html", CodeForm(), seed=seed)


@own.get("/account/two-step/code.svg", policy=fresh)
def two_step_picture() -> Response:
    """The seed as a QR code, for the app (otpauth URI)."""
    account = changing.account_of(context.person)
    if account.totp_on:
        raise Problem(404, _("The second step is set up."), remedy=_("Switch it off to set it up again."))
    uri = pyotp.TOTP(changing.seed_of(account)).provisioning_uri(name=account.email, issuer_name=context.academy.name)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=5, border=3, light="#fff", xmldecl=False)
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@own.post("/account/two-step/on", policy=fresh)
def switch_two_step_on() -> Response:
    """Ask for a code from now on, if the app has shown the right one."""
    form = CodeForm.posted()
    tries = count_try("code", [str(context.person.account_id), network()]) if form.validate() else None
    account = changing.account_of(context.person)
    if tries is not None:
        if codes := changing.switch_second_step_on(account, form["code"].data):
            changing.tell_of_change(context.person, _("a second step was switched on"))
            return render("accounts/recovery.html", codes=codes)
        refuse(form, "code", _("This code is not right. Wait for the next one, and check the clock of your phone."))
    return show("accounts/two-step-code.html", form, seed=changing.seed_of(account))


@own.post("/account/two-step/off", policy=fresh)
def switch_two_step_off() -> Response:
    """Ask for the password alone again."""
    changing.switch_second_step_off(changing.account_of(context.person))
    changing.tell_of_change(context.person, _("the second step was switched off"))
    return to(url_for(".overview", saved="second-step"))


@own.post("/account/two-step/codes", policy=fresh)
def renew_codes() -> Response:
    """New recovery codes; the old ones end."""
    return render("accounts/recovery.html", codes=changing.renew_recovery_codes(changing.account_of(context.person)))


@own.get("/account/devices", policy=signed_in, query=("saved",))
def devices() -> Response:
    """Browsers that are signed in or recognised here, and the last sign-ins."""
    known, person, now = sessions.visitor(), context.person, clock.now()
    idle = (UserSession.kind == SessionKind.SESSION) & (UserSession.seen_at < now - sessions.IDLE)
    live = select(UserSession).where(UserSession.person_id == person.id, UserSession.ends_at > now, ~idle)
    families: dict[UUID, dict[str, Any]] = {}
    for row in session.scalars(live.order_by(UserSession.seen_at.desc())):
        first = {"device": row.device, "icon": _icon(row.device), "seen": row.seen_at, "since": row.created_at, "remembered": False, "family": row.family}
        one = families.setdefault(row.family, first)
        one["remembered"] |= row.kind is SessionKind.REMEMBER
        one["since"] = min(one["since"], row.created_at)
    recent = session.scalars(select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.at.desc()).limit(10)).all()
    tries = failed("sign in", signing_up.account_held_by(person).email)
    ordered = sorted(families.values(), key=lambda one: known is None or one["family"] != known.family)
    return render("accounts/devices.html", devices=ordered, here=known.family if known else None, recent=recent, tries=tries, saved=saved())


def _icon(device: str) -> str:
    return "smartphone" if device.endswith(("Android", "iPhone")) else "tablet" if device.endswith("iPad") else "laptop"


@own.post("/account/devices/<uuid:family>/sign-out", policy=signed_in)
def sign_out_device(family: UUID) -> Response:
    """Sign one browser out; only one's own."""
    if session.scalars(select(UserSession.id).where(UserSession.family == family, UserSession.person_id == context.person.id)).first() is None:
        raise NotHere
    sessions.end_family(family)
    return to(url_for(".devices", saved="device"))


@own.post("/account/devices/sign-out", policy=signed_in)
def sign_out_everywhere() -> Response:
    """Sign out all browsers, this one too."""
    sessions.end_all(context.person)
    sessions.clear_cookies()
    return to(url_for("sign.sign_in", saved="everywhere"))


@own.get("/account/academies", policy=signed_in)
def academies() -> Response:
    """On the platform: the academies in which one has joined."""
    _on_the_platform()
    found = [_by_id(id) for id in changing.academies_of(signing_up.account_held_by(context.person).id)]
    return render("accounts/academies.html", academies=[academy for academy in found if academy is not None])


@own.post("/account/academies/<uuid:id>/open", policy=fresh)
def open_academy(id: UUID) -> Response:
    """Hand over to an academy: a page whose form posts a one-time token there."""
    _on_the_platform()
    account, academy = signing_up.account_held_by(context.person), _by_id(id)
    if academy is None or id not in changing.academies_of(account.id):
        raise NotHere
    token, target = changing.hand_off(account, id), current_app.extensions["upart_config"].address(academy.host, "/sign-in/hand-off")
    return form_to(render("accounts/hand-off.html", form=Form(), name=academy.name, token=token, target=target), target)


def _on_the_platform() -> None:
    if not context.academy.is_platform:
        raise NotHere


def _by_id(id: UUID) -> CurrentAcademy | None:
    found: CurrentAcademy | None = current_app.extensions["upart"].directory.by_id(id)
    return found
