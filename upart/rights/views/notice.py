# SPDX-License-Identifier: MIT
"""The register for everybody: what is kept here, what for, on which ground, how long."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from upart.config import Config
from upart.context import context
from upart.cookies.inventory import CORE
from upart.cookies.showing import described
from upart.hooks.plugged import plugged
from upart.hooks.routes import Blueprint, anyone
from upart.rights.showing.notice import groups, recipients
from upart.theming.render import render

notice = Blueprint("privacy", __name__)


@notice.get("/privacy", policy=anyone)
def register() -> Response:
    """What the academy keeps; below it what the platform keeps, which holds the accounts."""
    config: Config = current_app.extensions["upart_config"]
    academy, plugins, cookies = context.academy, plugged(), described()
    mine = groups(plugins, academy.plugins, controller="academy")
    return render(
        "rights/register.html", groups=mine, of_platform=groups(plugins, academy.plugins, controller="platform"), platform=_platform(),
        cookies=cookies, of_plugins=any(one.owner != CORE for one in cookies),
        recipients=recipients(plugins, academy.plugins, config),
    )  # fmt: skip


def _platform() -> dict[str, Any]:
    """Who runs the installation: the name that the platform gives itself, and its privacy page."""
    config: Config = current_app.extensions["upart_config"]
    found = current_app.extensions["upart"].directory.at(config.base_host)
    if found is None:
        return {"name": "", "url": ""}
    return {"name": found.settings["legal_name"] or found.name, "url": config.address(found.host, "/privacy")}
