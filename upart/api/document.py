# SPDX-License-Identifier: MIT
"""The OpenAPI document (3.1) of an academy: made from the resources that its plugins register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from upart.api import parameters, schemas
from upart.api.registry import registered
from upart.api.schemas import Schema
from upart.context import context
from upart.hooks.resources import Resource, Verb
from upart.theming.locales import ENGLISH, languages

VERSION = "1.0"
REF = "#/components/schemas/{name}"
TEXT: Schema = {"type": "string"}

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `errors` names all that is wrong at once: by JSON pointer, or by the name of a parameter.",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"}, "title": TEXT, "status": {"type": "integer"}, "code": TEXT, "detail": TEXT,
        "errors": {"type": "array", "items": {"type": "object", "required": ["pointer", "code", "detail"],
                                              "properties": {"pointer": TEXT, "code": TEXT, "detail": TEXT}}},
        "request_id": {"type": "string", "description": "To quote when you ask about it."},
        "current": {"description": "With 412: what is there now."},
    },
}  # fmt: skip
PAGE: Schema = {
    "type": "object",
    "required": ["next", "prev"],
    "properties": {"next": {"type": ["string", "null"]}, "prev": {"type": ["string", "null"]}, "count": {"type": "integer", "minimum": 0}},
}
ETAG: Schema = {"ETag": {"description": "The version that was read: for If-None-Match and If-Match.", "schema": TEXT}}
IF_MATCH: Schema = {
    "name": "If-Match", "in": "header", "required": True, "schema": TEXT,
    "description": "The ETag of what you have read: 412 when somebody has changed it since, 428 without.",
}  # fmt: skip
NAMED: Schema = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def document() -> Schema:
    """The whole document for the acting academy."""
    paths: dict[str, Schema] = {}
    components: dict[str, Schema] = {"Problem": PROBLEM, "Page": PAGE}
    resources = {name: resource for name, (_owner, resource) in sorted(registered().items())}
    for name, resource in resources.items():
        components |= _components(resource)
        for path, operations in _paths(resource):
            paths[f"/api/v1/{path}"] = operations
        components[schemas.part_name(name)] = _object(resource)
    tags = [{"name": name, "description": resource.sentence} for name, resource in resources.items()]
    about = {"title": f"{context.academy.name}: API", "version": VERSION, "description": "Lists are read page by page; errors say all that is wrong at once."}
    return {"openapi": "3.1.0", "info": about, "servers": [{"url": "/"}], "tags": tags, "paths": paths, "components": {"schemas": components}}


def _object(resource: Resource) -> Schema:
    if resource.model is not None:
        return schemas.of_resource(resource)
    return _ref(_own(resource, resource.answers.__name__)) if resource.answers is not None else {"type": "object"}


def _own(resource: Resource, name: str) -> str:
    """What a class of a resource's bodies is called among the schemas: another plugin may have one of that name."""
    return f"{schemas.part_name(resource.name)}.{name}"


def _components(resource: Resource) -> dict[str, Schema]:
    """The classes of its bodies and answers, with the personal data among their fields named."""
    kinds = [verb.takes for verb in (resource.creates, resource.updates, *resource.verbs.values()) if verb is not None and verb.takes is not None]
    kinds += [added.shows for added in resource.adds.values()]
    _made, found = msgspec.json.schema_components(
        [*kinds, *([resource.answers] if resource.answers is not None else [])], ref_template=REF.format(name=_own(resource, "{name}"))
    )
    for schema in found.values() if resource.model is not None else ():
        for name, one in schema.get("properties", {}).items():
            one |= {word: said for word, said in schemas.personal_data(resource, name).items() if word not in one}
    return {_own(resource, name): schema for name, schema in found.items()}


def _paths(resource: Resource) -> Iterator[tuple[str, Schema]]:
    collection: Schema = {}
    if resource.model is not None or resource.lists is not None:
        collection["get"] = _operation(resource, "list", f"List {resource.name}", read=True, parameters=_listing(resource), answer=_list_of(resource))
    elif resource.finds is not None:
        found = [*_asked_by(resource.finds.takes)]
        sentence = _first_line(resource.finds.run)
        collection["get"] = _operation(resource, "list", sentence, read=True, parameters=found, answer=_list_of(resource))
    elif resource.gets is not None:
        collection["get"] = _operation(resource, "get", _first_line(resource.gets), read=True, answer=_one(resource, read=True))
        if resource.updates is not None:
            collection["patch"] = _writes(resource, "update", resource.updates, parameters=[IF_MATCH])
    if resource.creates is not None:
        collection["post"] = _writes(resource, "create", resource.creates, status="201")
    if resource.uploads is not None:
        collection["post"] = _takes_a_file(resource, resource.uploads)
    if collection:
        yield resource.name, collection
    if resource.model is None:
        return
    one = {
        "get": _operation(
            resource,
            "get",
            f"One of {resource.name}",
            read=True,
            parameters=[NAMED, *_parts(resource), *_previewed(resource)],
            answer=_one(resource, read=True),
        )
    }
    if resource.updates is not None:
        one["patch"] = _writes(resource, "update", resource.updates, parameters=[NAMED, IF_MATCH])
    if resource.deletes is not None:
        gone = {"204": {"description": "Gone."}}
        one["delete"] = _operation(resource, "delete", _first_line(resource.deletes), read=False, parameters=[NAMED, IF_MATCH], answer=gone)
    yield f"{resource.name}/{{id}}", one
    for name in resource.below:
        other = registered()[resource.includes[name].resource][1]
        own = f"filter[{resource.includes[name].by}]"
        listing = [NAMED, *(one for one in _listing(other) if one["name"] != own)]
        yield f"{resource.name}/{{id}}/{name}", {"get": _operation(resource, name, f"List {name}", read=True, parameters=listing, answer=_list_of(other))}
    for name, verb in resource.verbs.items():
        yield f"{resource.name}/{{id}}/actions/{name}", {"post": _writes(resource, name, verb, parameters=[NAMED])}


def _operation(resource: Resource, verb: str, summary: str, *, read: bool, answer: Schema, parameters: list[Schema] | None = None) -> Schema:
    policy = resource.policy if read else resource.writes
    return {
        "operationId": f"{resource.name.replace('/', '-')}.{verb}", "tags": [resource.name], "summary": summary,
        "x-scope": f"{resource.scope}:{'read' if read else 'write'}", "x-for": "anyone" if policy.open else policy.permission or "people who have signed in",
        "parameters": [*(parameters or []), _query("locale", {"type": "string", "enum": languages(), "default": ENGLISH}, "The language of words for people.")],
        "responses": {**answer, "default": {"description": "What went wrong.", "content": {"application/problem+json": {"schema": _ref("Problem")}}}},
    }  # fmt: skip


def _writes(resource: Resource, name: str, verb: Verb, *, status: str = "200", parameters: list[Schema] | None = None) -> Schema:
    operation = _operation(resource, name, _first_line(verb.run), read=False, parameters=parameters, answer=_one(resource, status))
    operation["responses"]["204"] = {"description": "Done; you do not see it any more."}
    if verb.takes is not None:
        content: Schema = {"schema": _ref(_own(resource, verb.takes.__name__))}
        if sample := resource.samples.get(name):
            content["example"] = dict(sample)
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def _takes_a_file(resource: Resource, uploads: Callable[..., Any]) -> Schema:
    operation = _operation(resource, "create", _first_line(uploads), read=False, answer=_one(resource, "201"))
    form: Schema = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
    operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    return operation


def _previewed(resource: Resource) -> list[Schema]:
    return [_query("preview", TEXT, "A token from the address of a preview: shows what is not published yet.")] if resource.previews is not None else []


def _asked_by(kind: Any) -> Iterator[Schema]:
    """The fields of a class as parameters."""
    _made, found = msgspec.json.schema_components([kind])
    whole = found[kind.__name__]
    for name, schema in whole["properties"].items():
        said = {word: value for word, value in schema.items() if word != "description"}
        yield {**_query(name, said, schema.get("description", "")), "required": name in whole.get("required", ())}


def _one(resource: Resource, status: str = "200", *, read: bool = False) -> Schema:
    headers = ETAG | ({"Location": {"schema": TEXT}} if status == "201" and resource.model is not None else {})
    answer: Schema = {status: {"description": "It.", "headers": headers, "content": {"application/json": {"schema": _ref(schemas.part_name(resource.name))}}}}
    return answer | ({"304": {"description": "As it was when you read it."}} if read else {})


def _list_of(resource: Resource) -> Schema:
    data: Schema = {"type": "array", "items": _ref(schemas.part_name(resource.name)), "maxItems": parameters.MOST}
    schema: Schema = {"type": "object", "required": ["data", "page"], "properties": {"data": data, "page": _ref("Page")}}
    headers = ETAG | {"Link": {"description": "The pages beside it (RFC 8288).", "schema": TEXT}}
    return {
        "200": {"description": "A page of the list.", "headers": headers, "content": {"application/json": {"schema": schema}}},
        "304": {"description": "As it was when you read it."},
    }


def _listing(resource: Resource) -> list[Schema]:
    if resource.model is None:
        return []
    sorts = [sign + name for name in sorted(resource.sorts or {"id"}) for sign in ("", "-")]
    return [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": parameters.MOST, "default": parameters.USUAL}, "Rows of a page."),
        _query("cursor", TEXT, "Where the list goes on: take `page.next` as it is."),
        _query("sort", {"type": "string", "enum": sorts, "default": resource.default_sort}, "The order; with a minus the other way round."),
        _query("count", {"type": "string", "enum": ["exact"]}, "Count all rows too."),
        *_parts(resource),
        *(_query(name, schema, sentence) for name, schema, sentence in _filters(resource)),
    ]


def _filters(resource: Resource) -> Iterator[tuple[str, Schema, str]]:
    for name in sorted(resource.filters):
        schema, column = schemas.of_value(resource, name), resource.column(name).property.columns[0]
        ordered = parameters.kind_of(column) in parameters.ORDERED
        yield f"filter[{name}]", schema, "Only rows with this value."
        for operator in parameters.ORDER[2:] if ordered else ():
            yield f"filter[{name}][{operator}]", schema, {"gt": "Above.", "gte": "From here on.", "lt": "Below.", "lte": "Up to here."}[operator]
        if column.nullable:
            yield f"filter[{name}][empty]", {"type": "boolean"}, "Without a value, or with one."


def _parts(resource: Resource) -> list[Schema]:
    found = [_several("fields", [*resource.readable, *resource.adds], "Only these fields.")]
    if resource.includes:
        found.append(_several("include", list(_includes(resource)), "What comes along, each at most 100.", parameters.INCLUDES))
    return found


def _includes(resource: Resource, before: str = "", depth: int = parameters.DEPTH) -> Iterator[str]:
    known = registered()
    for name, include in resource.includes.items():
        if include.resource in known:
            yield f"{before}{name}"
            if depth > 1:
                yield from _includes(known[include.resource][1], f"{before}{name}.", depth - 1)


def _several(name: str, values: list[str], sentence: str, most: int | None = None) -> Schema:
    schema: Schema = {"type": "array", "items": {"type": "string", "enum": values}, "minItems": 1, "maxItems": most or len(values), "uniqueItems": True}
    return {**_query(name, schema, sentence), "style": "form", "explode": False}


def _query(name: str, schema: Schema, sentence: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": sentence, "schema": schema}


def _ref(name: str) -> Schema:
    return {"$ref": REF.format(name=name)}


def _first_line(function: Callable[..., Any]) -> str:
    return (function.__doc__ or function.__name__).strip().partition("\n")[0]
