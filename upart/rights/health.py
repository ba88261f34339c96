# SPDX-License-Identifier: MIT
"""How rights stand: are requests answered in time, and what came of the canary?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, func, select

from upart import clock
from upart.db import everywhere, reading, session
from upart.hooks.health import Finding, HealthCheck, critical, good, recommended
from upart.rights.canary.actions import OLD, is_old, keepers, last
from upart.rights.canary.models import Outcome
from upart.rights.models import RightsRequest
from upart.rights.states import ENDED
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext


def _late() -> Select[int]:
    """How many requests are late (GDPR art. 12(3))."""
    return select(func.count(RightsRequest.id)).where(RightsRequest.due_on < clock.now().date(), RightsRequest.state.not_in(ENDED))


def requests() -> Iterator[Finding]:
    """Is any request about privacy late (GDPR art. 12(3))?"""
    with everywhere("which requests are late?") as opened:
        count = opened.scalar(_late()) or 0
    if count:
        yield critical("requests", f"{count} requests of people about their data are late.", "See: upart rights list")
    else:
        yield good("requests", "None is late.")


def canaries() -> Iterator[Finding]:
    """Does anybody keep a canary, and what came of the last one?"""
    for academy in keepers():
        with reading(academy):
            row = last()
            places = ", ".join(str(one["where"]) for one in row.places) if row is not None else ""
            broken, old = row is not None and row.outcome is Outcome.BROKEN, row is None or is_old(row)
        if broken:
            yield critical(
                "canary", f"At {academy.slug} not all is copied or erased as it is declared: {places}.", f"Run: upart rights canary --academy {academy.slug}"
            )
        elif old:
            yield recommended(
                "canary", f"At {academy.slug} none has flown for more than {OLD.days} days.", f"Run: upart rights canary --academy {academy.slug}"
            )
        else:
            yield good("canary", f"At {academy.slug} all that was looked at is done as declared.")


def here() -> Iterator[Finding]:
    """Is any request about privacy late at this academy (GDPR art. 12(3))?"""
    if count := session.scalar(_late()) or 0:
        text = ngettext("One request about privacy is late.", "%(num)s requests about privacy are late.", count)
        yield critical("rights.requests", text, _("Answer it today, under Manage, Requests. The law gives one month."))
    else:
        yield good("rights.requests", _("No request about privacy is late."))


CHECKS = [
    HealthCheck(key="rights.requests", label="Requests about privacy", run=here, page="queue.everything"),
    HealthCheck(key="requests", label="Requests of all academies", run=requests, installation=True),
    HealthCheck(key="canary", label="Canary", run=canaries, installation=True, page="canary.one"),
]
