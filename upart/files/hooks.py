# SPDX-License-Identifier: MIT
"""How files plug in."""

from __future__ import annotations

from datetime import timedelta

from upart.files import following, jobs
from upart.files.views import files
from upart.hooks.records import Task
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl

FOLLOWING = following
"""Imported so that its listener is attached."""


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Files by their signed addresses."""
    return [files]


@hookimpl
def upart_jobs() -> list[Task]:
    """Let go of files."""
    return [
        Task(name="files.tidy", run=jobs.tidy),
        Task(name="files.remove", run=jobs.remove, outside=True),
        Task(name="files.sweep", run=jobs.sweep, every=timedelta(days=1), outside=True),
    ]
