# SPDX-License-Identifier: MIT
"""What may be typed in about a webhook."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired

from upart.privacy.countries import COUNTRIES
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _
from upart.webhooks.actions import offered, wrong_url


def callable_(form: Any, field: Any) -> None:
    """A check: an address that may be called."""
    if wrong := wrong_url((field.data or "").strip()):
        raise ValidationError(wrong)


def placed(form: Any, field: Any) -> None:
    """A check: of a company one knows the country, and of the academy itself there is nothing to say."""
    code = field.data or ""
    if bool((form.run_by.data or "").strip()) != bool(code) or (code and code not in COUNTRIES):
        raise ValidationError(_("Say for a company in which country it runs the program."))


def event_choices() -> Any:
    """What can be told."""
    return options({name: f"{_(sentence)[:1].upper()}{_(sentence)[1:]} ({name})" for name, sentence in sorted(offered().items())})


def country_choices() -> Any:
    """Countries by their names."""
    return options({"": _("The academy runs it itself"), **dict(sorted(((code, _(name)) for code, name in COUNTRIES.items()), key=lambda one: one[1]))})


class EndpointForm(Form):
    """A webhook: the address, of what it is told, and who runs the program there."""

    url = StringField(_("Address"), [InputRequired(_("Give an address.")), limit(500), callable_], render_kw={"required": "", "inputmode": "url"})
    events = SelectMultipleField(_("What it is told"), [InputRequired(_("Tick at least one thing."))], choices=event_choices)
    run_by = StringField(_("Company that runs the program"), [limit(200)])
    country = SelectField(_("Country where it runs"), [placed], choices=country_choices, validate_choice=False)
    safeguard = StringField(_("What protects data there"), [limit(200)])
