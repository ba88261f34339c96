# SPDX-License-Identifier: MIT
"""How much a lesson holds."""

from __future__ import annotations

MOST = 60
"""Blocks of one lesson."""

LONG = 100_000
"""Characters of a lesson: some forty pages."""

LINE = 200
"""Characters of one line, such as a title."""
