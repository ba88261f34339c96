# SPDX-License-Identifier: MIT
"""How the API plugs in."""

from __future__ import annotations

from upart.api.views import api
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Its addresses."""
    return [api]
