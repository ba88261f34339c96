# SPDX-License-Identifier: MIT
"""Purposes that a person can end: by an objection, or by withdrawing consent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from upart.privacy.taxonomy import MARKETING, Basis, Purpose
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.selecting import Selection, purposes_on, resting_on
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RequestKind, RightsRequest

BASES: dict[RequestKind, tuple[Basis, ...]] = {
    RequestKind.OBJECT: (Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK),
    RequestKind.WITHDRAW: (Basis.CONSENT,),
}
"""What a right ends: GDPR art. 21(1), 7(3)."""


def part_for(held: Holdings, kind: RequestKind, purpose: Purpose) -> Selection:
    """What goes when this right is used for this purpose."""
    return resting_on(held, purpose, BASES[kind])


def asked_part(request: RightsRequest) -> Callable[[Holdings], Selection] | None:
    """What a request erases a part of, once the holdings are known; None for one that erases all."""
    if request.kind not in BASES:
        return None
    return partial(part_for, kind=request.kind, purpose=purpose_of(request))


def purpose_of(request: RightsRequest) -> Purpose:
    """The purpose that an objection or a withdrawal is about."""
    return Purpose(request.details["name"])


def purposes_for(held: Holdings, kind: RequestKind, subject: DataSubject) -> list[Purpose]:
    """The purposes for which this right can be used: something is, or could be, held for them on such a basis; offers and news always."""
    finder = Finder(held, subject)
    reached = {entry.table for entry in finder.tables()}
    found = [purpose for purpose in purposes_on(held, BASES[kind]) if any(table in reached for table in _tables(part_for(held, kind, purpose)))]
    return [*found, *(purpose for purpose in MARKETING if kind is RequestKind.OBJECT and purpose not in found)]


def _tables(part: Selection) -> set[str]:
    return part.tables | set(part.columns)
