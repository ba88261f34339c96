# SPDX-License-Identifier: MIT
"""The risk sheet: what speaks for an impact assessment (GDPR art. 35), in numbers, and the questions that only the controller can answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from upart import clock
from upart.accounts.models import Person
from upart.context import CurrentAcademy
from upart.db import everywhere
from upart.hooks.holdings import holdings
from upart.policy import wording
from upart.policy.activities import Activity, activities
from upart.policy.measures import measures
from upart.policy.sheets import Column, Fact, Part, Sheet
from upart.privacy.countries import is_third
from upart.privacy.taxonomy import Category, Origin, Purpose

NOTE = "It gathers what is declared and counted. Whether an assessment is required, and its outcome, the controller decides (art. 35(1), (7))."

CHILDREN = (Category.FAMILY_LINK.value, Category.DEMOGRAPHIC_BIRTH.value)
"""Categories by which a portal shows that children may be among its people."""

COLUMNS = (
    Column("table", "Processing", "", wording.table), Column("purpose", "Purpose", "art. 35(7)(a)", wording.purpose),
    Column("rows", "Lines now", "art. 35(3)(b)"), Column("special", "Special categories", "art. 9, 35(3)(b)", wording.category),
    Column("children", "Points to children", "rec. 75", wording.category), Column("derived", "Worked out about people", "art. 35(3)(a)", wording.category),
    Column("secret", "Secrets", "art. 32"), Column("transfers", "Third countries", "art. 44", wording.country), Column("plugin", "Part of the software"),
)  # fmt: skip

CRITERIA: tuple[tuple[str, str, Callable[[Sequence[Activity], int], str]], ...] = (
    ("Evaluation or scoring", "WP 248, 1", lambda found, people: _where(found, _derived, "values are worked out about people")),
    ("Automated decisions with legal or similar effect", "art. 22, 35(3)(a)", lambda found, people: ""),
    ("Systematic monitoring", "art. 35(3)(c)", lambda found, people: _where(found, _measured, "use is counted or pages are fitted to people")),
    ("Special categories", "art. 9, 10, 35(3)(b)", lambda found, people: _where(found, lambda one: one.special, "special categories are declared")),
    (
        "Large scale",
        "rec. 91, 35(3)(b)",
        lambda found, people: f"{people} people, {sum(one.rows for one in _once(found))} lines about people; open: is that large?",
    ),
    ("Matched or combined data sets", "WP 248, 6", lambda found, people: ""),
    ("Vulnerable people, children", "rec. 75, WP 248, 7", lambda found, people: _where(found, lambda one: _of(one, CHILDREN), "data point to children or age")),
    ("New technology", "art. 35(1)", lambda found, people: _where(found, lambda one: one.purpose is Purpose.TRAIN_AI, "models are trained")),
    ("Keeps people from a right or service", "art. 22, WP 248, 9", lambda found, people: ""),
)
"""Criteria of the European guidelines WP 248 rev.01: each with what the register says to it; where that is nothing, it is open."""

QUESTIONS = (
    ("necessity", "Why is each processing necessary and proportionate?", "art. 35(7)(b)"),
    ("children", "Do children use the portal, and from which age?", "art. 8, rec. 38"),
    ("decisions", "Does anybody decide about people by what the portal works out alone?", "art. 22"),
    ("likelihood", "What could happen to people, how likely, how badly?", "art. 35(7)(c)"),
    ("views", "Have people or their representatives been asked?", "art. 35(9)"),
    ("advice", "What does the data protection officer advise?", "art. 35(2)"),
    ("outcome", "Is an assessment required, and when is it looked at again?", "art. 35(1), 35(11)"),
)


def risks(academy: CurrentAcademy) -> Sheet:
    """Processings with what makes them risky, the criteria, the measures; each question stays open."""
    held = holdings()
    found = activities(held, academy)
    people = _people(academy)
    criteria = tuple(
        {"criterion": name, "source": source, "here": read(found, people) or "open: nothing is declared about it"} for name, source, read in CRITERIA
    )
    parts = (
        Part("processings", "Processings", "art. 35(7)(a)", COLUMNS, tuple(_line(one) for one in found), "Nothing about people is stored."),
        Part("criteria", "Criteria", "art. 35(3), WP 248 rev.01", CRITERION, criteria), measures(held),
    )  # fmt: skip
    facts = (Fact("people", "People known here now", "art. 35(3)(b)", str(people)), *(Fact(k, q, s, "", "Answer it.") for k, q, s in QUESTIONS))
    return Sheet("risks", f"Risk sheet: {academy.name}", "GDPR art. 35", academy.slug, clock.now(), facts, parts, NOTE)


CRITERION = (Column("criterion", "Criterion"), Column("source", "Source"), Column("here", "What the register says"))


def _people(academy: CurrentAcademy) -> int:
    with everywhere("count the people of an academy") as opened:
        return opened.scalar(select(func.count(Person.id)).where(Person.academy_id == academy.id)) or 0


def _line(one: Activity) -> dict[str, Any]:
    return {
        "id": one.id, "plugin": one.entry.plugin, "table": one.entry.table, "title": one.entry.title, "purpose": one.purpose.value, "rows": one.rows,
        "special": one.special, "children": _of(one, CHILDREN), "derived": _derived(one), "secret": any(d.secret for _column, d in one.columns),
        "transfers": [receiver.country for receiver in one.receivers() if is_third(receiver.country)],
    }  # fmt: skip


def _of(one: Activity, names: Sequence[str]) -> list[str]:
    return [name for name in one.categories if name in names]


def _derived(one: Activity) -> list[str]:
    return sorted({d.category for _column, d in one.columns if d.origin == Origin.DERIVED})


def _measured(one: Activity) -> bool:
    return one.purpose in (Purpose.MEASURE, Purpose.PERSONALISE)


def _once(found: Sequence[Activity]) -> list[Activity]:
    """One processing of each table, so that no line counts twice."""
    return list({one.entry.table: one for one in found}.values())


def _where(found: Sequence[Activity], holds: Callable[[Activity], object], what: str) -> str:
    names = sorted({wording.table(one.entry.table) for one in found if holds(one)})
    return f"{what}: {', '.join(names)}" if names else ""
