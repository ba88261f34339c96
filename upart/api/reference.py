# SPDX-License-Identifier: MIT
"""The page that explains the API to people: made from the same document that programs read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upart.api.document import document
from upart.api.schemas import Schema
from upart.hooks.plugged import plugged
from upart.theming.locales import gettext as _
from upart.theming.problems import CODES, WORDS

FORMS = {"uuid": "id", "date-time": "time, RFC 3339", "date": "day"}
NAMES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false", "array": "list", "object": "object", "null": "null"}


@dataclass(frozen=True, slots=True)
class Line:
    """A field or a parameter: its name, what it holds, a sentence; is it needed, and which personal data is it?"""

    name: str
    kind: str
    sentence: str
    needed: bool = False
    personal: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be done: method, address, a sentence, who may try it, what goes in."""

    method: str
    path: str
    sentence: str
    who: str
    scope: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Part:
    """A resource as the page shows it."""

    name: str
    sentence: str
    operations: tuple[Operation, ...]
    fields: tuple[Line, ...]


def parts() -> list[Part]:
    """All resources of the acting academy."""
    made = document()
    schemas = made["components"]["schemas"]
    return [_part(tag, made["paths"], schemas) for tag in made["tags"]]


def problems() -> list[Line]:
    """The words by which programs tell errors apart."""
    known = [(status, code, title) for status, (code, title) in CODES.items()] + [(status, code, title) for code, (status, title) in WORDS.items()]
    return [Line(code, str(status), _(title)) for status, code, title in sorted(known)]


def _part(tag: Schema, paths: Mapping[str, Schema], schemas: Mapping[str, Schema]) -> Part:
    name: str = tag["name"]
    found = [_operation(method, path, one, schemas) for path, all_of in paths.items() for method, one in all_of.items() if one["tags"] == [name]]
    whole = schemas[name.replace("/", ".")]
    return Part(name, tag["description"], tuple(found), tuple(_fields(schemas[whole["$ref"].rpartition("/")[2]] if "$ref" in whole else whole, schemas)))


def _operation(method: str, path: str, one: Schema, schemas: Mapping[str, Schema]) -> Operation:
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = schemas[content["schema"]["$ref"].rpartition("/")[2]] if content else {}
    example = json.dumps(content["example"], indent=2, ensure_ascii=False) if "example" in content else ""
    taken = tuple(Line(p["name"], _kind(p["schema"], schemas), p.get("description", ""), p["required"]) for p in one["parameters"] if p["in"] != "path")
    return Operation(method.upper(), path, one["summary"], _who(one["x-for"]), one["x-scope"], taken, tuple(_fields(body, schemas)), example)


def _who(word: str) -> str:
    """Who may try it: a permission with its sentence."""
    permission = plugged().permissions().get(word)
    return _("people who may: %(what)s", what=_(permission.sentence)) if permission else _(word)


def _fields(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[Line]:
    needed = schema.get("required", [])
    for name, one in schema.get("properties", {}).items():
        personal: Mapping[str, str] = one.get("x-personal-data", {})
        words = personal.get("category") or (_("about the %(role)s", role=personal["role"]) if personal else "")
        yield Line(name, _kind(one, schemas), one.get("description", ""), name in needed, words)


def _kind(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """What a value is, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        inner = schemas.get(name, {})
        return _kind(inner, schemas) if "enum" in inner else str(name)
    if "anyOf" in schema:
        return " / ".join(dict.fromkeys(_kind(one, schemas) for one in schema["anyOf"]))
    if values := schema.get("enum"):
        return " · ".join(str(value) for value in values)
    if "items" in schema:
        return _("list of: %(what)s", what=_kind(schema["items"], schemas))
    if schema.get("format") in FORMS:
        return FORMS[schema["format"]]
    kinds: Any = schema.get("type", "")
    return " / ".join(NAMES.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
