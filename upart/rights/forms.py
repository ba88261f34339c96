# SPDX-License-Identifier: MIT
"""What is asked for when somebody uses a right."""

from __future__ import annotations

from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from upart.accounts.forms import AddressForm
from upart.context import context
from upart.rights import naming
from upart.rights.models import RequestKind, RightsImport, RightsRequest
from upart.rights.restricting.models import Restriction
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _


def _sure() -> BooleanField:
    return BooleanField(_("I have read the plan"), [InputRequired(_("Tick this if you want it: it cannot be undone."))])


class LinkForm(AddressForm):
    """Which right, and the address to which the link goes."""

    declares = {"email": RightsRequest.addresses}
    kind = RadioField(
        _("What do you want?"), [InputRequired(_("Choose one."))],
        choices=options({RequestKind.ACCESS.value: _("A copy of my data"), RequestKind.ERASE.value: _("My data to be deleted")}),
    )  # fmt: skip


class EraseForm(Form):
    """That one is sure, whether it begins at once, and whether the account goes too."""

    sure = _sure()
    now = BooleanField(_("Do not wait"))
    account = BooleanField(_("Close my account too"))


class SendForm(Form):
    """A copy that was made elsewhere."""

    declares = {"copy": RightsImport.file_id}
    copy = FileField(
        _("The copy, a ZIP file"), [InputRequired(_("Choose the copy that another portal made for you."))], render_kw={"accept": ".zip,application/zip"}
    )


class BringForm(Form):
    """Which copy is brought in, as its report was shown."""

    copy = HiddenField()


class CloseForm(Form):
    """Which academies erase what they hold when the account is closed, and that one is sure."""

    now = BooleanField(_("Do not wait"))
    academies = SelectMultipleField(_("Erase what these academies hold about me"), choices=options({}))
    sure = _sure()


class CloseAcademyForm(Form):
    """That one is sure, and the academy's name, typed."""

    sure = _sure()
    name = StringField(_("The academy's name"), [InputRequired(_("Type the academy's name.")), limit(200)], render_kw={"autocomplete": "off"})

    def validate(self, extra_validators: object = None) -> bool:
        """The name is this academy's."""
        fine = super().validate(extra_validators)
        name = self["name"]
        if name.data and " ".join(name.data.split()).casefold() != " ".join(context.academy.name.split()).casefold():
            name.errors, fine = (*name.errors, _("This is not the name of this academy.")), False
        return fine


class GoOnForm(Form):
    """Nothing is asked: the academy goes on."""


class ObjectForm(Form):
    """Which purpose, and why."""

    declares = {"purpose": RightsRequest.details, "words": RightsRequest.words}
    purpose = RadioField(_("What should your data not be used for?"), [InputRequired(_("Choose one."))], choices=options({}))
    words = TextAreaField(_("Why? What is different about your situation?"), [Optional(), limit(4000)])


class WithdrawForm(Form):
    """Consent to which purpose."""

    declares = {"purpose": RightsRequest.details}
    purpose = RadioField(_("What do you no longer agree to?"), [InputRequired(_("Choose one."))], choices=options({}))


class RestrictForm(Form):
    """On which ground, and whether one's own use goes on."""

    declares = {"ground": RightsRequest.details, "words": RightsRequest.words, "goes_on": Restriction.goes_on}
    ground = RadioField(_("Why?"), [InputRequired(_("Choose one."))], choices=options({ground.value: _(words) for ground, words in naming.GROUNDS.items()}))
    words = TextAreaField(_("What should the privacy officer know?"), [Optional(), limit(4000)])
    goes_on = BooleanField(_("I go on using the portal"))
