# SPDX-License-Identifier: MIT
"""How files plug in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from upart.files import following, jobs
from upart.files.views import files
from upart.hooks.records import ExternalStore, Task
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.storage.removing import remove_bytes

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
        Task(name="files.tidy", run=jobs.tidy, outside=True),
        Task(name="files.sweep", run=jobs.sweep, every=timedelta(days=1), outside=True),
    ]


@hookimpl
def upart_external_stores() -> list[ExternalStore]:
    """Where the bytes lie. Rows say whose they are: what is held is read through them, and what is erased is what has no row any more."""
    return [ExternalStore(name="files", access=lambda subject: [], erase=_remove)]


def _remove(subject: Any) -> None:
    remove_bytes()
