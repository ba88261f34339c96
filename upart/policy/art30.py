# SPDX-License-Identifier: MIT
"""Records of processing activities: of an academy as controller (GDPR art. 30(1)), and of the host as processor (art. 30(2))."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from flask import current_app
from sqlalchemy import select

from upart import clock
from upart.academies.models import Academy, AcademyKind
from upart.context import CurrentAcademy
from upart.db import everywhere
from upart.hooks.holdings import holdings
from upart.policy import parties, wording
from upart.policy.activities import Activity, activities
from upart.policy.measures import measures
from upart.policy.sheets import Column, Fact, Part, Sheet
from upart.privacy.countries import is_third
from upart.privacy.register import PERSONAL_KINDS

NOTE = (
    "Compiled from what the software and its plugins declare beside each stored value, from the settings and from what is stored now. "
    "What only the controller knows is open; processing outside of this portal is not in it."
)

COLUMNS = (
    Column("table", "Processing", "art. 30(1)", wording.table),
    Column("purpose", "Purpose", "art. 30(1)(b)", wording.purpose),
    Column("basis", "Legal basis", "art. 6", wording.basis),
    Column("subjects", "Categories of data subjects", "art. 30(1)(c)", wording.people),
    Column("categories", "Categories of data", "art. 30(1)(c)", wording.category),
    Column("recipients", "Recipients", "art. 30(1)(d)"),
    Column("transfers", "Third countries", "art. 30(1)(e)", wording.country),
    Column("retain", "Time limit for erasure", "art. 30(1)(f)"),
    Column("laws", "Kept longer by law", "art. 17(3)(b)", wording.law),
    Column("plugin", "Part of the software"),
    Column("title", "As people read it"),
)

RECIPIENTS = (
    Column("name", "Recipient", "art. 30(1)(d)"),
    Column("role", "Role", "art. 4(7), 4(8), 26", wording.recipient_role),
    Column("task", "What for", "", wording.purpose),
    Column("categories", "Categories of data", "art. 13(1)(e)", wording.category),
    Column("country", "Country", "art. 30(1)(e)", wording.country),
    Column("safeguard", "Safeguard", "art. 45, 46"),
    Column("contract", "Contract", "art. 28(3)"),
    Column("keeps", "Keeps"),
    Column("known_by", "Known by"),
)


def record(academy: CurrentAcademy) -> Sheet:
    """What an academy does as controller: each declared processing once, nothing else. The platform's own is compiled alike."""
    held = holdings()
    found = activities(held, academy)
    lines = tuple(_line(one) for one in found)
    parts = (
        Part("processings", "Processing activities", "art. 30(1)(b) to (f)", COLUMNS, lines, "Nothing about people is stored."),
        recipients(academy, plugins_of(found, academy)), measures(held),
    )  # fmt: skip
    title = f"Record of processing activities: {academy.name}"
    return Sheet("art30", title, "GDPR art. 30(1)", academy.slug, clock.now(), tuple(parties.controller(academy)), parts, NOTE)


def _line(one: Activity) -> dict[str, Any]:
    receivers = one.receivers()
    return {
        "id": one.id, "plugin": one.entry.plugin, "table": one.entry.table, "title": one.entry.title, "purpose": one.purpose.value,
        "basis": one.made.basis.value if one.made else None, "interest": (one.made.interest or None) if one.made else None,
        "subjects": list(one.people), "categories": list(one.categories), "columns": [column.name for column, d in one.columns if d.kind in PERSONAL_KINDS],
        "special": one.special, "recipients": [receiver.name for receiver in receivers],
        "transfers": [receiver.country for receiver in receivers if is_third(receiver.country)],
        "retain": wording.period(one.made) if one.made else "with what it belongs to", "laws": list(one.laws),
    }  # fmt: skip


def plugins_of(found: Iterable[Activity], academy: CurrentAcademy) -> set[str]:
    """The plugins that an academy has enabled, and those of which it has lines left."""
    return {*academy.plugins, *(one.entry.plugin for one in found)}


def recipients(academy: CurrentAcademy | None, plugins: Collection[str] | None) -> Part:
    """The host, declared recipients, those that the academy's log of disclosures names besides, and machines that the settings name."""
    host = parties.platform()
    lines = [parties.as_line(one) for one in parties.declared(plugins)]
    if academy is not None:
        lines += [parties.as_line(one) for one in parties.receive_here(academy) if one.name not in {line["name"] for line in lines}]
        lines += [_received(name) for name in parties.received_here(academy) if name not in {line["name"] for line in lines}]
        lines = [_host(host), *lines] if host is not None and not academy.is_platform else lines
    lines += [place.as_line() for place in parties.places()]
    return Part("recipients", "Recipients", "art. 30(1)(d), (e)", RECIPIENTS, tuple(lines), "Nobody outside: no recipient is declared, no setting names one.")


def _received(name: str) -> dict[str, Any]:
    """Somebody who has got data, and whose declaration is gone with its plugin."""
    return {"name": name, "role": None, "task": None, "known_by": "log of disclosures"}


def _host(host: CurrentAcademy) -> dict[str, Any]:
    country = "open: the settings do not say"
    name = host.settings["legal_name"] or host.name
    return {"name": name, "role": "processor", "task": "host", "country": country, "contract": "upart privacy contract", "known_by": "this installation"}


def processor_record() -> Sheet:
    """What the host does on behalf of the academies: for each of them which categories of processing (GDPR art. 30(2))."""
    held = holdings()
    columns = (
        Column("name", "Controller", "art. 30(2)(a)"), Column("contact", "Contact", "art. 30(2)(a)"),
        Column("categories", "Categories of processing on its behalf", "art. 30(2)(b)", wording.purpose),
    )  # fmt: skip
    lines = tuple(_controller(academy, activities(held, academy)) for academy in hosted())
    parts = (
        Part("controllers", "On whose behalf", "art. 30(2)(a), (b)", columns, lines, "There is no academy yet."),
        recipients(None, None),
        measures(held),
    )  # fmt: skip
    title = "Record of categories of processing carried out on behalf of academies"
    return Sheet("art30", title, "GDPR art. 30(2)", "", clock.now(), (*parties.host(), _officer()), parts, NOTE)


def _officer() -> Fact:
    return Fact(
        "transfers", "Transfers on instruction", "art. 30(2)(c)", "", "Only where an academy has instructed one; recipients below say what is declared."
    )


def _controller(academy: CurrentAcademy, found: Iterable[Activity]) -> dict[str, Any]:
    known = academy.settings
    purposes = sorted({one.purpose.value for one in found})
    name = ", ".join(filter(None, (known["legal_name"] or academy.name, known["place"])))
    return {"academy": academy.slug, "name": name, "contact": known["privacy_contact"] or "open", "categories": purposes}


def hosted() -> list[CurrentAcademy]:
    """The academies whose processor the host is."""
    with everywhere("list the academies whose processor the host is") as opened:
        slugs = list(opened.scalars(select(Academy.slug).where(Academy.kind == AcademyKind.ACADEMY).order_by(Academy.slug)))
    directory = current_app.extensions["upart"].directory
    return [academy for academy in map(directory.by_slug, slugs) if academy is not None]
