# SPDX-License-Identifier: MIT
"""Forms: WTForms whose fields know the columns they fill, so that a page can say what is asked for and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

import wtforms
from flask import Response, request
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from upart.db import uuid7
from upart.db.types import UNSTORABLE
from upart.errors import PluginError, Problem
from upart.privacy.taxonomy import Needed
from upart.theming.collecting import Collected, collected, declaration_of
from upart.theming.locales import gettext as _
from upart.theming.overtaking import Overtakable
from upart.theming.render import render

LONGEST = 20_000
"""Characters of one field that sets no limit of its own by a Length validator."""

LARGEST = 2**63
"""What no integer column holds."""


class Form(Overtakable, wtforms.Form):
    """A form. `declares` names, for each field that fills a column with personal data, that column.

    From the declarations come the words "(optional)" beside a field and the notice below. `of_others`: what is typed is about
    somebody else than who types.
    """

    declares: ClassVar[Mapping[str, Any]] = {}
    of_others: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:
        """Raises PluginError for a field that is called as something that a form has: the page would find the one where it wants the other."""
        super().__init_subclass__(**options)
        for name, made in vars(cls).items():
            if isinstance(made, UnboundField) and hasattr(Form, name):
                raise PluginError(f"A field of {cls.__name__} is called '{name}', as something that every form has.", remedy="Call the field otherwise.")

    def __init__(self, *args: Any, **values: Any) -> None:
        """Labels and choices stand in the code in English, before anybody is there: they are said in the language that is spoken now."""
        super().__init__(*args, **values)
        for field in self:
            field.label.text = _(str(field.label.text))
            if isinstance(written := getattr(field, "_choices", None), dict):  # what a function gives is asked for later, and says it itself
                field.choices = {value: _(str(label)) for value, label in written.items()}  # type: ignore[attr-defined]

    @classmethod
    def posted(cls, **values: Any) -> Self:
        """The form with what was sent; a file where a FileField asks for one, and nowhere else. Raises Problem 413 for a body with too many fields."""
        form = cls(request.form, **values)
        form.carried(request.form)
        for field in form:
            if isinstance(field, wtforms.FileField):
                field.data = request.files.get(field.name)
                field.raw_data = [field.data] if field.data else []
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; values that no database can hold, and endless ones, are errors too."""
        for field in self:
            if isinstance(field.data, int) and not -LARGEST <= field.data < LARGEST:
                field.data, field.process_errors = None, [_("This number is too large.")]
        fine = super().validate(extra_validators)
        for field in self:
            if isinstance(field.data, str):
                if UNSTORABLE.search(field.data):
                    fine = _wrong(field, _("This contains characters that cannot be stored. Type it again."))
                elif len(field.data) > LONGEST and not any(isinstance(check, Length) for check in field.validators):
                    fine = _wrong(field, _("This is too long: %(n)s characters at most.", n=LONGEST))
            field.errors = tuple(_(error) if isinstance(error, str) else error for error in field.errors)
        return fine

    def is_optional(self, field: wtforms.Field) -> bool:
        """May this be left out? As the field is checked, else as declared beside the column."""
        if any(isinstance(check, InputRequired | DataRequired) for check in field.validators):
            return False
        declared = self.declares.get(field.name)
        return any(isinstance(check, Optional) for check in field.validators) or (
            declared is not None and declaration_of(declared).needed == Needed.OPTIONAL.value
        )

    @property
    def collects(self) -> list[Collected]:
        """What is said below the fields of what is kept (GDPR art. 13(1) and (2)); nothing when no field fills personal data."""
        mine = {name: column for name, column in self.declares.items() if name in self}
        return collected(mine, lambda name: (str(self[name].label.text), self.is_optional(self[name])))

    @property
    def notice(self) -> str:
        """The same in one sentence; empty when no field fills personal data."""
        found = self.collects
        if not found:
            return ""
        if self.of_others:
            return _("This is about somebody else. They can ask to see what is kept, and why.")
        return _("We ask for this %(purposes)s.", purposes=_(" and ").join(dict.fromkeys(one.purpose for one in found)))


def _wrong(field: wtforms.Field, message: str) -> bool:
    field.errors = (*field.errors, message)
    return False


def show(template: str, form: Form, /, status: int | None = None, **values: Any) -> Response:
    """The page of a form; 422 when something typed cannot be used, 409 when it was overtaken. What was typed stays in it."""
    status = status or (422 if form.errors else 409 if form.conflicts else 200)
    return form.unsaved(status) if form.by_itself else render(template, status, form=form, **values)


def refuse(form: Form, field: str, message: str) -> None:
    """Say at a field why the action did not happen."""
    one = form[field]
    one.errors = (*one.errors, message)


def once() -> UUID:
    """The id that a form proposes for what it makes, so that sending it twice makes it once."""
    try:
        return UUID(request.form["once"]) if request.form.get("once") else uuid7()
    except ValueError:
        raise Problem(400, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None


def limit(characters: int) -> Callable[[Any, wtforms.Field], None]:
    """A check: at most so many characters."""

    def check(form: Any, field: wtforms.Field) -> None:
        if field.data and len(field.data) > characters:
            raise wtforms.ValidationError(_("Use at most %(n)s characters.", n=characters))

    return check


def options(labels: Mapping[str, str]) -> Any:
    """The `choices=` of a SelectField, RadioField or SelectMultipleField: value to label, in this order."""
    return dict(labels)
