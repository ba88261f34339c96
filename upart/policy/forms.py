# SPDX-License-Identifier: MIT
"""What officers fill in about a breach, and for the policy. No two fields of a page have one name, since all its forms stand on it."""

from __future__ import annotations

from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from upart.academies.settings import MOST_WORDS
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


class PublishForm(Form):
    """What was looked at when somebody publishes it."""

    digest = HiddenField(_("What you looked at"), [InputRequired(_("Open the page of the policy, look, then publish."))])


def _own_words(label: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), limit(MOST_WORDS)])


class PolicyForm(Form):
    """Who is responsible, and paragraphs of the academy's own, at the places that the policy has for them."""

    legal_name = StringField(_("Who runs the academy"), [Optional(), limit(200)])
    place = StringField(_("Where it sits"), [Optional(), limit(300)])
    privacy_contact = StringField(_("Whom people write to about their data"), [Optional(), limit(300)])
    privacy_officer = StringField(_("Data protection officer"), [Optional(), limit(300)])
    authority = StringField(_("Where people may complain"), [Optional(), limit(300)])
    policy_start = _own_words(_("At the beginning"))
    policy_held = _own_words(_("Below what is kept"))
    policy_recipients = _own_words(_("Below who receives data"))
    policy_rights = _own_words(_("Below the rights"))
    policy_end = _own_words(_("At the end"))
