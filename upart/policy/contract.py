# SPDX-License-Identifier: MIT
"""What a contract between an academy and the host must say (GDPR art. 28(3)), as far as this software knows it. It is data for a contract, not one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from upart import clock
from upart.context import CurrentAcademy
from upart.hooks.holdings import holdings
from upart.policy import parties, wording
from upart.policy.activities import Activity, activities
from upart.policy.art30 import plugins_of, recipients
from upart.policy.measures import measures
from upart.policy.sheets import Column, Fact, Part, Sheet

DUTIES: tuple[tuple[str, str, str], ...] = (
    (
        "instructions",
        "art. 28(3)(a)",
        "It does what owners and officers order on its pages and operators by its commands. open: how instructions are given and kept.",
    ),
    ("confidentiality", "art. 28(3)(b)", "open: bind those who have access to the machines."),
    ("security", "art. 28(3)(c)", "See the measures below."),
    ("subprocessors", "art. 28(3)(d), 28(2), 28(4)", "See the list below; new ones must be announced so that the academy can object."),
    (
        "rights",
        "art. 28(3)(e)",
        "Access, correction, erasure, restriction, objection and withdrawal are carried out from the declarations; due dates are kept and reminded of.",
    ),
    ("assistance", "art. 28(3)(f)", "Records (art. 30), the risk sheet (art. 35) and the breach desk (art. 33, 34) are compiled for each academy."),
    (
        "end",
        "art. 28(3)(g)",
        "People take a copy of their data in an open format; erasure follows the declarations. open: what is returned or deleted at the end, and when.",
    ),
    ("evidence", "art. 28(3)(h)", "The register, events, retention runs and requests can be inspected. open: how audits are agreed on."),
)
"""Duties of a processor: key, provision, what this software does towards it."""

NOTE = "Data for a contract under art. 28(3), not the contract: what is open must be agreed on and signed by both."


def contract(academy: CurrentAcademy) -> Sheet:
    """Subject matter, duration, nature, types of data, people, duties and sub-processors of what the host does for an academy."""
    held = holdings()
    found = activities(held, academy)
    parts = (
        Part("processings", "Nature and purpose of the processing, types of data", "art. 28(3)", COLUMNS, tuple(_by_purpose(found)), "Nothing."),
        Part("duties", "Duties of the processor", "art. 28(3)(a) to (h)", DUTY, tuple({"duty": k, "source": s, "here": text} for k, s, text in DUTIES)),
        _subprocessors(academy, plugins_of(found, academy)), measures(held),
    )  # fmt: skip
    return Sheet("contract", f"Processing on behalf of {academy.name}", "GDPR art. 28(3)", academy.slug, clock.now(), tuple(_facts(academy)), parts, NOTE)


COLUMNS = (
    Column("purpose", "Purpose", "art. 28(3)", wording.purpose), Column("categories", "Types of personal data", "art. 28(3)", wording.category),
    Column("subjects", "Categories of data subjects", "art. 28(3)", wording.people), Column("plugins", "Parts of the software"),
)  # fmt: skip
DUTY = (Column("source", "Provision"), Column("here", "What this software does"))


def _facts(academy: CurrentAcademy) -> list[Fact]:
    host, mine = parties.host(), parties.controller(academy)
    nature = "Storage, display, transmission by mail, correction, restriction and erasure in a portal for learning."
    return [
        mine[0], *host[:1], mine[1],
        Fact("subject", "Subject matter", "art. 28(3)", f"Running the portal {academy.host}"),
        Fact("nature", "Nature", "art. 28(3)", nature),
        Fact("duration", "Duration", "art. 28(3)", "", "As agreed between both; how long single data are kept is in the record (art. 30)."),
        Fact("authorisation", "Authorisation of sub-processors", "art. 28(2)", "", "Specific, or general with a right to object."),
        Fact("signed", "Concluded on", "art. 28(9)", "", "Date and signatures."),
    ]  # fmt: skip


def _by_purpose(activities: Iterable[Activity]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, dict[str, None]]] = {}
    for one in activities:
        line = found.setdefault(one.purpose.value, {"categories": {}, "subjects": {}, "plugins": {}})
        for key, values in (("categories", one.categories), ("subjects", one.people), ("plugins", (one.entry.plugin,))):
            line[key] |= dict.fromkeys(values)
    return [{"purpose": purpose, **{key: list(values) for key, values in line.items()}} for purpose, line in found.items()]


def _subprocessors(academy: CurrentAcademy, plugins: Collection[str]) -> Part:
    """Processors that the host or a plugin brings in; controllers among the recipients are none."""
    all_of_them = recipients(academy, plugins)
    lines = tuple(line for line in all_of_them.lines if line["role"] == "processor" and line["known_by"] != "this installation")
    none = "None: database, files and mail stay on the host's machine, and no plugin declares one. open: who runs that machine."
    return Part("subprocessors", "Sub-processors", "art. 28(2), 28(4)", all_of_them.columns, lines, none)
