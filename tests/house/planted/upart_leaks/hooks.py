# SPDX-License-Identifier: MIT
"""How the leaks plug in."""

from __future__ import annotations

from upart.plugin import Blueprint, Manifest, holds_nothing, hookimpl
from upart_leaks import views

manifest = Manifest(id="leaks", version="1", privacy=holds_nothing("it only gives away what others keep"))


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Pages that should not be."""
    return [views.site]
