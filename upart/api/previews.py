# SPDX-License-Identifier: MIT
"""One object as it will read once its changes are published, for whoever has the token of its preview; kept by no cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, request
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from upart.api import parameters
from upart.api.answering import JSON
from upart.api.reading import Row
from upart.api.registry import may_read, named
from upart.api.statements import EACH
from upart.context import context
from upart.db import is_masked, session
from upart.errors import Fault, NotHere, Unfit
from upart.hooks.resources import Added, Include, Resource
from upart.revisions.previewing import as_preview

PARAMETER = "preview"


def is_asked(resource: Resource) -> bool:
    """Does the address hold a token for an object of this resource?"""
    return resource.previews is not None and PARAMETER in request.args


def answer(resource: Resource, id: UUID) -> Response:
    """The object of that token, with its own parts if `include=` names them. Raises NotHere for any other object, Unfit (400)."""
    given = MultiDict(request.args)
    tokens = given.poplist(PARAMETER)
    if len(tokens) != 1:
        raise Unfit([Fault(PARAMETER, "parameter", "It is there more than once.")], 400, "parameter")
    asked = parameters.read(resource, given, one=True)
    row = session.get(resource.model, {"academy_id": context.academy.id, "id": id})
    if row is None or is_masked(row):
        raise NotHere
    found = _shown(resource, [row], tokens[0], asked.fields or (*resource.readable, *resource.adds))
    if not found:
        raise NotHere
    shown = found[0]
    for name, below in asked.include.items():
        shown[name] = _parts(resource.includes[name], id, tokens[0], deeper=bool(below))
    return as_preview(Response(msgspec.json.encode(shown), content_type=JSON))


def _parts(include: Include, id: UUID, token: str, *, deeper: bool) -> list[Row]:
    """The rows that belong to an object and are opened by its token."""
    other = named(include.resource)
    may_read(other)
    if deeper or not include.many or other.previews is None:
        raise Unfit([Fault("include", "parameter", "This cannot come along with a preview.")], 400, "parameter")
    order = other.column(other.default_sort.removeprefix("-"))
    rows = session.scalars(select(other.model).where(getattr(other.model, include.by) == id).order_by(order).limit(EACH)).all()
    return _shown(other, rows, token, tuple(name for name in (*other.readable, *other.adds) if name not in other.long))


def _shown(resource: Resource, rows: Sequence[Any], token: str, names: Sequence[str]) -> list[Row]:
    assert resource.previews is not None
    said: Mapping[UUID, Mapping[str, Any]] = resource.previews(rows, token) if rows else {}
    added = {name: _made(resource.adds[name], rows) for name in names if name in resource.adds}
    by_id = {row.id: row for row in rows}
    return [
        {name: added[name].get(id) if name in added else values.get(name, _value(resource, by_id[id], name)) for name in names}
        for id, values in said.items() if id in by_id
    ]  # fmt: skip


def _made(added: Added, rows: Sequence[Any]) -> Mapping[UUID, Any]:
    return added.run([{name: getattr(row, name) for name in ("id", *added.needs)} for row in rows])


def _value(resource: Resource, row: Any, name: str) -> Any:
    """What a row says now. A guarded field says nothing, unless the preview shows it."""
    return None if name in resource.guarded else getattr(row, resource.renamed.get(name, name))
