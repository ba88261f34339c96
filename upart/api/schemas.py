# SPDX-License-Identifier: MIT
"""What a field holds, as JSON Schema (2020-12), made from the column and from what is declared beside it."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from upart.api.parameters import kind_of
from upart.hooks.plugged import plugged
from upart.hooks.resources import Added, Resource
from upart.privacy.register import category_of
from upart.privacy.words import Declaration, Processing

Schema = dict[str, Any]

KINDS: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
LISTS = (("list[str]", {"type": "array", "items": {"type": "string"}}), ("list[", {"type": "array"}), ("dict[", {"type": "object"}))


def of_resource(resource: Resource) -> Schema:
    """An object as it is answered. What was left out by `fields=` is not there."""
    brought = {name: _brought(one.resource, one.many) for name, one in resource.includes.items()}
    added = {name: _added(resource, one) for name, one in resource.adds.items()}
    return {"type": "object", "properties": {**{name: of_field(resource, name) for name in resource.readable}, **added, **brought}}


def of_field(resource: Resource, name: str) -> Schema:
    """One field, with its personal data named (`x-personal-data`)."""
    column = resource.column(name).property.columns[0]
    schema = of_value(resource, name)
    if column.nullable or name in resource.guarded:
        schema |= {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        schema["type"] = [schema["type"], "null"]
    return schema | personal_data(resource, name)


def of_value(resource: Resource, name: str) -> Schema:
    """A value of a field that is there."""
    column = resource.column(name).property.columns[0]
    kind = kind_of(column)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [one.value for one in kind]}
    written = str(resource.model.__annotations__.get(resource.column(name).key, ""))
    return dict(next((schema for word, schema in LISTS if word in written), KINDS.get(kind, {"type": "string"})))


def personal_data(resource: Resource, name: str) -> Schema:
    """What the declaration says of a field: a sentence, or which personal data it is, what for and why (GDPR art. 13)."""
    if name not in resource.readable:
        return {}
    column = resource.column(name).property.columns[0]
    d: Declaration | None = column.info.get("declaration")
    if d is None or d.kind in ("key", "ref"):
        return {}
    if d.kind == "not_personal":
        return {"description": f"{d.why[:1].upper()}{d.why[1:]}."}
    made: Processing | None = d.processing or getattr(resource.model, "__processing__", None)
    words: Schema = {"role": d.role} if d.kind == "subject" else {"category": category_of(d, plugged().register)}
    if made is not None:
        words |= {"purpose": str(made.purpose.value), "basis": str(made.basis.value), "retain": str(made.retain)}
    return {"x-personal-data": words}


def _brought(resource: str, many: bool) -> Schema:
    ref = {"$ref": f"#/components/schemas/{part_name(resource)}"}
    return {"type": "array", "items": ref} if many else {"anyOf": [ref, {"type": "null"}]}


def _added(resource: Resource, added: Added) -> Schema:
    return {"anyOf": [{"$ref": f"#/components/schemas/{part_name(resource.name)}.{added.shows.__name__}"}, {"type": "null"}]}


def part_name(resource: str) -> str:
    """What the objects of a resource are called among the schemas: "courses" gives "courses"."""
    return resource.replace("/", ".")
