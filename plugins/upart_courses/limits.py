# SPDX-License-Identifier: MIT
"""How much a lesson holds, and a group."""

from __future__ import annotations

MOST = 60
"""Blocks of one lesson."""

LONG = 100_000
"""Characters of a lesson: some forty pages."""

LINE = 200
"""Characters of one line, such as a title."""

MOST_PLACES = 100_000
"""People in one group."""
