# SPDX-License-Identifier: MIT
"""What learners write for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from upart.plugin import Form
from upart.plugin import gettext as _
from upart_courses.forms.courses import tidy
from upart_courses.limits import LONG
from upart_courses.models import Note


class NoteForm(Form):
    """One's own note of a lesson."""

    declares: ClassVar[Mapping[str, Any]] = {"text": Note.text}
    text = TextAreaField(_("Your note"), [Optional(), Length(max=LONG, message=_("Use at most %(max)d characters."))], filters=[tidy], render_kw={"rows": "6"})
