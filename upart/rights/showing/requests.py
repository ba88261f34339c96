# SPDX-License-Identifier: MIT
"""Requests as pages show them: where each is, what was done, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from upart.db import session
from upart.privacy.taxonomy import Reason
from upart.rights import naming
from upart.rights.actions.beginning import is_held_up
from upart.rights.actions.first_part import custody_on
from upart.rights.actions.history import history
from upart.rights.actions.steps import RESIDUAL
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.models import RequestKind, RequestState, RightsEntry, RightsRequest, RightsStep, StepState
from upart.rights.parts import part_of
from upart.rights.receivers import BY_HAND, STORE
from upart.rights.showing.residual import texts_of
from upart.rights.states import BEFORE_WORK, ENDED
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

STEP_STATES: dict[StepState, tuple[str, str, str]] = {
    StepState.WAITING: ("Waits", "", "clock"), StepState.FAILED: ("Not done yet", "warn", "triangle-alert"),
    StepState.DONE: ("Done", "ok", "circle-check"), StepState.REFUSED: ("Refused", "danger", "ban"),
}  # fmt: skip
"""Words, kind of badge and icon."""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request in a list. `custody`: for the only owner of an academy, the day on which it is over without a new one."""

    id: UUID
    kind: RequestKind
    what: str
    state: str
    badge: str
    icon: str
    on: datetime
    due: date
    begins: datetime | None
    ended: datetime | None
    is_open: bool
    can_cancel: bool
    waits: bool
    held_up: bool
    custody: date | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One part of the portal in a request, or a store outside of it: where it is, in words."""

    title: str
    icon: str
    state: str
    badge: str
    steps: tuple[RightsStep, ...]
    texts: tuple[str, ...] = field(default=())


def lines_of(row: RightsRequest) -> RequestLine:
    """A request in a list."""
    state, badge, icon = naming.STATES[row.state]
    return RequestLine(
        row.id, row.kind, _(naming.KINDS[row.kind]), _(state), badge, icon, row.received_at, row.due_on, row.begins_at, row.done_at,
        row.state not in ENDED, row.state in BEFORE_WORK and row.kind is not RequestKind.AUTHORITY,
        row.state is RequestState.PLANNED and row.begins_at is not None, is_held_up(row),
        custody_on(row) if row.state is RequestState.NEEDS_TRANSFER else None,
    )  # fmt: skip


def steps_of(row: RightsRequest) -> list[StepLine]:
    """The steps of a request by part of the portal, what is not done first."""
    steps = session.scalars(select(RightsStep).where(RightsStep.request_id == row.id).order_by(RightsStep.position)).all()
    held, found = holdings(), dict[tuple[str, str], list[RightsStep]]()
    for step in steps:
        found.setdefault(_place(held, step), []).append(step)
    lines = [_line(title, icon, group) for (title, icon), group in found.items()]
    return sorted(lines, key=lambda line: all(step.state is StepState.DONE for step in line.steps))


def _place(held: Holdings, step: RightsStep) -> tuple[str, str]:
    """What a step is about: the title and icon of a part, a store, or the work itself."""
    scope, _sep, name = step.holder.partition(":")
    if scope in ("academy", "platform"):
        entry = held.register.tables.get(name)
        part = part_of(entry) if entry is not None else None
        return (part.title, part.icon) if part is not None else OTHER
    if scope in (STORE, BY_HAND):
        return _("Outside: %(store)s", store=name), "external-link"
    return WORK_WORDS.get(scope, OTHER)


OTHER = ("Another part", "folder")
"""Title and icon of what is not here any more."""


WORK_WORDS = {
    "archive": ("The copy", "download"),
    "bytes": ("Traces on the disk", "folder"),
    RESIDUAL: ("Search for what may be left", "search"),
    "restriction": ("Restriction", "lock"),
    "nobody": ("Your address", "mail"),
    "correction": ("Correction", "pencil-line"),
    "decision": ("The whole request", "scale"),
    "letter": ("Answer to the letter", "mail"),
}
"""Title and icon of steps that are no table: by the first half of their holder."""


def _line(title: str, icon: str, steps: Sequence[RightsStep]) -> StepLine:
    worst = min(steps, key=lambda step: (StepState.FAILED, StepState.WAITING, StepState.REFUSED, StepState.DONE).index(step.state))
    state, badge, _icon = STEP_STATES[worst.state]
    return StepLine(_(title), icon, _(state), badge, tuple(steps), tuple(_texts(steps)))


def _texts(steps: Sequence[RightsStep]) -> list[str]:
    sums = {fate: sum(number for step in steps for number in _numbers(step, fate)) for fate in ("deleted", "unlinked", "emptied", "kept")}
    texts = [
        ngettext("%(num)s line deleted", "%(num)s lines deleted", sums["deleted"]) if sums["deleted"] else "",
        ngettext("%(num)s line stays without a name", "%(num)s lines stay without a name", sums["unlinked"]) if sums["unlinked"] else "",
        ngettext("emptied in %(num)s line", "emptied in %(num)s lines", sums["emptied"]) if sums["emptied"] else "",
    ]
    for step in steps:
        if step.holder == RESIDUAL:
            texts += texts_of(step)
        if step.reason:
            until = _(" Until %(day)s.", day=wording.day(step.kept_until)) if step.kept_until else ""
            kept = sum(_numbers(step, "kept"))
            texts.append(ngettext("%(num)s line stays:", "%(num)s lines stay:", kept) + f" {wording.law(step.reason)}{until}")
        if step.state is StepState.FAILED:
            texts.append(ngettext("Tried once; it is tried again by itself", "Tried %(num)s times; it is tried again by itself", step.attempts))
        if step.refusal is not None:
            texts.append(_(naming.REASONS[Reason(step.refusal)]))
    return [text for text in texts if text]


def _numbers(step: RightsStep, fate: str) -> Iterator[int]:
    return (counts.get(fate, 0) for counts in step.counts.values() if isinstance(counts, dict))


def said(row: RightsRequest, *, for_person: bool) -> list[tuple[str, RightsEntry]]:
    """The history of a request in words, newest first."""
    return [(_(naming.ACTS[entry.act]), entry) for entry in reversed(history(row, for_person=for_person))]
