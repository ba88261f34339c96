# SPDX-License-Identifier: MIT
"""Settings: a page for each form that core and plugins register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from wtforms import RadioField, SelectField, StringField, TextAreaField

from upart.academies.actions import alone, change_settings, renew_pages
from upart.academies.choosing import choose, settings_of
from upart.context import context
from upart.db import session
from upart.errors import BadSetting, NotHere
from upart.events.actions import emit
from upart.hooks.chosen import Setting
from upart.hooks.routes import Blueprint, may
from upart.theming.forms import Form, limit, options, refuse, show
from upart.theming.locales import gettext as _
from upart.theming.locales import zones
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


@settings_site.get("/manage/settings/<key>", policy=may(CHANGE), query=("saved",))
def one(key: str) -> Response:
    """One form of settings."""
    setting = _setting(key)
    said = _("Saved.") if request.args.get("saved") == "settings" else ""
    return _page(setting, setting.form(**_values(setting)), said=said)


@settings_site.post("/manage/settings/<key>", policy=may(CHANGE))
def change(key: str) -> Response:
    """Set what was typed."""
    setting = _setting(key)
    form: Form = setting.form.posted()
    if not form.validate():
        return _page(setting, form)
    typed = {field.name: field.data for field in form}
    alone(session(), context.academy.id)
    try:
        changed = _store(setting, typed)
    except BadSetting as problem:
        refuse(form, next(iter(typed)), problem.remedy)
        return _page(setting, form)
    if changed:
        renew_pages()
        emit("academies.set", None, settings=changed)
    answer: Response = redirect(url_for(".one", key=key, saved="settings"), 303)  # type: ignore[assignment]
    return answer


def _page(setting: Setting, form: Form, *, said: str = "") -> Response:
    return show("academies/setting.html", form, setting=setting, said=said)


def _known() -> dict[str, Setting]:
    """All that can be set here: of the academy itself, then of features and of the plugins that are on."""
    return OWN | {one.key: one for one in settings_of(context.academy.plugins)}


def _setting(key: str) -> Setting:
    found = _known().get(key)
    if found is None:
        raise NotHere
    return found


def _values(setting: Setting) -> dict[str, Any]:
    named: Callable[[str], str] = str if setting.key in OWN else setting.full
    return {field.name: context.academy.settings[named(field.name)] for field in setting.form()}


def _store(setting: Setting, typed: Mapping[str, Any]) -> list[str]:
    if setting.key not in OWN:
        return choose(setting, typed)
    changed = [name for name, value in typed.items() if value != context.academy.settings[name]]
    change_settings({name: typed[name] for name in changed})
    return changed
