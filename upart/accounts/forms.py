# SPDX-License-Identifier: MIT
"""What may be typed in about accounts."""

from __future__ import annotations

import re
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, EmailField, PasswordField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from upart.accounts.models import Account, Person
from upart.accounts.passwords import weakness
from upart.errors import UpartError
from upart.hooks.plugged import plugged
from upart.mail.kit import one_address
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _
from upart.theming.locales import zones

ROLE_WORDS = {
    "owner": "answers for the academy", "manager": "runs it day by day", "officer": "looks after privacy", "teacher": "makes and teaches courses",
    "learner": "takes part",
}  # fmt: skip
"""What each role is for."""

NO_NAME = re.compile(r"[\r\n]|://|\bwww\.", re.I)


def address(text: str) -> str:
    """An e-mail address as we keep it (RFC 5321, 6531): normalised, in lower case. Raises ValueError with words."""
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True, strict=True).normalized.lower()
        return one_address(checked)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    except UpartError:
        raise ValueError(_("No mail can be sent to this address.")) from None


def is_address(form: Any, field: Any) -> None:
    """A check: turns the field's data into an address."""
    try:
        field.data = address(field.data or "")
    except ValueError as error:
        raise ValidationError(str(error)) from None


def is_name(form: Any, field: Any) -> None:
    """A check: one line without addresses of pages, since names stand in mail to others."""
    if NO_NAME.search(field.data or ""):
        raise ValidationError(_("Give a name, on one line and without addresses of pages."))


def strong(form: Any, field: Any) -> None:
    """A check: a password that is not easy to guess."""
    about = [form[name].data or "" for name in ("name", "email") if name in form]
    if why := weakness(field.data or "", *about):
        raise ValidationError(why)


def _email(label: str) -> EmailField:
    return EmailField(label, [InputRequired(_("Give an e-mail address.")), is_address], render_kw={"autocomplete": "username", "required": ""})


def _password(label: str, *, new: bool) -> PasswordField:
    checks = [InputRequired(_("Give the password.")), limit(200), *([strong] if new else [])]
    return PasswordField(label, checks, render_kw={"autocomplete": "new-password" if new else "current-password", "required": ""})


class SignUpForm(Form):
    """Name, address, password."""

    declares = {"name": Person.name, "email": Account.email, "password": Account.password_hash}
    name = StringField(_("Your name"), [InputRequired(_("Give a name.")), limit(120), is_name], render_kw={"autocomplete": "name", "required": ""})
    email = _email(_("E-mail"))
    password = _password(_("Password"), new=True)


class SignInForm(Form):
    """Address, password, and whether this browser is to be recognised."""

    email = _email(_("E-mail"))
    password = _password(_("Password"), new=False)
    remember = BooleanField(_("Recognise me on this device"))


class PasswordForm(Form):
    """The password alone: to confirm."""

    password = _password(_("Password"), new=False)


class CodeForm(Form):
    """A code of the second step."""

    code = StringField(
        _("Code"), [InputRequired(_("Give the code.")), limit(20)], render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "required": ""}
    )


class AddressForm(Form):
    """An address alone."""

    declares = {"email": Account.email}
    email = _email(_("E-mail"))


class NewPasswordForm(Form):
    """A new password."""

    declares = {"password": Account.password_hash}
    password = _password(_("New password"), new=True)


class ChangePasswordForm(Form):
    """The password in use and the new one."""

    declares = {"password": Account.password_hash}
    current = _password(_("Password in use"), new=False)
    password = _password(_("New password"), new=True)


class ProfileForm(Form):
    """What the academy calls a person, and how it tells time to them."""

    declares = {"name": Person.name, "zone": Person.zone}
    name = StringField(_("Name"), [InputRequired(_("Give a name.")), limit(120), is_name], render_kw={"autocomplete": "name", "required": ""})
    zone = SelectField(_("Time zone"), [Optional()], choices=options(zones()), default="UTC")


def role_choices() -> Any:
    """The roles, each with what it is for."""
    return options({role: f"{_(role.title())}: {_(words)}" for role, words in ROLE_WORDS.items()})


class OwnerForm(Form):
    """Who shall own an academy."""

    declares = {"name": Person.name, "email": Person.email}
    of_others = True
    name = StringField(_("Name"), [InputRequired(_("Give a name.")), limit(120), is_name], render_kw={"required": ""})
    email = _email(_("E-mail"))


class InvitationForm(OwnerForm):
    """Whom to invite, as what."""

    declares = {**OwnerForm.declares, "roles": Person.roles}
    roles = SelectMultipleField(_("Roles"), choices=role_choices(), default=["learner"])


class RolesForm(Form):
    """A person's roles."""

    declares = {"roles": Person.roles}
    of_others = True
    roles = SelectMultipleField(_("Roles"), choices=role_choices())


def permission_choices() -> Any:
    """What roles may do here, in words."""
    return options({one.name: one.sentence for one in sorted(plugged().permissions().values(), key=lambda one: one.name)})


class PermissionsForm(Form):
    """What a role may do."""

    permission = SelectMultipleField(_("What it may do"), choices=permission_choices, validate_choice=False)
