# SPDX-License-Identifier: MIT
"""What `upart doctor` finds: good, recommended or critical, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`recommended`: people are served, but something should be done. `critical`: something does not work, or data are in danger."""

    GOOD = "good"
    RECOMMENDED = "recommended"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: which part, how it stands, what was seen, what to do."""

    part: str
    verdict: Verdict
    text: str
    remedy: str = ""


def good(part: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(part=part, verdict=Verdict.GOOD, text=text)


def recommended(part: str, text: str, remedy: str) -> Finding:
    """Something should be done."""
    return Finding(part=part, verdict=Verdict.RECOMMENDED, text=text, remedy=remedy)


def critical(part: str, text: str, remedy: str) -> Finding:
    """Something does not work, or data are in danger."""
    return Finding(part=part, verdict=Verdict.CRITICAL, text=text, remedy=remedy)
