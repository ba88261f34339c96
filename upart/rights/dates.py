# SPDX-License-Identifier: MIT
"""The clock of a request: when it is due, when somebody is reminded, when waiting ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from upart import clock
from upart.errors import Problem
from upart.rights.models import RightsRequest
from upart.theming.locales import gettext as _

WITHIN, EXTENDED = relativedelta(months=1), relativedelta(months=3)
"""GDPR art. 12(3): one calendar month from receipt, two more for a request that is complex. A month ends on its last
day where the day of receipt does not exist in it (Regulation 1182/71, art. 3(2)(c))."""

COOLING = timedelta(hours=72)
"""How long somebody may think better of being erased; they can skip it."""

REMINDERS = (timedelta(days=7), timedelta(days=2))
"""So long before a request is due its officers are reminded."""

OVERDUE = (timedelta(days=-1), timedelta(days=7))
"""They are reminded again the day after, and then every week."""

SILENT = timedelta(days=21)
"""After so many days without an act of a human the platform's officer hears of it."""

CUSTODY = timedelta(days=30)
"""After so many days the last owner of an academy is erased although nobody has taken it over: the platform does."""

CONFIRM_WITHIN = timedelta(days=7)
"""For so long the link is good that proves a mailbox; an unconfirmed request goes then."""


def due(received_at: datetime, within: relativedelta = WITHIN) -> date:
    """Until when a request must be answered that came at this instant (UTC)."""
    return received_at.date() + within


def extend(request: RightsRequest) -> None:
    """Take two months more. Raises Problem 409 once the first month is over, and for a second time: too late is too late."""
    if request.extended_at is not None:
        raise Problem(409, _("This request has been given more time already."), remedy=_("Answer it by the day that the person was told."))
    if clock.now().date() > due(request.received_at):
        raise Problem(409, _("More time can be taken only within the first month."), remedy=_("Answer now; what is late stays late."))
    request.extended_at, request.due_on = clock.now(), due(request.received_at, EXTENDED)
