# SPDX-License-Identifier: MIT
"""How disclosure plugs in."""

from __future__ import annotations

from upart.disclosure.audit import NOTICES
from upart.hooks.records import Invariant
from upart.hooks.specs import hookimpl


@hookimpl
def upart_invariants() -> list[Invariant]:
    """A notice and its job belong together."""
    return NOTICES
