# SPDX-License-Identifier: MIT
"""What may be typed in about quizzes and assignments, and about what learners have done in them."""

from __future__ import annotations

from functools import cache
from typing import Any

from wtforms import DateTimeLocalField, FileField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from upart.plugin import Form, options
from upart.plugin import gettext as _
from upart_courses.forms.courses import in_this_age, tidy
from upart_courses.models.assessed import Allowance, Attempt, Extension, HandedIn, Reveal, Submission
from upart_courses.questions import HUNDRED, KINDS, QuestionKind, fault, number_of, read_lines

LONG = 20_000
WALL = "%Y-%m-%dT%H:%M"
MOST_POINTS = 1_000

REVEALS = {
    Reveal.ANSWERS: "Points, what was right, and the right answers",
    Reveal.MARKS: "Points, and what was right",
    Reveal.POINTS: "Points only",
}


def hundredths(text: str | None) -> int | None:
    """Points as they are typed, "7.5" or "7,5", in hundredths; None for what is no number with at most two places."""
    found = number_of(text or "")
    return int(found * HUNDRED) if found is not None and found * HUNDRED == int(found * HUNDRED) else None


def in_points(value: int | None) -> str:
    """Hundredths as people read them: "7.5"; "" for none."""
    return "" if value is None else f"{value / HUNDRED:.2f}".rstrip("0").rstrip(".")


def alike(text: str | None) -> str | None:
    """A filter: points are kept as typed, but "7,50" reads "7.5" as everywhere."""
    found = hundredths(text)
    return text if found is None else in_points(found)


def _whole(label: str, least: int, most: int, default: int) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(_("Give a whole number.")), NumberRange(least, most, _("Give a whole number from %(min)s to %(max)s."))],
        default=default,
        render_kw={"min": str(least), "max": str(most), "inputmode": "numeric"},
    )


def _text(label: str, *checks: Any, rows: str = "4") -> TextAreaField:
    return TextAreaField(
        label, [*(checks or (Optional(),)), Length(max=LONG, message=_("Use at most %(max)d characters."))], filters=[tidy], render_kw={"rows": rows}
    )


def fits_kind(form: Any, field: Any) -> None:
    """A check: the lines are what this kind of question needs."""
    if form.kind.data in set(QuestionKind) and (why := fault(form.question_kind, *read_lines(form.question_kind, field.data or ""))):
        raise ValidationError(why)


def at_most_all(form: Any, field: Any) -> None:
    """A check: nobody needs more points than there are."""
    if field.data is not None and form.points.data is not None and field.data > form.points.data:
        raise ValidationError(_("This is more than there are."))


def is_points(form: Any, field: Any) -> None:
    """A check: points from 0 on, with at most two places."""
    found = hundredths(field.data)
    if found is None or found < 0:
        raise ValidationError(_("Give a number from 0 on, such as 7 or 7.5."))


class QuizForm(Form):
    """The rules of a quiz."""

    attempts = _whole(_("Attempts"), 0, 100, 0)
    minutes = _whole(_("Minutes for an attempt"), 0, 600, 0)
    pool = _whole(_("Questions in an attempt"), 0, 500, 0)
    pass_percent = _whole(_("Percent of the points to pass"), 0, 100, 60)
    reveal = SelectField(_("Shown after it was handed in"), choices=options({one.value: _(label) for one, label in REVEALS.items()}))


class QuestionForm(Form):
    """A question."""

    kind = SelectField(_("Kind"), choices=options({kind.value: _(one.label) for kind, one in KINDS.items()}))
    prompt = _text(_("Question"), DataRequired(_("Write the question.")))
    lines = TextAreaField(_("Answers"), [fits_kind], filters=[tidy], render_kw={"rows": "6"})
    points = _whole(_("Points"), 1, 100, 1)
    explanation = _text(_("Explanation"), rows="3")

    @property
    def question_kind(self) -> QuestionKind:
        """The kind that was chosen."""
        return QuestionKind(self.kind.data)

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as a question keeps it."""
        lines, right = read_lines(self.question_kind, self.lines.data or "")
        typed = {name: self.data[name] for name in ("prompt", "points")}
        return {**typed, "explanation": self.explanation.data or "", "kind": self.question_kind, "lines": lines, "right": right}


class AssignmentForm(Form):
    """The rules of an assignment."""

    points = _whole(_("Points"), 1, MOST_POINTS, 10)
    pass_points = IntegerField(
        _("Points to pass"),
        [InputRequired(_("Give a whole number.")), NumberRange(0, MOST_POINTS, _("Give a whole number from %(min)s to %(max)s.")), at_most_all],
        default=6,
        render_kw={"min": "0", "max": str(MOST_POINTS), "inputmode": "numeric"},
    )
    files = _whole(_("Files at most"), 0, 10, 1)
    due = DateTimeLocalField(_("Deadline"), [Optional(), in_this_age], format=[WALL])


class ExtensionForm(Form):
    """More time for one learner."""

    declares = {"due": Extension.due_at}
    of_others = True

    due = DateTimeLocalField(_("Deadline for this learner"), [Optional(), in_this_age], format=[WALL])


class AllowanceForm(Form):
    """Further attempts and extra minutes for one learner."""

    declares = {"more_attempts": Allowance.more_attempts, "more_minutes": Allowance.more_minutes}
    of_others = True

    more_attempts = _whole(_("Further attempts"), 0, 100, 0)
    more_minutes = _whole(_("Extra minutes for each attempt"), 0, 600, 0)


class AnswersForm(Form):
    """What a learner answers; the fields are those of the questions."""

    declares = {"answers": Attempt.answers}

    answers = StringField(_("Your answers"))


class WorkForm(Form):
    """What a learner hands in."""

    declares = {"text": Submission.text, "files": HandedIn.file_id}

    text = _text(_("Your text"), rows="12")
    files = FileField(_("Files"), [Optional()])


def _points(*checks: Any) -> StringField:
    return StringField(_("Points"), [*checks, is_points], filters=[tidy, alike], render_kw={"inputmode": "decimal"})


FEEDBACK = _text(_("Feedback"), rows="6")
POINTS = _points()
"""Made before anybody is there: a form says its labels in the language of whoever reads them."""


class GradeForm(Form):
    """What a teacher says about work that was handed in; `do`: they grade it, or give it back."""

    declares = {"points": Submission.points, "feedback": Submission.feedback, "do": Submission.verdict}
    of_others = True

    points = _points(Optional())
    feedback = FEEDBACK
    do = SelectField(_("Decision"), choices=options({"grade": _("graded"), "return": _("given back")}), default="grade")


@cache
def attempt_form(questions: int) -> type[Form]:
    """A form class for what a teacher says about an attempt: points for each of its questions (`points-0`, …), and feedback."""
    points = {f"points-{at}": POINTS for at in range(questions)}
    declares = {**dict.fromkeys(points, Attempt.marks), "feedback": Attempt.feedback}
    return type("AttemptForm", (Form,), {**points, "feedback": FEEDBACK, "declares": declares, "of_others": True})
