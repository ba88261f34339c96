# SPDX-License-Identifier: MIT
"""What one plugin declares, as plain data that can be kept and compared: columns, recipients, cookies, purposes, decisions, stores."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from upart.hooks.loaded import Plugin
from upart.hooks.records import ConsentPurpose, Cookie, Decision, Recipient
from upart.privacy.changes import Declared
from upart.privacy.register import PERSONAL_KINDS, ColumnEntry, Register, TableEntry, category_of, recipients_of
from upart.privacy.words import Declaration


def declared(plugin: Plugin, register: Register) -> Declared:
    """All that a plugin says about people's data; `register` knows its tables."""
    kinds: dict[str, dict[str, dict[str, Any]]] = {
        "column": columns(register.of(plugin.id), register),
        "recipient": {one.name: _recipient(one) for one in plugin.recipients},
        "cookie": {one.name: _cookie(one) for one in plugin.cookies},
        "purpose": {one.key: _purpose(one) for one in plugin.purposes},
        "decision": {one.name: _decision(one) for one in plugin.decisions},
        "store": {one.name: {"recipient": one.recipient} for one in plugin.stores},
    }
    plain: Declared = msgspec.json.decode(msgspec.json.encode(kinds, order="deterministic"))
    return plain


def columns(entries: list[TableEntry], register: Register) -> dict[str, dict[str, Any]]:
    """The personal columns of these tables by "table.column", those of JSON also by path ("table.column:answers.*.value")."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        for column, d in entry.declared():
            if d.kind in PERSONAL_KINDS and d.kind != "key":
                for path, category in d.paths.items() or (("", category_of(d, register)),):
                    found[f"{entry.table}.{column.name}" + (f":{path}" if path else "")] = _column(entry, column, d, category)
    return found


def _column(entry: TableEntry, column: ColumnEntry, d: Declaration, category: str) -> dict[str, Any]:
    made = d.processing or entry.processing
    people = list(dict.fromkeys(path.role for path in entry.subjects if not d.about or path.role in d.about))
    laws = [one.law for one in (d.on_erase,) if one is not None and one.law]
    words: dict[str, Any] = {"title": entry.title, "kind": d.kind, "people": people, "category": category, "origin": d.origin, "needed": d.needed, "laws": laws}
    words |= {
        "controller": entry.controller,
        "recipients": sorted(recipients_of(d, entry)),
        "secret": d.secret,
        "never_share": d.never_share,
        "review": d.review,
    }
    if made is None:
        return {**words, "purpose": "", "basis": "", "interest": "", "special_ground": "", "retain": "", "after": ""}
    retain = str(made.retain) if d.kind != "sealed" or not d.days else f"{d.days} days"
    said = {"purpose": made.purpose, "basis": made.basis, "interest": made.interest, "special_ground": made.special_ground}
    return {**words, **said, "retain": retain, "after": made.after}


def _recipient(one: Recipient) -> dict[str, Any]:
    said = {"role": one.role, "purpose": one.purpose, "country": one.country, "safeguard": one.safeguard, "contract": one.contract, "keeps": one.keeps}
    return {**said, "categories": sorted(one.categories)}


def _cookie(one: Cookie) -> dict[str, Any]:
    return {"category": one.category, "purpose": one.purpose, "lifetime": one.lifetime.total_seconds() if one.lifetime else None}


def _purpose(one: ConsentPurpose) -> dict[str, Any]:
    return {"text": one.text, "purpose": one.purpose, "version": one.version, "basis": one.basis, "channels": sorted(one.channels)}


def _decision(one: Decision) -> dict[str, Any]:
    return {"logic": one.logic, "effect": one.effect, "human": one.human}


def digest_of(made: Declared) -> str:
    """A short name of a set of declarations: equal for equal ones."""
    return hashlib.sha256(msgspec.json.encode(made, order="deterministic")).hexdigest()[:32]
