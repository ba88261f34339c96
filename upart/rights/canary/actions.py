# SPDX-License-Identifier: MIT
"""Keep a canary: switch it on, let it fly once a week or now, sign what came of it, tell whoever answers requests when something is broken."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from upart import clock
from upart.academies.actions import raise_epoch, set_setting
from upart.context import CurrentAcademy, context
from upart.db import session, writing
from upart.events.actions import emit
from upart.hooks.plugged import plugged
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.reminding import officers
from upart.rights.canary.models import Outcome, RightsCanary
from upart.rights.canary.promises import accept, differing, promised, promises
from upart.rights.canary.rows import Breach
from upart.rights.canary.scratch import fly
from upart.rights.canary.truth import Examined
from upart.rights.engine.holdings import holdings
from upart.rights.receipts.signing import sign

log = logging.getLogger("upart.rights")

SETTING = "canary"
"""Setting of an academy: does it keep one?"""

FLY = "rights.fly"
"""Task that lets the canary of one academy fly now."""

KIND = "canary"
"""Kind of its statements among all that are signed."""

EVERY = timedelta(days=7)
OLD = EVERY + timedelta(days=2)
"""After so long without another one something keeps it from flying."""

NOT_CHECKED = (
    "stores outside of the database, and whoever received data",
    "the bytes of files, mail, logs, backups and the ledger: the made-up person is never saved for good, so none of them gets to know it",
    "rows that were there before: what is left is searched in new ones",
    "the bytes on the disk after an erasure",
    "whether pages hide somebody whose data are restricted",
    "whether people type into a field what it is declared for",
)
"""What no canary shows; stands in each statement."""


@dataclass(frozen=True, slots=True)
class Flown:
    """What came of one canary: of each owner how much was looked at and since when its declarations count; what is broken; what was not looked at."""

    at: datetime
    owners: Sequence[tuple[str, Examined, datetime]]
    breaches: Sequence[Breach]
    not_checked: Sequence[str]

    @property
    def outcome(self) -> Outcome:
        """In one word."""
        return Outcome.BROKEN if self.breaches else Outcome.KEPT

    def as_data(self, academy: CurrentAcademy) -> dict[str, Any]:
        """As it is published: it names tables and columns."""
        body = {
            "academy": academy.slug, "at": self.at.isoformat(timespec="seconds"), "every_days": EVERY.days, "outcome": self.outcome.value,
            "done": ["filled", "copied", "erased", "searched"] if not self.breaches else [],
            "checked": [{"owner": owner, **asdict(examined), "against": since.date()} for owner, examined, since in self.owners],
            "places": [{"plugin": one.plugin, "where": one.where} for one in self.breaches], "not_checked": list(self.not_checked),
        }  # fmt: skip
        plain: dict[str, Any] = json.loads(json.dumps(body, default=str))
        return plain


def switch(on: bool) -> None:
    """Keep a canary at this academy, or none any more; then its statement goes too. Needs a write session."""
    if on is context.academy.settings[SETTING]:
        return
    set_setting(session(), context.academy.id, SETTING, "yes" if on else "no")
    emit("rights.canary_on" if on else "rights.canary_off")
    if on:
        enqueue(FLY)
    else:
        session.execute(delete(RightsCanary).where(RightsCanary.academy_id == context.academy.id))


def fly_all() -> None:
    """Task, weekly on the platform, outside of any session: one academy that fails stops no other."""
    for academy in keepers():
        try:
            flown = flown_for(academy)
            with writing(academy):
                keep(flown)
        except Exception:  # the statement gets old, which the doctor tells
            log.exception("the canary of an academy could not fly")


def fly_here() -> Callable[[], None] | None:
    """Task, outside of any session: let this academy's canary fly now."""
    if not context.academy.settings[SETTING]:
        return None
    flown = flown_for(context.academy)
    return lambda: keep(flown)


def keepers() -> list[CurrentAcademy]:
    """The academies that keep a canary."""
    directory = current_app.extensions["upart"].directory
    return [one for one in map(directory.by_id, directory.homes()) if one is not None and one.settings[SETTING] and not one.is_paused]


def flown_for(academy: CurrentAcademy) -> Flown:
    """Let a canary fly through the tables of the core and of all plugins that an academy has enabled. Needs no open door.

    When all is kept, what is declared now counts from now on. Raises OperationalError while the database is busy.
    """
    now, accepted = plugged().register, promises()
    at, truth, held = clock.now(), promised(plugged().register, accepted), holdings()
    working = ["core", *sorted(id for id in academy.plugins if (found := plugged().get(id)) is not None and found.healthy)]
    flights = {owner: fly(truth, owner, held) for owner in working}
    breaches = [breach for flight in flights.values() for breach in flight.breaches]
    if not breaches:
        accept(now, working)
    broken = [f"the plugin {id}, which is not working here" for id in sorted(academy.plugins - set(working))]
    return Flown(
        at, [(owner, flight.examined, accepted[owner].at if owner in accepted else at) for owner, flight in flights.items()],
        _explained(breaches, differing(now, accepted)), [*NOT_CHECKED, *broken],
    )  # fmt: skip


def _explained(breaches: Sequence[Breach], changed: Sequence[str]) -> list[Breach]:
    """A column that is declared otherwise than accepted is why, most likely: it is named first."""
    if not breaches:
        return []
    tables = plugged().register.tables
    said = "is declared otherwise than when it was accepted, and not all of what was promised then is done."
    remedy = "Put the declaration back. If it is meant so: upart rights canary --accept"
    return [*(Breach(tables[one.partition(".")[0]].plugin, one, said, remedy) for one in changed), *breaches]


def keep(flown: Flown) -> None:
    """Sign and publish what came of it; when something is broken that was not broken before, tell whoever answers requests. Needs a write session."""
    row = session.scalars(select(RightsCanary)).first()
    places = [{"plugin": one.plugin, "where": one.where, "what": one.what, "remedy": one.remedy} for one in flown.breaches]
    before = [(one["plugin"], one["where"]) for one in row.places] if row is not None else []
    if row is None:
        session.add(row := RightsCanary(outcome=flown.outcome))
    row.outcome, row.at, row.places = flown.outcome, flown.at, places
    row.statement = sign(KIND, flown.as_data(context.academy))
    raise_epoch(session(), context.academy.id)
    if new := [one for one in places if (one["plugin"], one["where"]) not in before]:
        emit("rights.canary_broken", places=len(places))
        for officer in officers():
            send(officer, Purpose.RIGHTS, template="rights/mail/canary.txt", values={"places": new, "link": address_of("/manage/privacy/canary/")})


def last() -> RightsCanary | None:
    """What came of this academy's last canary."""
    return session.scalars(select(RightsCanary)).first()


def is_old(row: RightsCanary) -> bool:
    """Should there have been another one since?"""
    return row.at < clock.now() - OLD
