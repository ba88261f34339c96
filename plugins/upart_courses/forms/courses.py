# SPDX-License-Identifier: MIT
"""What may be typed in about courses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    Field,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from upart.plugin import Form, Person, options
from upart.plugin import gettext as _
from upart_courses.embeds import own_lines
from upart_courses.forms.blocks import BlocksField
from upart_courses.limits import LONG
from upart_courses.models import Entitlement, Entry, LessonKind, Level, Visibility

LEVELS = {Level.BEGINNER: "Beginner", Level.INTERMEDIATE: "Intermediate", Level.ADVANCED: "Advanced"}
KINDS = {LessonKind.TEXT: "Text", LessonKind.EXERCISE: "Exercise"}
LANGUAGES = {  # ISO 639-1: in its own words
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "nl": "Nederlands", "pl": "Polski", "pt": "Português",
    "tr": "Türkçe", "uk": "Українська", "ar": "العربية", "fa": "فارسی", "he": "עברית", "hi": "हिन्दी", "ja": "日本語", "zh": "中文",
}  # fmt: skip
COVERS = {file.stem: file.stem.replace("-", " ").capitalize() for file in sorted((Path(__file__).parents[1] / "art").glob("*.svg"))}
ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DAY = 24 * 60
MOST_DAYS = 3650
AGE = range(2000, 2201)
"""Years in which something can begin, open or end."""

TITLE = 120
"""Characters of a title."""


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


def in_this_age(form: Any, field: Any) -> None:
    """A check: a year with which calendars and clocks can count."""
    if field.data and field.data.year not in AGE:
        raise ValidationError(_("Give a year from %(first)s to %(last)s.", first=AGE[0], last=AGE[-1]))


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("Use at most %(max)d characters."))


def _line(label: str, why: str, length: int) -> StringField:
    return StringField(label, [DataRequired(why), _at_most(length)], filters=[tidy], render_kw={"required": ""})


def _text(label: str, length: int, **attributes: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), _at_most(length)], filters=[tidy], render_kw=attributes)


class NewCourseForm(Form):
    """With what a course begins."""

    title = _line(_("Title"), _("Give the course a title."), TITLE)
    field = _line(_("Subject"), _("Give a subject, such as “Music theory”."), 60)


class CopyForm(Form):
    """How the copy of a course is called."""

    title = _line(_("Title"), _("Give the course a title."), TITLE)


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

    publish_at = DateTimeLocalField(_("Day and time"), [InputRequired(_("Choose a day and a time.")), in_this_age], format=["%Y-%m-%dT%H:%M"])


class AccessForm(Form):
    """Who sees a course, who enters it by themselves, and what comes before it."""

    visibility = RadioField(
        _("Who sees the page"),
        [InputRequired(_("Choose who sees it."))],
        choices=options(
            {
                Visibility.PUBLIC.value: _("Everybody, in the catalogue"),
                Visibility.UNLISTED.value: _("Everybody who has the address; it stands in no list"),
                Visibility.MEMBERS.value: _("People of the academy"),
                Visibility.ENTITLED.value: _("Only people with access to the course"),
            }
        ),
    )
    entry = RadioField(
        _("Who can enrol"),
        [InputRequired(_("Choose who can enrol."))],
        choices=options({Entry.OPEN.value: _("Everybody who sees it, free of charge"), Entry.ENTITLED.value: _("Only people with access to the course")}),
    )
    prerequisites = SelectMultipleField(_("To be finished before"), choices=options({}))

    def choose_from(self, courses: Mapping[str, str]) -> None:
        """Offer these courses: id to title."""
        self.prerequisites.choices = options(courses)


class ReleaseForm(Form):
    """When a section opens, and which of its lessons finish the course."""

    kind = RadioField(
        _("It opens"),
        [InputRequired(_("Choose when it opens."))],
        choices=options(
            {
                "now": _("At once"),
                "date": _("On a day"),
                "days": _("Some days after enrolling"),
                "completion": _("When something before it is done"),
            }
        ),
    )
    on = DateTimeLocalField(_("Day and time"), [Optional(), in_this_age], format=["%Y-%m-%dT%H:%M"])
    days = IntegerField(
        _("Days"), [Optional(), NumberRange(1, MOST_DAYS, _("Give a number of days from %(min)s to %(max)s."))], render_kw={"min": "1", "max": str(MOST_DAYS)}
    )
    after = SelectField(_("What has to be done"), [Optional()], filters=[tidy])
    required = SelectMultipleField(_("Lessons that are needed to finish the course"), choices=options({}))

    def is_optional(self, field: Field) -> bool:
        """None is: each is needed for one of the choices, and then it is the only one that is shown."""
        return False

    def choose_from(self, before: Mapping[str, str], lessons: Mapping[str, str]) -> None:
        """Offer what can come before it, and its lessons: value to label."""
        self.after.choices = options({"": "–", **before})
        self.required.choices = options(lessons)

    @property
    def release(self) -> dict[str, Any] | None:
        """What was chosen, as a section keeps it."""
        kind = self.kind.data
        if kind == "date" and self.on.data is not None:
            return {"kind": kind, "on": self.on.data.isoformat(timespec="minutes")}
        if kind == "days":
            return {"kind": kind, "days": self.days.data}
        word, _colon, id = (self.after.data or "").partition(":")
        return {"kind": kind, word: id} if kind == "completion" else None

    def validate(self, extra_validators: Any = None) -> bool:
        """What a choice needs must be there too."""
        return super().validate(extra_validators) and self.is_complete()

    def is_complete(self) -> bool:
        """Is there what the choice needs? Asked again when somebody else's choice has come into the form."""
        needed = {"date": self.on, "days": self.days, "completion": self.after}.get(self.kind.data or "")
        if needed is not None and not needed.data:
            needed.errors = (*needed.errors, _("This is needed for what you chose."))
            return False
        return True


class GrantForm(Form):
    """Give somebody a right to a course, with or without an end."""

    of_others = True
    declares: ClassVar[Mapping[str, Any]] = {"email": Person.email, "ends_on": Entitlement.ends_at}
    email = EmailField(_("E-mail address"), [InputRequired(_("Give an address.")), Length(max=254)], filters=[tidy], render_kw={"autocomplete": "off"})
    ends_on = DateField(_("Last day"), [Optional(), in_this_age])


class TeacherForm(Form):
    """Who teaches a course from now on."""

    of_others = True
    declares: ClassVar[Mapping[str, Any]] = {"email": Person.email}
    email = EmailField(_("E-mail address"), [Optional(), Length(max=254)], filters=[tidy], render_kw={"autocomplete": "off"})


class ExtendForm(Form):
    """The last day of somebody's right, if it has one."""

    of_others = True
    declares: ClassVar[Mapping[str, Any]] = {"ends_on": Entitlement.ends_at}
    ends_on = DateField(_("Last day"), [Optional(), in_this_age])


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


class PackageForm(Form):
    """A course as a package."""

    package = FileField(_("The package, a ZIP or .imscc file"), [InputRequired(_("Choose a file."))], render_kw={"accept": ".imscc,.zip,application/zip"})


class PlaceForm(Form):
    """Where a course was before it comes here."""

    place = StringField(_("Its old address"), [Optional(), _at_most(500)], filters=[tidy], render_kw={"inputmode": "url", "spellcheck": "false"})
