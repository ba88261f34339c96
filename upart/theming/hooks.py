# SPDX-License-Identifier: MIT
"""How the look plugs in."""

from __future__ import annotations

from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.theming.views import look


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Stylesheets, static files, drawings."""
    return [look]
