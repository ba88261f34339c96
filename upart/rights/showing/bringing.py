# SPDX-License-Identifier: MIT
"""The report on a copy from elsewhere, for its sender: what comes in, what stays out and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from upart.rights.importing.outcome import MADE_ANEW, UNCHANGED, Outcome, Plan
from upart.theming import wording
from upart.theming.locales import gettext as _


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of lines: how many there are, how many come in; each reason with how many it keeps out."""

    title: str
    rows: int
    fits: int
    reasons: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a template needs. `coming`: kinds of which something comes in; `staying`: of which nothing does; `anew`: made by each portal."""

    academy: str
    created: datetime | None
    rows: int
    files: int
    bytes: int
    coming: tuple[Line, ...]
    staying: tuple[Line, ...]
    anew: tuple[str, ...]

    @property
    def left(self) -> int:
        """How many lines stay out."""
        return sum(line.rows - line.fits for line in (*self.coming, *self.staying))


def report(plan: Plan) -> Report:
    """The report on a plan."""
    lines = list(_lines(plan.tables))
    return Report(
        plan.academy, plan.created, plan.count, len(plan.files), plan.bytes, tuple(line for line in lines if line.fits),
        tuple(line for line in lines if not line.fits), tuple(_(one.title) for one in plan.tables if one.why == MADE_ANEW),
    )  # fmt: skip


def _lines(tables: list[Outcome]) -> Iterator[Line]:
    for one in tables:
        if one.why in (MADE_ANEW, UNCHANGED):
            continue
        reasons = [(_(one.why), one.rows)] if one.why else [(_(why), n) for why, n in one.left.most_common()]
        yield Line(_(one.title), one.rows, one.fits, tuple(reasons), tuple(wording.column(name) for name in one.columns))
