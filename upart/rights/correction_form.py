# SPDX-License-Identifier: MIT
"""The form of a correction, made from the declarations of a row: one field for each value that may be corrected, and one for words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, DateTimeLocalField, Field, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from upart.accounts.forms import address
from upart.privacy.taxonomy import Category
from upart.rights.engine.correcting import Value, plain
from upart.rights.models import RightsRequest
from upart.theming import wording
from upart.theming.forms import Form, limit, options
from upart.theming.locales import gettext as _

BEFORE = "value."
"""Before the names of fields that are values, so that none is called as something of the form itself."""

LINE = 80
"""Characters from which on a text gets an area of its own."""

WORDS = 4000

DAY, TIME, BROWSER = "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"


def form_of(values: Sequence[Value], zone: str) -> type[Form]:
    """A form class for these values; times are told in `zone`."""
    fields: dict[str, Any] = {BEFORE + value.key: _field(value, zone) for value in values}
    words = TextAreaField(_("What else is wrong, and what is right?"), [Optional(), limit(WORDS)])
    declares = {**dict.fromkeys(fields, RightsRequest.details), "words": RightsRequest.words}
    return type("CorrectionForm", (Form,), {**fields, "words": words, "declares": declares})


def changed(form: Form, values: Sequence[Value], zone: str) -> dict[str, dict[str, Any]]:
    """What was typed over, by key: what stood there, and what is right."""
    found = {}
    for value in values:
        typed = form[BEFORE + value.key].data
        if typed != _shown(value, zone):
            found[value.key] = {"from": plain(value.now), "to": plain(_meant(value, typed, zone))}
    return found


def _field(value: Value, zone: str) -> Any:
    label, now = _label(value), _shown(value, zone)
    needed = [Optional()] if value.nullable else [InputRequired(_("This cannot be left empty."))]
    if value.sort in ("yes", "choice"):
        known = {"yes": _("yes"), "no": _("no")} if value.sort == "yes" else {one: one.replace("_", " ") for one in value.choices}
        return SelectField(label, choices=options({**({"": _("nothing")} if value.nullable else {}), **known}), default=now)
    if value.sort == "number":
        return IntegerField(label, needed, default=now)
    if value.sort == "day":
        return DateField(label, needed, format=DAY, default=now)
    if value.sort == "time":
        return DateTimeLocalField(label, needed, format=[TIME, BROWSER], default=now)
    checks = [Optional() if value.nullable or not now else needed[0], *([limit(value.longest)] if value.longest else [])]
    if value.category == Category.CONTACT_EMAIL:
        checks.append(_is_address)
    kind = TextAreaField if now and (len(now) > LINE or "\n" in now) else StringField
    return kind(label, checks, default=now, filters=[lambda text: text.replace("\r\n", "\n") if text else text])


def _is_address(form: Any, field: Field) -> None:
    try:
        address(field.data)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _label(value: Value) -> str:
    """The words of a column, inside of JSON with the way to the value ("Steps: 1, text")."""
    column = wording.sentence(wording.column(value.column))
    way = ", ".join(str(int(name) + 1) if name.isdigit() else name.replace("_", " ") for name in value.path)
    return f"{column}: {way}" if way else column


def _shown(value: Value, zone: str) -> Any:
    """What stands in the field before anybody types."""
    now = value.now
    if value.sort == "yes":
        return {True: "yes", False: "no"}.get(now, "")
    if value.sort == "time" and now is not None:
        return datetime.strptime(now.astimezone(ZoneInfo(zone)).strftime(TIME), TIME)
    if value.sort in ("text", "choice"):
        return str.__str__(now) if now is not None else ""
    return now


def _meant(value: Value, typed: Any, zone: str) -> Any:
    """What a field's data mean as a value of the column."""
    if value.sort == "yes":
        return {"yes": True, "no": False}.get(typed)
    if value.sort == "time" and typed is not None:
        return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return None if typed == "" and value.nullable else typed


def labels(values: Sequence[Value]) -> Mapping[str, str]:
    """What each value is called, by key."""
    return {value.key: _label(value) for value in values}
