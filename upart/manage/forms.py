# SPDX-License-Identifier: MIT
"""What may be typed in about lists."""

from __future__ import annotations

from wtforms import BooleanField, FileField, StringField
from wtforms.validators import InputRequired

from upart.manage.models import ImportRow, ListView
from upart.theming.forms import Form, limit
from upart.theming.locales import gettext as _


class ViewForm(Form):
    """The name of a view, and whether others see it."""

    declares = {"name": ListView.name}
    name = StringField(_("Name of the view"), [InputRequired(_("Give a name.")), limit(60)], render_kw={"required": ""})
    shared = BooleanField(_("Others who see this list see the view too"))


class TableForm(Form):
    """A table of people, or of what is theirs."""

    declares = {"table": ImportRow.cells}
    of_others = True
    table = FileField(_("The table, a CSV file"), [InputRequired(_("Choose a file."))], render_kw={"accept": ".csv,.tsv,.txt,text/csv,text/plain"})
