# SPDX-License-Identifier: MIT
"""A journal: learners write down what they have learned, for themselves alone. An example of a plugin of one file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from werkzeug import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from upart.plugin import (
    AcademyOwned,
    Area,
    Basis,
    Blueprint,
    Category,
    Form,
    Manifest,
    MenuItem,
    Model,
    Needed,
    OnErase,
    Purpose,
    clock,
    context,
    hookimpl,
    key,
    months,
    personal,
    processing,
    session,
    show,
    signed_in,
    subject,
)
from upart.plugin import gettext as _

manifest = Manifest(id="journal", version="1.0", migrations="migrations")
site = Blueprint("journal", __name__)


class Entry(AcademyOwned, Model):
    """What a learner has written on a day."""

    __tablename__ = "journal_entry"
    __title__ = "Your journal"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="written_at")

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    words: Mapped[str] = personal(Category.CONTENT_PRIVATE)
    mood: Mapped[str] = personal(Category.CONTENT_PRIVATE, needed=Needed.OPTIONAL, default="")
    written_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class EntryForm(Form):
    """What was learned, and how it felt."""

    declares = {"words": Entry.words, "mood": Entry.mood}
    words = TextAreaField(_("What have you learned today?"), [InputRequired(_("Write something.")), Length(max=4000)])
    mood = StringField(_("How did it feel?"), [Optional(), Length(max=80)])


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """One page."""
    return [site]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """An entry beside the account's own pages."""
    return [MenuItem(label="My journal", endpoint="journal.mine", area=Area.ACCOUNT, icon="book-open", hint="What you have learned, for yourself.")]


@site.get("/journal/", policy=signed_in)
def mine() -> Response:
    """What the learner has written so far, and a form for more."""
    return _page(EntryForm())


@site.post("/journal/", policy=signed_in)
def write() -> Response:
    """One more entry."""
    form = EntryForm.posted()
    if not form.validate():
        return _page(form)
    session.add(Entry(learner_id=context.person.id, words=form["words"].data, mood=form["mood"].data or ""))
    return redirect(url_for(".mine"), 303)


def _page(form: Form) -> Response:
    entries = session.scalars(select(Entry).where(Entry.learner_id == context.person.id).order_by(Entry.written_at.desc())).all()
    return show("journal/mine.html", form, entries=entries)
