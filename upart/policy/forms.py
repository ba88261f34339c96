# SPDX-License-Identifier: MIT
"""What officers fill in about a breach. No two fields of its page have one name, since all its forms stand on it."""

from __future__ import annotations

from wtforms import DateField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from upart.errors import UpartError
from upart.policy.breaching import instant
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _

NOBODY = "Name nobody."


def _is_instant(form: Form, field: Field) -> None:
    try:
        instant(field.data or "", "")
    except UpartError as error:
        raise ValidationError(error.remedy) from None


class NewBreachForm(Form):
    """What is known at once."""

    table = SelectField(_("Which data"), [InputRequired(_("Choose what was open."))], choices=options({}))
    since = DateField(_("Open since"), [InputRequired(_("Choose the day from which the data may have been open."))])
    until = DateField(_("Until the end of"), [Optional()])
    known = StringField(_("Known since, UTC"), [InputRequired(_("Say when you learned of it.")), _is_instant])
    happened = TextAreaField(_("What happened"), [Optional(), limit(5000)])


class BreachForm(Form):
    """What is known by now."""

    nature = TextAreaField(_("What happened"), [Optional(), limit(5000)])
    effects = TextAreaField(_("Likely consequences"), [Optional(), limit(5000)])
    remedies = TextAreaField(_("Measures taken or proposed"), [Optional(), limit(5000)])
    late = TextAreaField(_("Why later than 72 hours"), [Optional(), limit(5000)])


class NoticeForm(Form):
    """A mail to all whom it concerns."""

    line = StringField(_("Subject"), [InputRequired(_("Say in one line what it is about.")), limit(200)])
    message = TextAreaField(_("Your words"), [InputRequired(_("Write what happened, what it may mean, and what people can do.")), limit(10_000)])
