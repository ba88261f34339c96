# SPDX-License-Identifier: MIT
"""The import of learners, declared."""

from __future__ import annotations

from upart.plugin import Import
from upart_courses.actions import bringing, tabled

LEARNERS = Import(
    name="courses.learners",
    title="Bring in learners",
    sentence="Learners by a table: who is in which course, and how far they have come. Days as 2026-11-30, lessons with “;” between them.",
    fields=tabled.FIELDS,
    key=("email", "course"),
    judge=tabled.judge,
    add=bringing.add,
    undo=bringing.undo,
    told=(
        "An import gives no consent. Each new person gets one mail at once: that you hold their address, where it comes from, and how to have it "
        "deleted. Nobody gets a mail about a course."
    ),
)
