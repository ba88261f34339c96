# SPDX-License-Identifier: MIT
"""What `upart plugins check` finds, each with its place and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with a plugin: which rule, where ("upart_quizbank/views.py:12", empty for the whole), what, what to do."""

    plugin: str
    rule: str
    place: str
    text: str
    remedy: str

    def __str__(self) -> str:
        """As a person reads it: place and fault, below it the remedy."""
        return f"{self.place + ': ' if self.place else ''}{self.text}" + (f"\n    {self.remedy}" if self.remedy else "")
