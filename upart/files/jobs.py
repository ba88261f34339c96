# SPDX-License-Identifier: MIT
"""Tasks: let go of files that nobody links to, and see that rows and bytes agree. They open their own doors."""

from __future__ import annotations

from uuid import UUID

from upart.files import sweeping
from upart.storage.removing import remove_bytes


def tidy(file: str) -> None:
    """Task: let a file go that no row links to any more, then its bytes. Safe to repeat."""
    sweeping.let_go(UUID(file))
    remove_bytes()


def sweep() -> None:
    """Task, daily on the platform, for all academies; what it finds is in the log."""
    sweeping.sweep()
