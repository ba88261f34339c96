# SPDX-License-Identifier: MIT
"""One spelling for each JSON value: RFC 8785 for objects with ASCII names, lists, texts, whole numbers, true, false and null.

Fractions, and names beyond ASCII, are refused: their spelling is what differs between implementations.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from upart.errors import UpartError

EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON reads alike (RFC 8259, 6)."""


class NotCanonical(UpartError):
    """A value that has no one spelling."""


def canonical(value: Any) -> bytes:
    """The one spelling of a value. Raises NotCanonical."""
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read(text: bytes) -> Any:
    """A value from JSON that anybody has written. Raises NotCanonical for what is not JSON, or would have two meanings."""
    try:
        value = json.loads(text.decode(), object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("This is no JSON text.", remedy="Give the file as it was downloaded.") from error
    _check(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("A name stands in it twice.", remedy="Give the file as it was downloaded.")
    return found


def _refused(text: str) -> NoReturn:
    raise NotCanonical(f"The number {text[:20]} is no whole number.", remedy="Give the file as it was downloaded.")


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise NotCanonical("A name in it is not ASCII.", remedy="Use names of ASCII letters.")
            _check(one)
    elif isinstance(value, list):
        for one in value:
            _check(one)
    elif isinstance(value, str):
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise NotCanonical("A text in it is no Unicode text.", remedy="Give the file as it was downloaded.")
    elif value is not None and (not isinstance(value, int) or abs(value) > EXACT):
        raise NotCanonical(f"A value of type {type(value).__name__} has no one spelling.", remedy="Use texts, whole numbers up to 2^53, true, false and null.")
