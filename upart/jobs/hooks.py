# SPDX-License-Identifier: MIT
"""How jobs plug in."""

from __future__ import annotations

from upart.hooks.records import Invariant
from upart.hooks.specs import hookimpl
from upart.jobs.audit import JOBS


@hookimpl
def upart_invariants() -> list[Invariant]:
    """A job is done and gone, or waits."""
    return JOBS
