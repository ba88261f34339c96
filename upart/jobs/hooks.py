# SPDX-License-Identifier: MIT
"""How jobs plug in."""

from __future__ import annotations

from upart.hooks.health import HealthCheck
from upart.hooks.records import Invariant
from upart.hooks.specs import hookimpl
from upart.jobs.audit import JOBS
from upart.jobs.health import CHECKS


@hookimpl
def upart_invariants() -> list[Invariant]:
    """A job is done and gone, or waits."""
    return JOBS


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """Does anybody work, and may this installation?"""
    return CHECKS
