# SPDX-License-Identifier: MIT
"""The breach desk: what is asked about a breach, with what is known filled in, and the clock (GDPR art. 33, 34)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app

from upart import clock
from upart.context import CurrentAcademy
from upart.db import everywhere
from upart.errors import UpartError
from upart.hooks.holdings import Holdings, holdings
from upart.policy import parties, wording
from upart.policy.counting import Counted, Counter
from upart.policy.sheets import Fact
from upart.privacy.register import TableEntry
from upart.privacy.taxonomy import Category

HOURS = 72
"""Art. 33(1): the authority is told within so many hours after the controller has become aware."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of a breach: whose table, when data may have been open, when the controller learned of it; words of the officer."""

    table: str
    since: datetime
    until: datetime | None
    known_at: datetime
    nature: str = ""
    effects: str = ""
    remedies: str = ""
    late: str = ""

    @property
    def due_at(self) -> datetime:
        """When the 72 hours end."""
        return self.known_at + timedelta(hours=HOURS)


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a breach means for one academy: numbers, the clock, and what art. 33(3) asks for."""

    academy: CurrentAcademy
    counted: Counted
    facts: tuple[Fact, ...]

    def as_data(self, incident: Incident) -> dict[str, Any]:
        """For `--json`."""
        c = self.counted
        return {
            "academy": self.academy.slug, "table": incident.table, "since": incident.since, "until": incident.until, "people": c.people,
            "found_by": c.found_by, "rows": c.rows, "categories": {name: sum(n.values()) for name, n in sorted(c.categories.items())},
            "countries": dict(sorted(c.countries.items())),
            "cells": [
                {"category": name, "country": country, "people": number}
                for name, by_country in sorted(c.categories.items()) for country, number in sorted(by_country.items())
            ],
            "known_at": incident.known_at, "due_at": incident.due_at, "hours_left": hours_left(incident),
            "article_33": [fact.as_data() for fact in self.facts],
        }  # fmt: skip


def hours_left(incident: Incident) -> int:
    """Whole hours until the authority must have been told; negative when that has passed."""
    return int((incident.due_at - clock.now()) / timedelta(hours=1) // 1)


def incident(table: str, since: datetime, until: datetime | None, known_at: datetime | None) -> Incident:
    """Check what somebody has typed. Raises UpartError with a remedy for times that cannot be."""
    now = clock.now()
    made = Incident(table, since, until, known_at or now)
    if since > now:
        raise UpartError(f"{since:%Y-%m-%d %H:%M} UTC has not come yet.", remedy="Give with --since the moment from which data may have been open.")
    if until is not None and until < since:
        raise UpartError("The end lies before the beginning.", remedy="Give a later time with --until, or leave it out: then it is now.")
    if made.known_at > now:
        raise UpartError(f"{made.known_at:%Y-%m-%d %H:%M} UTC has not come yet.", remedy="Give with --known when it became known.")
    return made


def instant(text: str, option: str) -> datetime:
    """An ISO date or time; without a zone it is UTC. Raises UpartError for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UpartError(f"{option} cannot be {text!r}.", remedy="Write a date or a time: 2026-11-24 or 2026-11-24T12:00+01:00") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def table_named(held: Holdings, name: str) -> TableEntry:
    """The declarations of a table that says something about people. Raises UpartError for any other name."""
    entry = held.register.tables.get(name)
    if entry is None:
        close = difflib.get_close_matches(name, held.register.tables, n=1)
        raise UpartError(f"There is no table '{name}'.", remedy=f"Did you mean {close[0]}?" if close else "See: upart privacy inventory")
    if not (entry.is_personal or entry.subjects):
        raise UpartError(f"The table '{name}' is declared to hold nothing about people.", remedy="See: upart privacy inventory")
    return entry


def concerned(one: Incident, academy: CurrentAcademy | None = None) -> list[Concerned]:
    """The numbers for each academy that has lines in the table, or for one. The platform's own tables are the platform's."""
    held = holdings()
    entry = table_named(held, one.table)
    with everywhere("count whom a breach concerns") as opened:
        counted = Counter(held, entry, one.until).count(opened)
    found = [(controller_of(id), numbers) for id, numbers in counted.items()]
    lines = [_concerned(one, owner, numbers) for owner, numbers in found if owner is not None and academy in (None, owner)]
    if academy is not None and not lines:
        return [_concerned(one, academy, Counted(academy.id))] if entry.owned or academy.is_platform else []
    return sorted(lines, key=lambda line: line.academy.slug)


def controller_of(academy_id: UUID | None) -> CurrentAcademy | None:
    """Who decides about lines of this academy; for None the platform."""
    found: CurrentAcademy | None = current_app.extensions["upart"].directory.by_id(academy_id) if academy_id is not None else parties.platform()
    return found


def _concerned(one: Incident, academy: CurrentAcademy, counted: Counted) -> Concerned:
    return Concerned(academy, counted, tuple(_facts(one, academy, counted)))


def _facts(one: Incident, academy: CurrentAcademy, c: Counted) -> list[Fact]:
    """Art. 33(3), in its order."""
    kinds = "; ".join(wording.category(name) for name in sorted(c.categories))
    high = [name for name in c.categories if Category(name).is_special or Category(name).is_private]
    hint = "Decide whether it is." + (f" Private or special data are among them: {', '.join(map(wording.category, sorted(high)))}." if high else "")
    facts = [
        Fact("nature", "What happened", "art. 33(3)(a)", one.nature, "Say it in words that name nobody."),
        Fact("people", "People concerned, about", "art. 33(3)(a)", _people(c)),
        Fact("records", "Records concerned, about", "art. 33(3)(a)", f"{c.rows} lines of {one.table}"),
        Fact("categories", "Categories of data", "art. 33(3)(a)", kinds or "that somebody is linked to the line"),
        Fact("contact", "Contact for more", "art. 33(3)(b)", academy.settings["privacy_contact"], "Setting privacy_contact, or the data protection officer."),
        Fact("effects", "Likely consequences", "art. 33(3)(c)", one.effects, "Say what may happen to people."),
        Fact("remedies", "Measures taken or proposed", "art. 33(3)(d)", one.remedies, "Say what was done, and what people can do."),
        Fact("risk", "High risk, so that people are told", "art. 34(1)", "", hint),
    ]
    if one.due_at < clock.now():
        facts.append(Fact("late", "Why later than 72 hours", "art. 33(1)", one.late, "Give the reasons for the delay."))
    return facts


def _people(c: Counted) -> str:
    more = f", and {c.found_by} known by a digest alone" if c.found_by else ""
    return f"{c.people} people with lines there now{more}"


NOT_SEEN = "Counted are lines that are there now{until}. Lines deleted since then, copies elsewhere and files are not."
"""What the numbers do not say."""


def not_seen(one: Incident) -> str:
    """The same, for one breach."""
    return NOT_SEEN.format(until=f" and were made by {one.until:%Y-%m-%d %H:%M} UTC" if one.until else "")
