# SPDX-License-Identifier: MIT
"""Forms about what a course says of itself and of its learners: certificates, reviews, questions with answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from upart.plugin import Form, options
from upart.plugin import gettext as _
from upart_courses.faq import parsed
from upart_courses.forms.courses import tidy
from upart_courses.models import Certificate, Review


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("Use at most %(max)d characters."))


def _reason(why: str) -> TextAreaField:
    return TextAreaField(_("Reason"), [DataRequired(why), _at_most(500)], filters=[tidy], render_kw={"rows": "3", "autocomplete": "off"})


class RevokeForm(Form):
    """Why a certificate is taken back."""

    of_others = True
    declares: ClassVar[Mapping[str, Any]] = {"reason": Certificate.reason}
    reason = _reason(_("Say why: the holder reads it."))


class VisibilityForm(Form):
    """Who sees one's certificate."""

    declares: ClassVar[Mapping[str, Any]] = {"to": Certificate.public}
    to = RadioField(
        _("Who can see it"),
        [InputRequired(_("Choose who sees it."))],
        choices=options(
            {
                "nobody": _("Only I, and those who teach the course or run the academy"),
                "everybody": _("Everybody who has its address"),
                "engines": _("Everybody who has its address, and search engines may list it"),
            }
        ),
    )


class ReviewForm(Form):
    """What somebody thinks of a course."""

    declares: ClassVar[Mapping[str, Any]] = {"stars": Review.stars, "text": Review.text}
    stars = RadioField(
        _("Stars"),
        [InputRequired(_("Choose from one to five stars."))],
        choices=options({"5": _("5: very good"), "4": _("4: good"), "3": _("3: fair"), "2": _("2: poor"), "1": _("1: very poor")}),
    )
    text = TextAreaField(_("In words"), [Optional(), _at_most(2000)], filters=[tidy], render_kw={"rows": "6"})


class HideForm(Form):
    """Why the words of a review are hidden."""

    of_others = True
    declares: ClassVar[Mapping[str, Any]] = {"hidden_because": Review.hidden_because}
    hidden_because = _reason(_("Say why: whoever wrote it reads that."))


def questions_with_answers(form: Form, field: TextAreaField) -> None:
    """A validator: each part has a question of one line, and an answer below."""
    for one in parsed(field.data or ""):
        if not one.answer or len(one.question) > 200:
            raise ValidationError(_("Write an answer on the lines below “%(question)s”.", question=one.question[:80]))


class FaqForm(Form):
    """Questions about a course, with answers."""

    text = TextAreaField(_("Questions and answers"), [Optional(), _at_most(8000), questions_with_answers], filters=[tidy], render_kw={"rows": "16"})
