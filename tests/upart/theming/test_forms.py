# SPDX-License-Identifier: MIT
"""Fields may be called as their authors like, but not as something that every form has."""

from __future__ import annotations

import pytest
from wtforms import StringField

from upart.errors import PluginError
from upart.theming.forms import Form
from upart.theming.render import site


def test_a_field_that_is_called_text_stands_on_its_page(portal):
    class NoteForm(Form):
        text = StringField("Note")

    with portal.app.test_request_context():
        page = site().themes.desk.from_string('{% from "core/_form.html" import field %}{{ field(form, form.text) }}').render(form=NoteForm(text="Rye & water"))
    assert 'value="Rye &amp; water"' in page


def test_a_field_that_is_called_as_what_forms_have_is_refused_with_a_remedy():
    with pytest.raises(PluginError, match="'notice', as something that every form has"):

        class NoticeForm(Form):
            notice = StringField("Notice")
