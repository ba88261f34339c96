# SPDX-License-Identifier: MIT
"""What may be typed in about groups of a course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from upart.plugin import Form, options
from upart.plugin import gettext as _
from upart_courses.forms.courses import GrantForm, in_this_age, tidy
from upart_courses.limits import MOST_PLACES


class CohortForm(Form):
    """A group of a course."""

    name = StringField(
        _("Name"), [InputRequired(_("Give the group a name.")), Length(max=80, message=_("Use at most %(max)d characters."))], filters=[tidy],
        render_kw={"required": ""},
    )  # fmt: skip
    starts_on = DateField(_("First day"), [InputRequired(_("Choose a day.")), in_this_age], render_kw={"required": ""})
    ends_on = DateField(_("Last day"), [Optional(), in_this_age])
    places = IntegerField(
        _("Places"), [Optional(), NumberRange(1, MOST_PLACES, _("Give a number of places from %(min)s to %(max)s."))],
        render_kw={"min": "1", "max": str(MOST_PLACES), "inputmode": "numeric"},
    )  # fmt: skip
    choosable = BooleanField(_("People can choose it when they enrol"))

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, by the columns of a group."""
        return {name: getattr(self, name).data for name in ("name", "starts_on", "ends_on", "places", "choosable")}

    def validate(self, extra_validators: Any = None) -> bool:
        """It may not end before it begins."""
        fine = super().validate(extra_validators)
        if fine and self.ends_on.data and self.starts_on.data and self.ends_on.data < self.starts_on.data:
            self.ends_on.errors = (*self.ends_on.errors, _("It would end before it begins."))
            return False
        return fine


class MoveForm(Form):
    """Into which group somebody goes."""

    group = SelectField(_("Group"), [Optional()], filters=[tidy])

    def choose_from(self, groups: Mapping[str, str]) -> None:
        """Offer these, and none."""
        self.group.choices = options({"": _("No group"), **groups})

    @property
    def chosen(self) -> UUID | None:
        """Which was chosen; None for none."""
        return UUID(self.group.data) if self.group.data else None


class AddForm(GrantForm, MoveForm):
    """Whom to take into a course, until when, and into which of its groups."""
