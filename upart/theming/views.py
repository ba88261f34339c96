# SPDX-License-Identifier: MIT
"""Addresses of the look: brand stylesheet, static files, drawings."""

from __future__ import annotations

from flask import Response, abort, request, send_file

from upart.context import context
from upart.hooks.routes import Blueprint, anyone
from upart.theming.art import paint
from upart.theming.headers import ANYWHERE, FOR_EVER, PUBLIC
from upart.theming.render import site

look = Blueprint("theming", __name__)


@look.get("/theme.css", policy=anyone, query=("v",))
def theme_css() -> Response:
    """The academy's colours, derived from its one brand colour."""
    css, version = site().brand(context.academy.settings["brand_colour"])
    return _kept(Response(css, mimetype="text/css"), version)


@look.get("/static/<any(theme,plugin):kind>/<owner>/<path:path>", policy=anyone, query=("v",))
def static_file(kind: str, owner: str, path: str) -> Response:
    """A file that a theme or plugin ships; only files known at start are found."""
    files = site().themes.files.get(f"{kind}/{owner}")
    if files is None or path not in files.hashes:
        abort(404)
    return _kept(send_file(files.folder / path, etag=False, conditional=False), files.hashes[path])


@look.get("/art/<any(theme,plugin):kind>/<owner>/<name>.svg", policy=anyone, query=("v",))
def drawing(kind: str, owner: str, name: str) -> Response:
    """A drawing in the academy's colours."""
    drawings = site().themes.art.get(f"{kind}/{owner}")
    if drawings is None or f"{name}.svg" not in drawings.hashes:
        abort(404)
    brand = context.academy.settings["brand_colour"]
    svg = paint((drawings.folder / f"{name}.svg").read_text(encoding="utf-8"), brand)
    painted = Response(svg, mimetype="image/svg+xml", headers=ANYWHERE)
    return _kept(painted, drawings.hashes[f"{name}.svg"][:6] + brand.lstrip("#"))


def _kept(response: Response, version: str) -> Response:
    """For ever under its version, asked again without it."""
    response.headers["Cache-Control"] = FOR_EVER if request.args.get("v") == version else PUBLIC
    return response
