# SPDX-License-Identifier: MIT
"""All that a privacy policy has to tell (GDPR art. 13, 14), as plain data: what is declared, who receives it, what the settings say.

Two policies are compared by their facts, not by their words: kind ("column", "recipient", …), id, words of that thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from upart.context import CurrentAcademy
from upart.db import everywhere
from upart.hooks.agreed import as_agreed
from upart.hooks.choices import consent_purposes, decisions, declared_cookies
from upart.hooks.holdings import Holdings, holdings
from upart.hooks.records import ConsentPurpose, Cookie, Decision, Recipient
from upart.policy import parties
from upart.policy.activities import Activity, described, kept_by
from upart.policy.visiting import counted
from upart.policy.waiting import Found, without_waiting
from upart.privacy.register import PERSONAL_KINDS, ColumnEntry, Register, category_of, recipients_of
from upart.privacy.words import Declaration

Words = Mapping[str, Any]
Facts = Mapping[str, Mapping[str, Words]]
"""Kind, id, words: {"column": {"core.person.email": {"category": "contact.email", "purpose": "account", …}}}."""

KINDS = ("controller", "column", "recipient", "store", "purpose", "cookie", "visits", "decision", "words")

CONTROLLER = ("legal_name", "place", "privacy_contact", "privacy_officer", "authority")
"""Settings that say who is responsible."""

HOST = "host"
"""How a recipient is known that is whoever runs the portal."""

TOLD = "told"
"""The task of those whose programs are told what happens, by numbers (webhooks)."""

RECEIVED = "received"
"""The task of those of whom the log of disclosures alone knows."""


def facts(academy: CurrentAcademy, held: Holdings | None = None) -> Facts:
    """What is so at an academy now. Takes a few short statements; what it returns is never changed."""
    held = held or _held(academy)
    kept = kept_by(held, academy)
    here = {*academy.plugins, *(entry.plugin for entry in kept)}
    receivers = parties.declared(here)
    receivers += [one for one in parties.receive_here(academy) if one.name not in {known.name for known in receivers}]
    found = {
        "controller": {key: {"value": academy.settings[key]} for key in CONTROLLER},
        "column": {id: words for one in described(held, kept) for id, words in _columns(one, held.register, receivers)},
        "recipient": _recipients(academy, receivers),
        "store": {one.name: {"recipient": one.recipient} for one in parties.stores(here)},
        "purpose": {one.key: _purpose(one) for one in consent_purposes(academy.plugins)},
        "cookie": {one.name: _cookie(one) for one in declared_cookies(academy.plugins)},
        "decision": {one.name: _decision(one) for one in decisions(academy.plugins)},
        "words": {key: {"text": text} for key, text in academy.settings.items() if key.startswith("policy_") and text},
        "visits": counted(academy),
    }
    plain: Found = msgspec.json.decode(msgspec.json.encode(found, order="deterministic"))
    return without_waiting(plain, academy)


def _held(academy: CurrentAcademy) -> Holdings:
    """What is held now, for as long as the academy has agreed to."""
    known = holdings()
    with everywhere("which periods has an academy agreed to?") as opened:
        return as_agreed(known, opened, academy.id)


def digest_of(made: Facts) -> str:
    """A name of these facts: equal for equal ones (SHA-256 of their canonical JSON)."""
    return hashlib.sha256(msgspec.json.encode(made, order="deterministic")).hexdigest()


def _columns(one: Activity, register: Register, receivers: list[Recipient]) -> list[tuple[str, Words]]:
    """The columns of one processing by "plugin.table.column", those of JSON also by path ("core.person.answers:*.value")."""
    found = []
    for column, d in one.columns:
        if d.kind in PERSONAL_KINDS:
            id = f"{one.entry.plugin}.{one.entry.table}.{column.name}"
            for path, category in d.paths.items() or (("", category_of(d, register)),):
                found.append((f"{id}:{path}" if path else id, _column(one, column, d, category, receivers)))
    return found


def _column(one: Activity, column: ColumnEntry, d: Declaration, category: str, receivers: list[Recipient]) -> Words:
    only, made = recipients_of(d, one.entry), one.made
    goes = [r.name for r in receivers if (r.name in only if only else made is not None and r.purpose == made.purpose and category in r.categories)]
    said = {
        "plugin": one.entry.plugin, "table": one.entry.table, "title": one.entry.title, "column": column.name, "kind": d.kind, "category": category,
        "origin": d.origin, "needed": d.needed, "laws": list(one.laws), "recipients": sorted(goes), "secret": d.secret, "never_share": d.never_share,
    }  # fmt: skip
    if made is None:
        return {**said, "purpose": "", "basis": "", "interest": "", "special_ground": "", "retain": "", "after": ""}
    retain = f"{d.days} days" if d.kind == "sealed" and d.days else str(made.retain)
    why = {"purpose": made.purpose, "basis": made.basis, "interest": made.interest, "special_ground": made.special_ground}
    return {**said, **why, "retain": retain, "after": made.after}


def _recipients(academy: CurrentAcademy, receivers: list[Recipient]) -> dict[str, Words]:
    """Those whom plugins declare, and those outside; whoever is both, such as a host that a plugin names, stands there twice."""
    declared = {one.name: _recipient(one) for one in receivers}
    outside = {f"{name} ({w['task']})" if name in declared and w["task"] != RECEIVED else name: w for name, w in _outside(academy).items()}
    return {**outside, **declared}


def _recipient(one: Recipient) -> Words:
    said = {"role": one.role, "purpose": one.purpose, "country": one.country, "safeguard": one.safeguard, "contract": one.contract, "keeps": one.keeps}
    return {**said, "categories": sorted(one.categories), "task": "", "known_by": "declaration"}


def _outside(academy: CurrentAcademy) -> dict[str, Words]:
    """Whoever runs the portal, the machines that the settings name, and whom the log of disclosures names besides."""
    unknown = {"role": "processor", "purpose": "", "country": "", "safeguard": "", "contract": "", "keeps": "", "categories": []}
    host, found = parties.platform(), dict[str, Words]()
    for place in parties.places():
        who, task = place.run_by, parties.TASKS[place.setting]
        said = {"country": who.country, "safeguard": who.safeguard} if who else {}
        found[f"{who.name} ({task})" if who else place.name] = {**unknown, **said, "task": task, "known_by": place.setting}
    for one in parties.operators():
        said = {"country": one.country, "safeguard": one.safeguard}
        found.setdefault(f"{one.name} ({one.task})", {**unknown, **said, "task": one.task, "known_by": "UPART_INFRASTRUCTURE"})
    if host is not None and not academy.is_platform:
        found[host.settings["legal_name"] or host.name] = {**unknown, "task": HOST, "known_by": HOST}
    for name, program in parties.told(academy).items():
        said = {"country": program.country, "safeguard": program.safeguard, "task": TOLD, "known_by": "webhook"}
        found[f"{name} ({TOLD})" if name in found else name] = {**unknown, **said}
    gone = {name: {**unknown, "role": "", "task": RECEIVED, "known_by": "log of disclosures"} for name in parties.received_here(academy)}
    return {**gone, **found}


def _purpose(one: ConsentPurpose) -> Words:
    return {"text": one.text, "purpose": one.purpose, "version": one.version, "basis": one.basis, "channels": sorted(one.channels)}


def _cookie(one: Cookie) -> Words:
    return {"category": one.category, "purpose": one.purpose, "lifetime": one.lifetime.total_seconds() if one.lifetime else None}


def _decision(one: Decision) -> Words:
    return {"logic": one.logic, "effect": one.effect, "human": one.human}
