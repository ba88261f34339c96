# SPDX-License-Identifier: MIT
"""What of rights waits for a human, for the staff's first page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select

from upart import clock
from upart.db import session, unmasked
from upart.hooks.matters import Matter
from upart.rights.actions.attempting import STUBBORN
from upart.rights.actions.dead_letters import dead_letters
from upart.rights.dates import REMINDERS
from upart.rights.models import RequestState, RightsRequest, RightsStep, StepState
from upart.rights.showing.officers import SHOWN, Asked, asked, open_requests
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

WORK = "an officer is at work on requests"


def requests() -> Iterator[Matter]:
    """Requests that need a decision, that are soon due or late, and those with steps that fail and fail."""
    soon = RightsRequest.due_on <= clock.now().date() + max(REMINDERS)
    stuck = select(RightsStep.id).where(RightsStep.request_id == RightsRequest.id, RightsStep.state == StepState.FAILED, RightsStep.attempts >= STUBBORN)
    mine = open_requests().where((RightsRequest.state == RequestState.NEEDS_DECISION) | soon | stuck.exists())
    rows = session.scalars(mine.order_by(RightsRequest.due_on, RightsRequest.id).limit(SHOWN + 1)).all()
    for row, one in zip(rows, asked(rows[:SHOWN]), strict=False):
        label = _("Answer: %(right)s, due on %(day)s", right=one.right, day=wording.day(one.line.due))
        yield Matter(
            title=f"{one.right}: {_left(one)}", text=_text(one), icon="scale", kind="bad" if one.left < 0 or one.stubborn else "warn", due=row.due_on,
            since=row.received_at, url=url_for("queue.one", id=one.line.id), verb=_("Answer"), label=label,
        )  # fmt: skip
    if len(rows) > SHOWN:
        title, url = _("There are more requests about privacy"), url_for("queue.everything")
        yield Matter(title=title, icon="list", due=rows[SHOWN].due_on, kind="info", url=url, verb=_("Open the list"))


def _left(one: Asked) -> str:
    if one.left == 0:
        return _("due today")
    return ngettext("one day left", "%(num)s days left", one.left) if one.left > 0 else ngettext("one day late", "%(num)s days late", -one.left)


def _text(one: Asked) -> str:
    told = [one.line.state, _("taken by %(name)s", name=one.taken_by) if one.taken_by else ""]
    told.append(ngettext("One step fails again and again", "%(num)s steps fail again and again", one.stubborn) if one.stubborn else "")
    return " · ".join(part for part in told if part)


def untold() -> Iterator[Matter]:
    """Recipients that could not be told something by machine."""
    with unmasked(WORK):
        found = dead_letters()
    if found:
        title = ngettext("One recipient has not been told something", "Recipients have not been told %(num)s things", len(found))
        names = ", ".join(dict.fromkeys(one.recipient or one.store for one in found))
        yield Matter(
            title=title, text=_("Somebody has to tell them by hand: %(names)s.", names=names), icon="send", count=len(found), since=found[0].since,
            url=url_for("untold.everything"), verb=_("Tell them"), label=_("Tell them: who was not told"),
        )  # fmt: skip
