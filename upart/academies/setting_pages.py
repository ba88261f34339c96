# SPDX-License-Identifier: MIT
"""Settings: a page for each form that core and plugins register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from wtforms import RadioField, SelectField, StringField, TextAreaField

from upart.academies.actions import alone, change_settings, renew_pages
from upart.academies.choosing import choose, setting_rows, settings_of, stored_settings
from upart.academies.models import AcademySetting
from upart.academies.settings import read_settings
from upart.context import context
from upart.db import session
from upart.errors import BadSetting, NotHere
from upart.events.actions import emit
from upart.hooks.chosen import Setting
from upart.hooks.routes import Blueprint, may
from upart.manage.history import history_of, version_by_id
from upart.theming.forms import Form, limit, options, refuse, show
from upart.theming.locales import gettext as _
from upart.theming.locales import zones
from upart.theming.overtaking import in_words
from upart.theming.render import render

CHANGE = "academies.settings"
"""Permission: change what the academy can set."""

LONG, SHORT = 400, 120

settings_site = Blueprint("settings", __name__)


def _tidy(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class LandingForm(Form):
    """The words of the landing page."""

    headline = StringField(_("Large words"), [limit(SHORT)], filters=[_tidy])
    lead = TextAreaField(_("One or two sentences below them"), [limit(LONG)], filters=[_tidy], render_kw={"rows": "3"})
    note = TextAreaField(_("Small line below the buttons"), [limit(LONG)], filters=[_tidy], render_kw={"rows": "2"})


class LookForm(Form):
    """The one colour of which all others are made."""

    brand_colour = StringField(_("Colour"), filters=[_tidy], render_kw={"spellcheck": "false", "autocapitalize": "none", "required": ""})


class JoiningForm(Form):
    """Who may join."""

    sign_up = RadioField(_("Who may join"), choices=options({"open": _("Everybody"), "invited": _("Who was invited"), "closed": _("Nobody")}))


class ZoneForm(Form):
    """Where the academy's clocks stand."""

    zone = SelectField(_("Time zone"), choices=options(zones()))


OWN = {
    one.key: one
    for one in (
        Setting(
            key="landing-page",
            label="Landing page",
            form=LandingForm,
            hint="The words that visitors see first. Left empty, the name of the academy stands there.",
        ),
        Setting(
            key="main-colour",
            label="Colour",
            form=LookForm,
            hint="One colour, such as #12666f. Lighter and darker ones are made of it, so that all words can be read.",
        ),
        Setting(
            key="time-zone",
            label="Time zone",
            form=ZoneForm,
            hint="In which days and hours of the academy are meant, such as when a part of a course opens. People see times in their own zone.",
        ),
        Setting(key="who-joins", label="Joining", form=JoiningForm, hint="Who may join this academy. The whole portal can be stricter."),
    )
}
"""Settings of the academy itself, which `settings.py` reads. No plugin can be called so."""


@settings_site.get("/manage/settings/", policy=may(CHANGE))
def everything() -> Response:
    """What can be set here."""
    return render("academies/settings.html", settings=list(_known().values()))


@settings_site.get("/manage/settings/<key>", policy=may(CHANGE), query=("saved", "version"))
def one(key: str) -> Response:
    """One form of settings; with `version` what was there before stands in it, to be saved again."""
    setting = _setting(key)
    said = _("Saved.") if request.args.get("saved") == "settings" else ""
    form: Form = setting.form.opened(_values(setting))
    if version := request.args.get("version", ""):
        row, body = version_by_id(AcademySetting, version)
        name = next((name for name, full in _keys(setting).items() if full == row.key), "")
        if not name:
            raise NotHere
        form[name].data = _read(setting, row.key, body["value"])
    return _page(setting, form, said=said, version=version)


@settings_site.get("/manage/settings/<key>/history", policy=may(CHANGE))
def history(key: str) -> Response:
    """What was changed of it, by whom."""
    setting = _setting(key)
    form, keys = setting.form(), _keys(setting)
    rows = {str(form[name].label.text): row for name, full in keys.items() for row in setting_rows([full]).values()}
    names = {full: name for name, full in keys.items()}
    changes = history_of(rows, lambda row, body: in_words(form[names[row.key]], _read(setting, row.key, body["value"])))
    return render("academies/setting-history.html", setting=setting, changes=changes, back=lambda id: url_for(".one", key=key, version=id))


def _keys(setting: Setting) -> dict[str, str]:
    """Field to the key under which it is kept."""
    return {field.name: field.name if setting.key in OWN else setting.full(field.name) for field in setting.form()}


def _read(setting: Setting, key: str, text: str) -> Any:
    """What a stored text means for a field."""
    return read_settings({key: text})[key] if setting.key in OWN else setting.read({key: text})[key]


@settings_site.post("/manage/settings/<key>", policy=may(CHANGE))
def change(key: str) -> Response:
    """Set what was typed."""
    setting = _setting(key)
    form: Form = setting.form.posted()
    if not form.validate():
        return _page(setting, form)
    alone(session(), context.academy.id)
    if form.overtaken(_values(setting)):
        return _page(setting, form)
    typed = {field.name: field.data for field in form}
    try:
        changed = _store(setting, typed)
    except BadSetting as problem:
        refuse(form, next(iter(typed)), problem.remedy)
        return _page(setting, form)
    if changed:
        renew_pages()
        emit("academies.set", None, settings=changed)
    return form.saved(url_for(".one", key=key, saved="settings"))


def _page(setting: Setting, form: Form, *, said: str = "", version: str = "") -> Response:
    return show("academies/setting.html", form, setting=setting, said=said, version=version)


def _known() -> dict[str, Setting]:
    """All that can be set here: of the academy itself, then of features and of the plugins that are on."""
    return OWN | {one.key: one for one in settings_of(context.academy.plugins)}


def _setting(key: str) -> Setting:
    found = _known().get(key)
    if found is None:
        raise NotHere
    return found


def _values(setting: Setting) -> dict[str, Any]:
    """What holds now, by field."""
    stored = stored_settings()
    now = read_settings(stored) if setting.key in OWN else setting.read(stored)
    return {name: now[key] for name, key in _keys(setting).items()}


def _store(setting: Setting, typed: Mapping[str, Any]) -> list[str]:
    if setting.key not in OWN:
        return choose(setting, typed)
    before = _values(setting)
    changed = [name for name, value in typed.items() if value != before[name]]
    change_settings({name: typed[name] for name in changed})
    return changed
