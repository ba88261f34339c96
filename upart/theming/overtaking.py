# SPDX-License-Identifier: MIT
"""Forms of whose rows several people write: each field carries a mark of what stood there when the page was opened, so that nobody overwrites unseen."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Self

import wtforms
from flask import Response, jsonify, redirect

from upart.db import session
from upart.theming.differing import SAME, Segment, differences
from upart.theming.locales import gettext as _

WAS, TAKE, BY_ITSELF = "was-", "take-", "by_itself"
"""What a form carries beside its fields: the mark of each, whose text is taken where two wrote, and that a script saves it."""

WHOLE = 300
"""Characters of somebody else's text that are shown without comparing it."""


class Overtakable(wtforms.Form):
    """What every form can do when more than one person writes on what it changes.

    `opened(row)` shows it, `overtaken(row)` asks before saving, `saved(address)` answers. What only somebody else has changed stays as they
    have it; where both have, nothing is saved, and the page asks field by field whose text it shall be.
    """

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.marks: dict[str, str] = {}
        self.conflicts: dict[str, tuple[Segment, ...]] = {}
        self.by_itself = False
        self._takes: set[str] = set()
        self._theirs: set[str] = set()

    @classmethod
    def opened(cls, stored: Any, **values: Any) -> Self:
        """The form with what is stored, as a page shows it: `stored` is the row, or a mapping of field names to values."""
        form = cls._of(stored, **values)
        form.marks = form._marked()
        return form

    def carried(self, sent: Mapping[str, str]) -> None:
        """Read what came along with the fields."""
        self.marks = {field.name: sent[WAS + field.name] for field in self if WAS + field.name in sent}
        self._takes = {field.name for field in self if sent.get(TAKE + field.name) == "theirs"}
        self.by_itself = BY_ITSELF in sent

    def overtaken(self, stored: Any) -> bool:
        """Has somebody else changed since the page was opened what is changed here? Then nothing may be saved: give the form to `show`.

        `stored` is the row, which is locked and read anew, or a mapping that was read under a lock. What only they have changed is in the form afterwards.
        Fields that the page did not show are not asked for.
        """
        if not isinstance(stored, Mapping):
            session.flush()
            session.refresh(stored, with_for_update=True)
        theirs = self._of(stored)
        for field in self:
            if field.name in self.marks:
                self._compare(field, theirs[field.name])
        return bool(self.conflicts)

    def _compare(self, field: wtforms.Field, other: wtforms.Field) -> None:
        opened, mine, now = self.marks[field.name], mark_of(field.data), mark_of(other.data)
        self.marks[field.name] = now
        if mine == now:
            return
        if mine == opened or (field.name in self._takes and now == opened):
            field.data, field.raw_data = other.data, None
            self._theirs.add(field.name)
        elif now != opened:
            self.conflicts[field.name] = beside(in_words(field, field.data), in_words(field, other.data))

    def saved(self, url: str) -> Response:
        """What follows a save: another page; for a script, whose page stays, the marks of what it now shows as it is stored."""
        if not self.by_itself:
            return redirect(url, 303)  # type: ignore[return-value]
        shown = self.marks.keys() - self._theirs
        return jsonify(marks={name: mark for name, mark in self._marked().items() if name in shown})

    def unsaved(self, status: int) -> Response:
        """The answer to a script whose save did not happen, in words."""
        wrong = [f"{field.label.text}: {field.errors[0]}" for field in self if field.errors]
        answer = jsonify(why=wrong[0] if wrong else _("This was changed somewhere else meanwhile. Press “Save” to compare."))
        answer.status_code = status
        return answer

    @classmethod
    def _of(cls, stored: Any, **values: Any) -> Self:
        return cls(data=dict(stored), **values) if isinstance(stored, Mapping) else cls(obj=stored, **values)

    def _marked(self) -> dict[str, str]:
        return {field.name: mark_of(field.data) for field in self if not isinstance(field, wtforms.FileField | wtforms.PasswordField)}


def mark_of(value: Any) -> str:
    """A mark that is another one for each other value; ends of lines, blanks around a text and the order of choices make no difference."""
    if isinstance(value, str):
        value = "\n".join(value.strip().splitlines())
    elif isinstance(value, list | tuple | set):
        value = sorted(str(one) for one in value)
    return blake2b(repr(value or None if not isinstance(value, bool | int) else value).encode(errors="replace"), digest_size=8).hexdigest()


def beside(mine: str, theirs: str) -> tuple[Segment, ...]:
    """A text to show beside one's own: a short one as it is, of a long one what is different."""
    if len(theirs) <= WHOLE:
        return (Segment(SAME, theirs),) if theirs else ()
    return differences({"": mine}, {"": theirs})[0].segments


def in_words(field: wtforms.Field, value: Any) -> str:
    """A value of a field, as somebody reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels = {str(one): str(label) for one, label in dict(getattr(field, "choices", None) or {}).items()}
    if isinstance(value, list | tuple | set):
        return ", ".join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), str(value)) if value is not None else ""
