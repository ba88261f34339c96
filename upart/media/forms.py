# SPDX-License-Identifier: MIT
"""What may be typed in about files of the library."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import BooleanField, EmailField, IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from upart.media.models import MediaItem
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _

NOBODY, ME, THEM, OTHER = "nobody", "me", "them", "other"


def says_something(form: Any, field: Any) -> None:
    """A check: a picture has words that stand for it, or is said to be decorative; not both."""
    if form.is_picture and not field.data and not form.decorative.data:
        raise ValidationError(_("Say what the picture shows, or tick that it only decorates."))
    if field.data and form.decorative.data:
        raise ValidationError(_("A picture that only decorates has no words: delete them, or take the tick away."))


def somebody(form: Any, field: Any) -> None:
    """A check: who is meant by "somebody else"."""
    if form.shown.data == OTHER and not field.data:
        raise ValidationError(_("Give the address of the person."))


class ItemForm(Form):
    """What is said of a file, who may open it and whom it is about."""

    is_picture = False
    declares: ClassVar[dict[str, Any]] = {"title": MediaItem.title, "alt": MediaItem.alt, "credit": MediaItem.credit}

    title = StringField(_("Name"), [DataRequired(_("Give it a name.")), limit(120)], render_kw={"required": ""})
    alt = TextAreaField(_("What it shows"), [says_something, limit(500)], render_kw={"rows": "2"})
    decorative = BooleanField(_("It only decorates"))
    credit = StringField(_("Who made it"), [Optional(), limit(200)])
    focus_x = IntegerField(_("From the left, percent"), [InputRequired(_("Give a number.")), NumberRange(0, 100, _("Give a number from 0 to 100."))])
    focus_y = IntegerField(_("From the top, percent"), [InputRequired(_("Give a number.")), NumberRange(0, 100, _("Give a number from 0 to 100."))])
    public = BooleanField(_("Everybody may open it"))
    shown = RadioField(_("Is it about one person?"), [InputRequired(_("Choose one."))])
    shown_address = EmailField(_("Address of that person"), [somebody, limit(254)])

    def fit(self, item: MediaItem, *, finds: bool, me: Any) -> None:
        """Ask only what makes sense for this file, and this person."""
        self.is_picture = item.is_picture
        if not item.is_picture:
            del self.alt, self.decorative, self.focus_x, self.focus_y
        choices = {NOBODY: _("No"), ME: _("Yes, about me")}
        if item.shown is not None and item.shown_id != me:
            choices[THEM] = _("Yes, about %(name)s", name=item.shown.name)
        if finds:
            choices[OTHER] = _("Yes, about somebody else")
        else:
            del self.shown_address
        self.shown.choices = options(choices)
