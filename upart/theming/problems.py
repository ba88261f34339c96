# SPDX-License-Identifier: MIT
"""Errors as programs read them: `application/problem+json` (RFC 9457), for every address below `/api/`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from flask import Response, request

from upart.errors import Fault
from upart.theming.headers import PRIVATE
from upart.theming.languages import understood
from upart.theming.locales import ENGLISH, gettext, speaking

API = "/api/"
TYPE = "application/problem+json"
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
KINDS = "/api/v1/#problem-"
"""What the type of a problem begins with: its place on the page that documents them."""

CODES = {  # what a status means for programs, unless the error has a word of its own
    400: ("bad_request", "This request cannot be read"),
    401: ("sign_in", "Nobody is signed in"),
    403: ("forbidden", "This is not allowed"),
    404: ("not_found", "This is not here"),
    405: ("method", "This does not work here"),
    408: ("late", "This did not arrive in time"),
    409: ("conflict", "This cannot be done now"),
    410: ("gone", "This is gone"),
    412: ("changed", "Somebody has changed this since you read it"),
    413: ("too_large", "This is too large"),
    414: ("too_long", "This address is too long"),
    415: ("not_json", "This is no JSON"),
    422: ("unfit", "Something is missing or wrong"),
    428: ("unconditional", "This needs the version that you have read"),
    429: ("too_many_requests", "Too many requests"),
    500: ("broken", "This is our fault"),
    501: ("unknown_method", "This method is not known here"),
    503: ("busy", "Not available right now"),
    507: ("full_disk", "No space left"),
}

WORDS = {  # words of the API's own, more exact than a status
    "parameter": (400, "The address asks for something that is not there, or in a way that is not understood"),
    "cursor": (400, "This cursor is not for this list, this person, this filter or this order"),
    "too_many": (400, "More would come along than one answer holds"),
    "no_json": (400, "The body is no JSON"),
    "twice": (400, "The body names a member twice"),
    "too_deep": (400, "The body is nested too deeply"),
    "again": (401, "The password was not given within 15 minutes"),
    "scope": (403, "The token lacks a scope"),
    "cross_site": (403, "This was sent from another site"),
    "objection": (409, "Something stands against it"),
    "restricted": (409, "The data of this person may only be stored now"),
    "used": (409, "It is used somewhere"),
    "not_ready": (422, "Something is missing before this can be done"),
    "paused": (503, "This academy is paused"),
}

DETAILS = {  # what is said where a page would speak of pages
    400: "Something in the address or in what was sent is not as expected.",
    403: "You may not do this.",
    404: "Nothing is here, or it is not for you.",
    405: "This address does not take this method; the header Allow names those that it takes.",
    413: "What was sent is larger than 1 MB. Nothing was changed.",
    415: "The body must be JSON (Content-Type: application/json).",
}


def is_for_programs(path: str) -> bool:
    """Does a program read the answer of this address?"""
    return path.startswith(API) and path != "/api/v1/"


def body_of(status: int, detail: str, *, code: str = "", faults: Sequence[Fault] = (), request_id: str = "", **more: Any) -> bytes:
    """The members of RFC 9457, and ours: `code`, `errors` (pointer, code, detail), `request_id`."""
    usual, title = CODES.get(status, CODES[500] if status >= 500 else CODES[400])
    word = code or usual
    members = {
        "type": f"{KINDS}{word if word in WORDS else usual}",
        "title": gettext(title),
        "status": status,
        "code": word,
        "detail": detail,
        "errors": [one._asdict() | {"detail": gettext(one.detail)} for one in faults],
    }
    return msgspec.json.encode({**members, **({"request_id": request_id} if request_id else {}), **more})


def said(detail: str, faults: Sequence[Fault]) -> str:
    """A detail in the language that is spoken, sentence by sentence, as far as its words are known."""
    if faults:
        named = (f"{one.pointer}: {gettext(one.detail)}" if one.pointer else gettext(one.detail) for one in faults[:3])
        return " ".join((gettext("What was sent does not fit."), *named))
    whole = gettext(detail)
    return whole if whole != detail else " ".join(gettext(one) for one in SENTENCE.split(detail))


def problem(status: int, detail: str, *, code: str = "", faults: Sequence[Fault] = (), request_id: str = "", **more: Any) -> Response:
    """An error as an answer."""
    language = understood(request)
    with speaking(language):
        body = body_of(status, detail if language == ENGLISH else said(detail, faults), code=code, faults=faults, request_id=request_id, **more)
    response = Response(body, status, content_type=TYPE)
    response.headers.update({"Cache-Control": PRIVATE, "Content-Language": language})
    response.vary.add("Accept-Language")
    return response
