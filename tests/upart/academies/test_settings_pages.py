# SPDX-License-Identifier: MIT
"""Owners set what core and plugins let them: a page for each form, defaults until something is set, nothing of a plugin that is off."""

from __future__ import annotations

import pytest
from people import sign_in
from sqlalchemy import select
from wtforms import BooleanField, FileField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange

from upart.academies.actions import disable_plugin, enable_plugin
from upart.academies.models import AcademySetting
from upart.accounts.models import Person
from upart.errors import PluginError
from upart.events.models import Event
from upart.hooks.chosen import Setting
from upart.theming.forms import Form, options

PAGE = "/manage/settings/courses"


class MarkForm(Form):
    """What a plugin lets be set."""

    pass_mark = IntegerField("Pass mark", [NumberRange(0, 100)], default=60)
    praise = StringField("Praise", default="Well done")
    strict = BooleanField("Strict", default=True)
    level = SelectField("Level", choices=options({"easy": "Easy", "hard": "Hard"}), default="easy")


@pytest.fixture
def marked(portal):
    """The demo's portal, in which the courses can be set."""
    portal.state.plugins.get("courses").settings.append(Setting(key="courses", label="Marks", form=MarkForm, hint="From which mark on somebody has passed."))
    portal.state.directory.close()
    return portal


def values(portal, academy: str = "athena") -> dict:
    return {key: value for key, value in portal.academy(academy).settings.items() if key.startswith("courses.") and key != "courses.videos.players"}


DEFAULTS = {"courses.pass_mark": 60, "courses.praise": "Well done", "courses.strict": True, "courses.level": "easy"}
TYPED = {"pass_mark": "75", "praise": "Fine", "level": "hard"}


def test_defaults_hold_until_ada_sets_something_and_odin_keeps_his(marked):
    assert values(marked) == DEFAULTS
    answer = sign_in(marked, "ada").post(PAGE, data=TYPED)

    assert answer.status_code == 303
    assert values(marked) == {"courses.pass_mark": 75, "courses.praise": "Fine", "courses.strict": False, "courses.level": "hard"}
    assert values(marked, "orion") == DEFAULTS


def test_what_cannot_be_is_said_and_what_was_typed_stays(marked):
    answer = sign_in(marked, "ada").post(PAGE, data=TYPED | {"pass_mark": "101", "praise": "Almost"})

    assert answer.status_code == 422
    assert 'value="101"' in answer.text
    assert 'value="Almost"' in answer.text
    assert values(marked) == DEFAULTS


def test_it_is_written_down_what_was_set_and_by_whom(marked):
    ada = sign_in(marked, "ada")
    for _again in range(2):
        ada.post(PAGE, data={"pass_mark": "75", "praise": "Well done", "strict": "y", "level": "easy"})
    with marked.reading("athena") as session:
        events = session.scalars(select(Event).where(Event.type == "academies.set")).all()
        assert [(event.data, session.get(Person, {"academy_id": event.academy_id, "id": event.actor_id}).name) for event in events] == [
            ({"settings": ["courses.pass_mark"]}, "Ada")
        ]


def test_of_a_plugin_that_is_off_there_is_no_page_and_no_value_and_what_was_set_comes_back(marked):
    ada = sign_in(marked, "ada")
    ada.post(PAGE, data=TYPED)
    with marked.writing("athena") as session:
        disable_plugin(session(), marked.academy("athena").id, "courses")
    assert (values(marked), ada.get(PAGE).status_code, ada.post(PAGE, data=TYPED).status_code) == ({}, 404, 404)
    assert "Marks" not in ada.get("/manage/settings/").text

    with marked.writing("athena") as session:
        enable_plugin(session(), marked.academy("athena").id, "courses")
    assert values(marked)["courses.pass_mark"] == 75


@pytest.mark.parametrize("stored", ["{", "null", '"75"', "[1]", "true"])
def test_what_cannot_be_read_is_as_if_it_were_not_set(marked, stored):
    with marked.writing("athena") as session:
        session.add(AcademySetting(key="courses.pass_mark", value=stored))
    marked.state.directory.close()

    assert values(marked) == DEFAULTS


def test_ada_changes_the_words_of_the_landing_page_and_everybody_sees_them_at_once(portal):
    ada, vic = sign_in(portal, "ada"), portal.visitor("athena")
    vic.get("/")
    ada.post("/manage/settings/landing-page", data={"headline": "Bread & <b>music</b>", "lead": "", "note": ""})

    assert "Bread &amp; &lt;b&gt;music&lt;/b&gt;" in vic.get("/").text


def test_what_stands_there_can_be_saved_as_it_is(portal):
    ada = sign_in(portal, "ada")
    values = {name: portal.academy("athena").settings[name] for name in ("headline", "lead", "note")}

    assert ada.post("/manage/settings/landing-page", data=values).status_code == 303
    assert {name: portal.academy("athena").settings[name] for name in values} == values


def test_a_colour_that_is_none_is_refused_beside_its_field(portal):
    answer = sign_in(portal, "ada").post("/manage/settings/main-colour", data={"brand_colour": "reddish"})

    assert answer.status_code == 422
    assert 'value="reddish"' in answer.text
    assert "a colour like #12666f" in answer.text


def test_nobody_but_owners_sets_anything(portal):
    theo = sign_in(portal, "theo")

    assert [theo.get("/manage/settings/").status_code, theo.post("/manage/settings/who-joins", data={"sign_up": "closed"}).status_code] == [404, 404]


class Nameless(Form):
    """Settings without default."""

    file = FileField("File")


class About(Form):
    """Settings about a person."""

    declares = {"name": Person.name}
    name = StringField("Name", default="")


@pytest.mark.parametrize(
    ("key", "form", "why"), [("quiz", Nameless, "no default"), ("quiz", About, "personal data"), ("other", MarkForm, "are called 'other'")]
)
def test_a_plugin_whose_settings_cannot_be_kept_is_told_why(key, form, why):
    with pytest.raises(PluginError, match=why):
        Setting(key=key, label="x", form=form).check("quiz")
