# SPDX-License-Identifier: MIT
"""What may be typed in about courses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wtforms import BooleanField, DateTimeLocalField, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from upart.plugin import Form, options
from upart.plugin import gettext as _
from upart_courses.blocks import LONG
from upart_courses.embeds import own_lines
from upart_courses.models import LessonKind, Level
from upart_courses.typed import BlocksField

LEVELS = {Level.BEGINNER: "Beginner", Level.INTERMEDIATE: "Intermediate"}
KINDS = {LessonKind.TEXT: "Text", LessonKind.EXERCISE: "Exercise"}
LANGUAGES = {  # ISO 639-1: in its own words
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "nl": "Nederlands", "pl": "Polski", "pt": "Português",
    "tr": "Türkçe", "uk": "Українська", "ar": "العربية", "fa": "فارسی", "he": "עברית", "hi": "हिन्दी", "ja": "日本語", "zh": "中文",
}  # fmt: skip
COVERS = {file.stem: file.stem.replace("-", " ").capitalize() for file in sorted((Path(__file__).parent / "art").glob("*.svg"))}
ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DAY = 24 * 60


def tidy(text: str | None) -> str:
    """One kind of line break, no blanks at the ends."""
    return (text or "").replace("\r\n", "\n").strip()


def lines(text: str | None) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def few_and_short(form: Any, field: Any) -> None:
    """A check: at most 12 lines of 160 characters."""
    if len(lines(field.data)) > 12 or any(len(line) > 160 for line in lines(field.data)):
        raise ValidationError(_("Write at most 12 lines of 160 characters."))


def is_address(form: Any, field: Any) -> None:
    """A check: the part of an address that names a course."""
    if not ADDRESS.fullmatch(field.data or "") or len(field.data) > 60:
        raise ValidationError(_("Use lower case letters, digits and hyphens between them, 60 at most."))


def needed_by_readers(form: Any, field: Any) -> None:
    """A check: not empty once a course is published."""
    if form.published and not field.data:
        raise ValidationError(_("A published course needs this."))


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("Use at most %(max)d characters."))


def _line(label: str, why: str, length: int) -> StringField:
    return StringField(label, [DataRequired(why), _at_most(length)], filters=[tidy], render_kw={"required": ""})


def _text(label: str, length: int, **attributes: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), _at_most(length)], filters=[tidy], render_kw=attributes)


class NewCourseForm(Form):
    """With what a course begins."""

    title = _line(_("Title"), _("Give the course a title."), 120)
    field = _line(_("Subject"), _("Give a subject, such as “Music theory”."), 60)


class CourseForm(NewCourseForm):
    """The facts of a course."""

    published = False
    slug = StringField(_("Address"), [is_address], filters=[tidy], render_kw={"spellcheck": "false", "autocapitalize": "none"})
    summary = TextAreaField(_("Summary"), [needed_by_readers, _at_most(240)], filters=[tidy], render_kw={"rows": "2"})
    lead = _text(_("Introduction"), 600, rows="3")
    outcomes = TextAreaField(_("What learners will be able to do"), [Optional(), few_and_short], render_kw={"rows": "5"})
    description = _text(_("About this course"), LONG, rows="8")
    level = SelectField(_("Level"), choices=options({level.value: _(label) for level, label in LEVELS.items()}))
    language = SelectField(_("Language of the lessons"), choices=options(LANGUAGES))
    cover = RadioField(_("Picture"), [InputRequired(_("Choose a picture."))], choices=options({name: _(label) for name, label in COVERS.items()}))


def can_be_read(form: Any, field: Any) -> None:
    """A check: each line names a host, who runs it and a country."""
    wrong = next((line for line in (field.data or "").splitlines() if line.strip() and None in own_lines(line)), None)
    if wrong is not None:
        raise ValidationError(
            _("“%(line)s” cannot be read. Write a host, who runs it and the code of a country: tube.example.org, Example Ltd, IE", line=wrong)
        )


class PlayersForm(Form):
    """Which players of others lessons may show besides YouTube and Vimeo."""

    players = TextAreaField(_("Other players"), [Optional(), _at_most(2_000), can_be_read], default="", filters=[tidy], render_kw={"rows": "4"})


class PlanForm(Form):
    """When changes are published by themselves, in the zone of whoever plans."""

    publish_at = DateTimeLocalField(_("Day and time"), [InputRequired(_("Choose a day and a time."))], format=["%Y-%m-%dT%H:%M"])


class SectionForm(Form):
    """The heading of a section."""

    title = _line(_("Heading"), _("Give the section a heading."), 120)


class LessonForm(Form):
    """A lesson."""

    title = _line(_("Title"), _("Give the lesson a title."), 120)
    section = SelectField(_("Section"))
    kind = SelectField(_("Kind"), choices=options({kind.value: _(label) for kind, label in KINDS.items()}))
    minutes = IntegerField(
        _("Minutes"),
        [InputRequired(_("Give a number of minutes.")), NumberRange(1, DAY, _("Give a number of minutes from %(min)s to %(max)s."))],
        default=10,
        render_kw={"min": "1", "max": str(DAY), "inputmode": "numeric"},
    )
    preview = BooleanField(_("Free preview"))
    body = _text(_("Text"), LONG, rows="24")
    blocks = BlocksField(_("Blocks"))

    def choose_from(self, sections: Mapping[str, str]) -> None:
        """Offer these sections: id to heading."""
        self.section.choices = options(sections)
