# SPDX-License-Identifier: MIT
"""How the search plugs in."""

from __future__ import annotations

from upart.hooks.health import HealthCheck
from upart.hooks.records import Invariant
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.search import api, audit, views
from upart.search.health import INDEX


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The page that searches."""
    return [views.site]


@hookimpl
def upart_resources() -> list[Resource]:
    """The same for programs."""
    return [api.search]


@hookimpl
def upart_invariants() -> list[Invariant]:
    """What the index holds is what the rows say."""
    return [audit.WHOLE]


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """The index."""
    return [INDEX]
