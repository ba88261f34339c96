# SPDX-License-Identifier: MIT
"""What may be typed in about tokens and front ends."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _
from upart.tokens.actions.front_ends import MOST, wrong_origin, wrong_redirect
from upart.tokens.actions.making import NAME
from upart.tokens.models import ApiToken
from upart.tokens.scopes import offered

DAYS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "A year"}


def scope_choices() -> Any:
    """What can be allowed here."""
    return options({one.name: _(one.sentence) for one in offered()})


class TokenForm(Form):
    """For which program, what it may do, and how long."""

    declares = {"name": ApiToken.name}
    name = StringField(_("What is it for?"), [InputRequired(_("Give it a name, so that you know it again.")), limit(NAME)], render_kw={"required": ""})
    scopes = SelectMultipleField(_("What it may do"), [InputRequired(_("Tick at least one thing."))], choices=scope_choices)
    days = SelectField(_("How long"), choices=options({days: _(words) for days, words in DAYS.items()}), default="90")


def lines(text: str | None) -> list[str]:
    """What stands on the lines of a text, one each."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _each(wrong: Any, words: str) -> Any:
    def check(form: Any, field: wtforms.Field) -> None:
        given = lines(field.data)
        if len(given) > MOST:
            raise wtforms.ValidationError(_("Use at most %(n)s lines.", n=MOST))
        if bad := next((one for one in given if wrong(one)), ""):
            raise wtforms.ValidationError(_(words, line=bad[:100]))

    return check


class FrontEndForm(Form):
    """A front end: its name, where it is, where people come back to, and what it may ask them for."""

    name = StringField(_("Name"), [InputRequired(_("Give a name.")), limit(NAME)], render_kw={"required": ""})
    origins = TextAreaField(
        _("Its origins"), [InputRequired(_("Give at least one.")), _each(wrong_origin, "%(line)s is no origin. It looks like https://www.example.org.")]
    )
    redirects = TextAreaField(
        _("Where people come back after they have signed in"), [_each(wrong_redirect, "%(line)s cannot be used. It begins with https://.")]
    )
    scopes = SelectMultipleField(_("What it may ask people for"), choices=scope_choices)
