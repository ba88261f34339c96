# SPDX-License-Identifier: MIT
"""Where a list goes on: the last row that was seen, signed for one person, one list, one filter and one order."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from types import GenericAlias
from typing import Any
from uuid import UUID

import msgspec

from upart.api.parameters import Asked, kind_of
from upart.context import context
from upart.errors import Problem
from upart.hooks.find import WHOLE
from upart.hooks.resources import Resource
from upart.keys import ring

PURPOSE = "api cursor"
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Edge:
    """The row at which a page begins, and whether it goes back from there."""

    back: bool
    value: Any
    id: UUID


def write(resource: Resource, asked: Asked, edge: Edge) -> str:
    """The cursor of a row: whoever changes it, or uses it as somebody else or for another list, gets Problem 400."""
    payload = urlsafe_b64encode(msgspec.json.encode([edge.back, edge.value, edge.id])).decode().rstrip("=")
    return f"{payload}.{ring().digest(PURPOSE, _bound(resource, asked, payload), context.academy.id)[:40]}"


def read(resource: Resource, asked: Asked) -> Edge | None:
    """The row at which the asked page begins; None: at the start. Raises Problem 400 for a cursor that is not for this."""
    if not asked.cursor:
        return None
    payload, _, signature = asked.cursor.rpartition(".")
    made = ring().digests(PURPOSE, _bound(resource, asked, payload), context.academy.id) if len(asked.cursor) < LONGEST else []
    if not any(compare_digest(one[:40].encode(), signature.encode()) for one in made):
        raise Problem(400, "This cursor is not for this list.", remedy="Begin at the first page: leave it out.", code="cursor")
    kind: Any = kind_of(resource.column(asked.sort).property.columns[0])
    shape = GenericAlias(tuple, (bool, WHOLE if kind is int else kind, UUID))
    back, value, id = msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=shape)
    return Edge(back, value.astimezone(UTC) if isinstance(value, datetime) else value, id)


def _bound(resource: Resource, asked: Asked, payload: str) -> str:
    person = context.person
    filters = sorted(f"{one.field}[{one.operator}]={one.value}" for one in asked.filters)
    order = f"{'-' if asked.descending else ''}{asked.sort}"
    return "\0".join((str(person.id) if person else "", resource.name, order, repr(filters), payload))
