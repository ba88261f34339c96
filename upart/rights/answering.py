# SPDX-License-Identifier: MIT
"""What officers fill in. No two fields of the page of a request have one name, since all its forms stand on it."""

from __future__ import annotations

from wtforms import BooleanField, DateField, EmailField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Optional

from upart import clock
from upart.accounts.forms import OwnerForm
from upart.privacy.taxonomy import Purpose
from upart.rights import naming
from upart.rights.actions.behalf import BEHALF
from upart.rights.models import AskedBy, RequestKind, RightsEntry, RightsRequest
from upart.theming import wording
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _

WRITE = "Write a few words."


class NewOwnerForm(OwnerForm):
    """Which academy in custody, and who shall own it."""

    academy = SelectField(_("Academy"), [InputRequired(_("Choose one."))], choices=options({}))


class GrantForm(Form):
    """Let it be done."""

    declares = {"granted": RightsEntry.words}
    of_others = True
    granted = TextAreaField(_("Words to the person"), [Optional(), limit(5000)])


class RefuseForm(Form):
    """Why it is refused, and which steps; none chosen means all that are open."""

    declares = {"refused": RightsEntry.words}
    of_others = True
    reason = SelectField(
        _("Reason"), [InputRequired(_("Choose a reason."))], choices=options({"": "", **{key.value: label for key, label in naming.REASONS.items()}})
    )
    refused = TextAreaField(_("Explain it to the person"), [InputRequired(_("Say in words why it is refused.")), limit(5000)])
    steps = SelectMultipleField(_("Only these steps"), choices=options({}))


class AnswerForm(Form):
    """A mail to the person."""

    declares = {"answer": RightsEntry.words}
    of_others = True
    answer = TextAreaField(_("Your words"), [InputRequired(_(WRITE)), limit(10_000)])


class NoteForm(Form):
    """A line for colleagues."""

    declares = {"note": RightsEntry.words}
    of_others = True
    note = TextAreaField(_("Note for colleagues"), [InputRequired(_(WRITE)), limit(5000)])


class ToldForm(Form):
    """How somebody outside was told."""

    declares = {"how": RightsEntry.words}
    of_others = True
    how = StringField(_("How, and what they answered"), [DataRequired(_("Say in a few words how they were told.")), limit(500)])


class ExtendForm(Form):
    """Why two months more are needed."""

    declares = {"why": RightsEntry.words}
    of_others = True
    why = TextAreaField(_("Why it takes longer"), [InputRequired(_("Say why: the person is told at once.")), limit(5000)])


PURPOSES = {purpose.value: wording.PURPOSES[purpose] for purpose in Purpose}
GROUNDS = {ground.value: words for ground, words in naming.GROUNDS.items()}
NEEDS = {
    RequestKind.OBJECT.value: "purpose", RequestKind.WITHDRAW.value: "purpose", RequestKind.RESTRICT.value: "ground", RequestKind.RECTIFY.value: "words",
}  # fmt: skip
"""The field that a right needs besides person and proof."""


class BehalfForm(Form):
    """A right that is used for somebody here."""

    declares = {
        "person": RightsRequest.addresses, "identity": RightsRequest.details, "words": RightsRequest.words, "purpose": RightsRequest.details,
        "ground": RightsRequest.details,
    }  # fmt: skip
    of_others = True
    person = EmailField(
        _("Address of the person"), [InputRequired(_("Type the address that is known here.")), Email(_("This is no e-mail address.")), limit(254)]
    )
    asked_by = RadioField(
        _("Who asks"), [InputRequired(_("Choose one."))],
        choices=options({AskedBy.OFFICER.value: _("The person, by letter, phone or in the room"), AskedBy.GUARDIAN.value: _("A guardian")}),
    )  # fmt: skip
    kind = RadioField(_("Right"), [InputRequired(_("Choose one."))], choices=options({kind.value: naming.RIGHTS[kind] for kind in BEHALF}))
    identity = StringField(_("How you know that it is them"), [InputRequired(_("Say how you found out.")), limit(500)])
    words = TextAreaField(_("What was asked, in their words"), [Optional(), limit(5000)])
    purpose = SelectField(_("For an objection or a withdrawal: which purpose"), [Optional()], choices=options({"": "", **PURPOSES}))
    ground = SelectField(_("For a restriction: on which ground"), [Optional()], choices=options({"": "", **GROUNDS}))
    now = BooleanField(_("Erase at once, without the 72 hours"))

    def validate(self, extra_validators: object = None) -> bool:
        """What the chosen right needs besides."""
        fine = super().validate(extra_validators)
        needs = self[NEEDS[self["kind"].data]] if self["kind"].data in NEEDS else None
        if needs is not None and not (needs.data or "").strip():
            needs.errors, fine = (*needs.errors, _("The chosen right needs this.")), False
        return fine


class LetterForm(Form):
    """A letter of an authority."""

    declares = {
        "about": RightsRequest.addresses, "authority": RightsRequest.details, "base": RightsRequest.details, "reference": RightsRequest.details,
        "wanted": RightsRequest.words, "tell_on": RightsRequest.details, "why_later": RightsRequest.details,
    }  # fmt: skip
    of_others = True
    about = EmailField(
        _("Address of the person"), [InputRequired(_("Type the address that is known here.")), Email(_("This is no e-mail address.")), limit(254)]
    )
    authority = StringField(_("Authority"), [InputRequired(_("Say who asks.")), limit(200)])
    base = StringField(_("Legal base"), [InputRequired(_("Say on which law the letter rests.")), limit(200)])
    reference = StringField(_("Reference"), [InputRequired(_("Copy the reference of the letter.")), limit(200)])
    wanted = TextAreaField(_("What is asked for"), [InputRequired(_(WRITE)), limit(5000)])
    tell_on = DateField(_("Tell the person only on"), [Optional()])
    why_later = StringField(_("Why not now"), [Optional(), limit(500)])

    def validate(self, extra_validators: object = None) -> bool:
        """Silence needs a day after today, and a reason."""
        fine = super().validate(extra_validators)
        later, why = self["tell_on"], self["why_later"]
        if later.data is not None and later.data <= clock.now().date():
            later.errors, fine = (*later.errors, _("Choose a day after today, or leave it empty.")), False
        if later.data is not None and not (why.data or "").strip():
            why.errors, fine = (*why.errors, _("Say which law forbids telling them now.")), False
        return fine
