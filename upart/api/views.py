# SPDX-License-Identifier: MIT
"""The addresses of the API: one dispatch for all resources."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import MethodNotAllowed

from upart.api import answering, parameters, previews, reading, registry, writing
from upart.api import reference as explained
from upart.api.document import VERSION, document
from upart.api.seams import first_answer
from upart.errors import NotHere
from upart.hooks.resources import Include, Part, Resource, Verb
from upart.hooks.routes import Blueprint, anyone_known, anyone_uncached
from upart.theming.languages import chosen
from upart.theming.locales import speaking
from upart.theming.render import render

api = Blueprint("api", __name__)


@api.get("/api/v1/", policy=anyone_known)
def reference() -> Response:
    """What programs can read and do here, explained."""
    parts = explained.parts()
    return render("api/reference.html", parts=parts, problems=explained.problems(), version=VERSION, origin=request.host_url.rstrip("/"), first=_first(parts))


def _first(parts: list[explained.Part]) -> str:
    """With what somebody begins who tries it: of the lists that every visitor sees that with which most can be done."""
    lists = [part for part in parts if any(one.who == "anyone" and any(each.name == "limit" for each in one.parameters) for one in part.operations)]
    return max(lists or parts[:1], key=lambda part: len(part.operations)).name


@api.get("/api/v1/openapi.json", policy=anyone_uncached)
def openapi() -> Response:
    """The document from which clients are made."""
    parameters.nothing(request.args)
    parameters.check_language(request.args)
    return answering.plain(document())


@api.route("/api/v1/<path:address>", methods=["GET", "POST", "PATCH", "DELETE"], policy=anyone_uncached)
def answer(address: str) -> Response:
    """A resource, one of its objects, or something done with one."""
    found = registry.at(address)
    if (said := first_answer(request)) is not None:
        return said
    parameters.check_language(request.args)
    with speaking(chosen(request)):
        return _answer(*found)


def _answer(resource: Resource, rest: tuple[str, ...]) -> Response:
    if not rest:
        return _collection(resource)
    if len(rest) == 1 and resource.model is not None:
        return _object(resource, _id(rest[0]))
    if len(rest) == 2 and rest[1] in resource.below:
        return _below(resource, resource.includes[rest[1]], _id(rest[0]))
    if len(rest) == 3 and rest[1] == "actions" and resource.model is not None:
        return _act(resource, rest[2], _id(rest[0]))
    if len(rest) == 2 and rest[0] == "actions" and resource.gets is not None:
        return _act(resource, rest[1], None)
    raise NotHere


def _collection(resource: Resource) -> Response:
    if request.method == "POST" and resource.creates is not None:
        registry.may_write(resource)
        parameters.nothing(request.args)
        return writing.create(resource, resource.creates)
    if request.method == "PATCH" and resource.gets is not None and resource.updates is not None:
        registry.may_write(resource)
        parameters.nothing(request.args)
        return writing.update(resource, resource.updates, None)
    registry.may_read(resource)
    if request.method not in ("GET", "HEAD"):
        _refuse(reads(resource), POST=resource.creates, PATCH=resource.updates if resource.gets else None)
    if resource.model is not None:
        return answering.listed(reading.page(resource, parameters.read(resource, request.args, one=False)), request.args)
    if resource.finds is not None:
        return answering.part(found_by(resource.finds), request.path, request.args)
    parameters.nothing(request.args)
    if resource.lists is not None:
        return answering.listed(reading.Listed(list(resource.lists()), None, None, None), {})
    if resource.gets is None:
        _refuse(False, POST=resource.creates)
    whole = resource.gets()
    return answering.one(whole, whole)


def found_by(finds: Verb) -> Part:
    """What the parameters of the address find."""
    assert finds.takes is not None
    found: Part = finds.run(parameters.found_by(finds.takes, request.args))
    return found


def _object(resource: Resource, id: UUID) -> Response:
    if request.method == "PATCH" and resource.updates is not None:
        registry.may_write(resource)
        parameters.nothing(request.args)
        return writing.update(resource, resource.updates, id)
    if request.method == "DELETE" and resource.deletes is not None:
        registry.may_write(resource)
        parameters.nothing(request.args)
        return writing.delete(resource, id)
    registry.may_read(resource)
    if request.method not in ("GET", "HEAD"):
        _refuse(True, PATCH=resource.updates, DELETE=resource.deletes)
    if previews.is_asked(resource):
        return previews.answer(resource, id)
    asked = parameters.read(resource, request.args, one=True)
    wider = reading.wider(resource, id)
    whole = {name: wider[name] for name in resource.readable}
    return answering.one(whole, reading.shown(resource, wider, asked))


def _below(resource: Resource, below: Include, id: UUID) -> Response:
    """A list of what belongs to one object."""
    other = registry.named(below.resource)
    registry.may_read(resource)
    registry.may_read(other)
    if request.method not in ("GET", "HEAD"):
        _refuse(True)
    reading.whole(resource, id)
    asked = MultiDict(request.args)
    if (name := f"filter[{below.by}]") in asked:
        parameters.nothing(MultiDict({name: ""}))
    asked[name] = str(id)
    return answering.listed(reading.page(other, parameters.read(other, asked, one=False)), request.args)


def _act(resource: Resource, verb: str, id: UUID | None) -> Response:
    if verb not in resource.verbs:
        raise NotHere
    if request.method != "POST":
        registry.may_read(resource)
        _refuse(False, POST=resource.verbs[verb])
    registry.may_write(resource)
    parameters.nothing(request.args)
    return writing.do(resource, resource.verbs[verb], id)


def reads(resource: Resource) -> bool:
    """Does its address answer GET?"""
    return resource.model is not None or resource.gets is not None or resource.lists is not None or resource.finds is not None


def _refuse(reads: bool, **others: object) -> NoReturn:
    raise MethodNotAllowed([*(("GET", "HEAD") if reads else ()), *(method for method, there in others.items() if there is not None)])


def _id(text: str) -> UUID:
    if len(text) != 36:
        raise NotHere
    try:
        return UUID(text)
    except ValueError:
        raise NotHere from None
