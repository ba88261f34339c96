# SPDX-License-Identifier: MIT
"""Records and breaches as staff see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from upart.context import CurrentAcademy, context
from upart.db import session
from upart.hooks.holdings import holdings
from upart.hooks.matters import Matter
from upart.policy import wording
from upart.policy.actions import incident_of
from upart.policy.art30 import processor_record, record
from upart.policy.breaching import HOURS, hours_left
from upart.policy.contract import contract
from upart.policy.models import Breach
from upart.policy.risks import risks
from upart.policy.sheets import Sheet
from upart.privacy.countries import COUNTRIES
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

RECORDS, BREACHES = "policy.records", "policy.breaches"
"""Permissions: read what is compiled; work on breaches."""

SHOWN = 5
"""Open breaches on the staff's first page."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sheet that can be opened: title, provision, a sentence, icon, what makes it; `platform`: on the platform alone, or everywhere else."""

    title: str
    source: str
    hint: str
    icon: str
    make: Callable[[CurrentAcademy], Sheet]
    platform: bool | None = None


SHEETS: dict[str, Kind] = {
    "art30": Kind("Record of processing activities", "art. 30(1)", "What is done with data here, why, for how long, who gets them.", "file-text", record),
    "host": Kind(
        "Record of the processor", "art. 30(2)", "What this installation does on behalf of its academies.", "building-2",
        lambda academy: processor_record(), True,
    ),
    "contract": Kind(
        "Data for the processor’s contract", "art. 28(3)", "What the contract with whoever runs the portal must say.", "scroll-text", contract, False,
    ),
    "risks": Kind("Risk sheet", "art. 35", "What speaks for an impact assessment, in numbers, and the questions that are yours.", "shield-alert", risks),
}  # fmt: skip
"""Sheets by the last part of their address."""


def sheets(academy: CurrentAcademy) -> dict[str, Kind]:
    """Those that this academy has."""
    return {name: kind for name, kind in SHEETS.items() if kind.platform in (None, academy.is_platform)}


@dataclass(frozen=True, slots=True)
class Line:
    """A breach in the list: what is said of its clock, and how pressing that is."""

    row: Breach
    title: str
    clock: str
    badge: str


def lines(rows: Any) -> list[Line]:
    """Breaches in words."""
    return [Line(row, wording.table(row.table), *clock_of(row)) for row in rows]


def clock_of(row: Breach) -> tuple[str, str]:
    """How the 72 hours stand, and the kind of badge."""
    if row.closed_at is not None:
        return _("closed"), ""
    if row.reported_at is not None:
        return _("authority told"), "ok"
    left = hours_left(incident_of(row))
    if left < 0:
        return ngettext("one hour late", "%(num)s hours late", -left), "bad"
    return ngettext("one hour left", "%(num)s hours left", left), "warn" if left < HOURS // 3 else "info"


def open_breaches() -> Any:
    """Those that are not closed, the one known longest first."""
    return select(Breach).where(Breach.closed_at.is_(None)).order_by(Breach.known_at, Breach.id)


def today() -> Iterator[Matter]:
    """Open breaches of which the authority has not been told, for the staff's first page."""
    for line in lines(session.scalars(open_breaches().where(Breach.reported_at.is_(None)).limit(SHOWN)).all()):
        yield Matter(
            title=_("Breach: %(clock)s", clock=line.clock), text=_("The authority has not been told yet. What was open: %(what)s.", what=line.title),
            icon="shield-alert", kind="bad" if line.badge == "bad" else "warn", due=incident_of(line.row).due_at, since=line.row.known_at,
            url=url_for("breaches.one", id=line.row.id), verb=_("Report it"), label=_("Report it: %(what)s", what=line.title),
        )  # fmt: skip


def choices() -> dict[str, str]:
    """Tables that say something about people here, by title."""
    tables = holdings().register.tables.values()
    mine = [entry for entry in tables if (entry.is_personal or entry.subjects) and (entry.owned or context.academy.is_platform)]
    return {"": "", **{entry.table: f"{wording.table(entry.table)} ({_(entry.title)})" for entry in mine}}


def country(code: str) -> str:
    """A country, or that it is not known."""
    return COUNTRIES.get(code, _("not known"))
