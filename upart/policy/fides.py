# SPDX-License-Identifier: MIT
"""The same record for Fides: datasets and a system as YAML, in the words of fideslang 3.1.4, which is not needed to write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from upart.context import CurrentAcademy
from upart.hooks.holdings import Holdings, holdings
from upart.policy import wording
from upart.policy.activities import Activity, activities
from upart.privacy.register import TableEntry, category_of
from upart.privacy.taxonomy import FIDES, FIDES_BASES, FIDES_OWN, FIDES_SUBJECTS, FIDES_USES, Category
from upart.privacy.words import Declaration


def manifest(academy: CurrentAcademy) -> str:
    """Datasets (one for the core, one for each plugin), the portal as a system, and the categories that fideslang lacks."""
    held = holdings()
    found = activities(held, academy)
    made = {
        "data_category": [{"fides_key": key, "parent_key": key.rpartition(".")[0], "name": key, "description": text} for key, text in FIDES_OWN.items()],
        "dataset": [_dataset(held, plugin, found) for plugin in dict.fromkeys(one.entry.plugin for one in found)],
        "system": [_system(academy, found)],
    }
    return "\n".join(_yaml(made)) + "\n"


def _dataset(held: Holdings, plugin: str, found: list[Activity]) -> dict[str, Any]:
    entries = {one.entry.table: one.entry for one in found if one.entry.plugin == plugin}.values()
    text = f"Tables of {'the core' if plugin == 'core' else f'plugin {plugin}'} that hold something about people"
    return {"fides_key": _dataset_key(plugin), "name": plugin, "description": text, "collections": [_collection(held, entry) for entry in entries]}


def _dataset_key(plugin: str) -> str:
    return f"upart_{plugin}"


def _collection(held: Holdings, entry: TableEntry) -> dict[str, Any]:
    fields = [{"name": column.name, "data_categories": _categories(held, d)} for column, d in entry.declared()]
    return {"name": entry.table, "description": entry.title, "fields": fields}


def _categories(held: Holdings, d: Declaration) -> list[str]:
    if d.kind == "subject":
        return ["user.unique_id"]
    if d.kind in ("found_by", "sealed"):
        return ["user.unique_id.pseudonymous"] if d.kind == "found_by" else ["user"]
    names = [*d.paths.values(), category_of(d, held.register)]
    return sorted({FIDES[Category(name)] for name in names if name}) or ["system.operations"]


def _system(academy: CurrentAcademy, found: list[Activity]) -> dict[str, Any]:
    return {
        "fides_key": f"{academy.slug}_portal", "name": academy.name, "description": f"Portal at {academy.host}", "system_type": "Application",
        "processes_personal_data": True, "privacy_declarations": [_declaration(one) for one in found],
    }  # fmt: skip


def _declaration(one: Activity) -> dict[str, Any]:
    categories = sorted({FIDES[Category(name)] for name in one.categories}) or ["user.unique_id"]
    made: dict[str, Any] = {
        "name": one.id, "data_use": FIDES_USES[one.purpose], "data_categories": categories,
        "data_subjects": sorted({FIDES_SUBJECTS.get(role, "customer") for role in one.people}), "dataset_references": [_dataset_key(one.entry.plugin)],
        "processes_special_category_data": bool(one.special),
    }  # fmt: skip
    if one.made is not None:
        made |= {"legal_basis_for_processing": FIDES_BASES[one.made.basis], "retention_period": wording.period(one.made)}
    receivers = one.receivers()
    if receivers:
        made |= {"data_shared_with_third_parties": True, "third_parties": ", ".join(receiver.name for receiver in receivers)}
    return made


def _yaml(value: Any, depth: int = 0) -> Iterator[str]:
    """Block style; scalars as JSON, which YAML 1.2 reads."""
    space = "  " * depth
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, Mapping | list) and inner:
                yield f"{space}{key}:"
                yield from _yaml(inner, depth + 1)
            else:
                yield f"{space}{key}: {json.dumps(inner, ensure_ascii=False)}"
        return
    for inner in value:
        first, *rest = _yaml(inner, depth + 1) if isinstance(inner, Mapping) else [f"{space}  {json.dumps(inner, ensure_ascii=False)}"]
        yield f"{space}- {first.lstrip()}"
        yield from rest
