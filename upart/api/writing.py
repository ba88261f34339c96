# SPDX-License-Identifier: MIT
"""What programs change: the body read, the version compared, the feature's own function called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Response, request

from upart.api import answering, reading
from upart.api.decoding import decode
from upart.api.parameters import Asked
from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem
from upart.hooks.resources import Made, Resource, Verb

TYPES = ("application/json", "application/merge-patch+json")


def create(resource: Resource, verb: Verb) -> Response:
    """Make a new one; 201 with its address."""
    return _made(resource, verb.run(*_body(verb)), 201)


def created(resource: Resource, row: Any) -> Response:
    """What was made in another way than by JSON; 201 with its address."""
    return _made(resource, row, 201)


def update(resource: Resource, verb: Verb, id: UUID | None) -> Response:
    """Change fields of what the sender has seen."""
    row, current = _held(resource, id)
    body = _body(verb)
    if answer := answering.unless_changed(current):
        return answer
    return _made(resource, verb.run(*row, *body), 200, *row)


def delete(resource: Resource, id: UUID) -> Response:
    """Take away what the sender has seen."""
    row, current = _held(resource, id)
    if answer := answering.unless_changed(current):
        return answer
    assert resource.deletes is not None
    resource.deletes(*row)
    return Response(status=204)


def do(resource: Resource, verb: Verb, id: UUID | None) -> Response:
    """Do something with one. With If-Match only if it is as the sender has seen it."""
    row, current = _held(resource, id)
    body = _body(verb)
    if request.if_match and (answer := answering.unless_changed(current)):
        return answer
    return _made(resource, verb.run(*row, *body), 200, *row)


def _held(resource: Resource, id: UUID | None) -> tuple[Sequence[Any], Any]:
    """The row, which nobody else changes until the end, and its current state. Raises NotHere."""
    if id is None:
        return (), resource.gets() if resource.gets else None
    reading.whole(resource, id)  # who may not see it holds nothing up
    key = {"academy_id": context.academy.id, "id": id}
    row = session.get(resource.model, key, with_for_update=None if resource.holds else {}, populate_existing=True)
    if row is None:
        raise NotHere
    if resource.holds is not None:
        resource.holds(row)
        session.refresh(row)
    return (row,), reading.whole(resource, id)


def _body(verb: Verb) -> Sequence[Any]:
    if verb.takes is None:
        if request.get_data() not in (b"", b"{}"):
            raise Problem(422, "This takes no body.", remedy="Send it without one.", code="unfit")
        return ()
    if request.mimetype not in TYPES:
        raise Problem(415, "The body must be JSON.", remedy="Send Content-Type: application/json.", code="not_json")
    return (decode(request.get_data(), verb.takes),)


def _made(resource: Resource, made: Any, status: int, *row: Any) -> Response:
    """The new state, or 204 for what the acting person does not see any more."""
    session.flush()
    extra: Mapping[str, Any] = {}
    if isinstance(made, Made):
        made, extra = made.row, made.shows
    if resource.model is None:
        return answering.one(made, made, status) if made is not None else Response(status=204)
    id: UUID = (made if made is not None else row[0]).id
    with suppress(NotHere):
        wider = reading.wider(resource, id)
        whole = {name: wider[name] for name in resource.readable}
        return answering.one(whole, {**reading.shown(resource, wider, Asked("id")), **extra}, status, f"/api/v1/{resource.name}/{id}" if status == 201 else "")
    return Response(status=204)
