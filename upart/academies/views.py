# SPDX-License-Identifier: MIT
"""The landing page of academies and of the platform."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from sqlalchemy import select

from upart.academies.models import Academy, AcademySetting
from upart.academies.settings import read_settings
from upart.config import Config
from upart.context import context
from upart.db import everywhere
from upart.hooks.routes import Blueprint, anyone
from upart.theming.locales import gettext as _
from upart.theming.render import art, menu, render

site = Blueprint("academies", __name__)


@site.get("/", policy=anyone)
def landing() -> Response:
    """Who this is, and where to go from here."""
    academy = context.academy
    entries = menu(academy)
    kinds = ("primary", "quiet")
    actions = [{"label": _("See %(what)s", what=e["label"].lower()), "url": e["url"], "kind": k} for e, k in zip(entries, kinds, strict=False)]
    return render("academies/landing.html", actions=actions, academies=listed() if academy.is_platform else [])


def listed() -> list[dict[str, Any]]:
    """The academies that want to be named on the platform's page."""
    with everywhere("name the listed academies on the platform's page") as session:
        names = {row.id: row for row in session.scalars(select(Academy).where(Academy.kind == "academy", Academy.ending.is_(None)).order_by(Academy.name))}
        stored: dict[Any, dict[str, str]] = {id: {} for id in names}
        for setting in session.scalars(select(AcademySetting).where(AcademySetting.academy_id.in_(names))):
            stored[setting.academy_id][setting.key] = setting.value
        found = [(row, read_settings(stored[id])) for id, row in names.items()]
        return [
            {"name": row.name, "headline": s["headline"], "lead": s["lead"], "url": _address(row.slug), "art": art(f"theme/{s['hero']}")}
            for row, s in found
            if s["listed"]
        ]


def _address(slug: str) -> str:
    config: Config = current_app.extensions["upart_config"]
    return config.address(f"{slug}.{config.base_host}")
