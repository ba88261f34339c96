# SPDX-License-Identifier: MIT
"""What may be typed in about choices."""

from __future__ import annotations

from wtforms import EmailField
from wtforms.validators import InputRequired

from upart.accounts.forms import is_address
from upart.accounts.models import Person
from upart.consent.models import Guardian
from upart.theming.forms import Form
from upart.theming.locales import gettext as _


class MailedForm(Form):
    """The address to which the link to its choices goes."""

    declares = {"email": Person.email}
    email = EmailField(_("E-mail"), [InputRequired(_("Give an e-mail address.")), is_address], render_kw={"autocomplete": "email", "required": ""})


class GuardianForm(Form):
    """The address of the parent or guardian to whom a child's question goes."""

    declares = {"guardian": Guardian.email}
    guardian = EmailField(_("E-mail of a parent or guardian"), [InputRequired(_("Give an e-mail address.")), is_address])
