# SPDX-License-Identifier: MIT
"""One way to read JSON that comes in: everything that is wrong with it is said at once, each with its place (RFC 6901)."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, NoReturn, TypeVar, Union, get_args, get_origin

import msgspec

from upart.db.types import UNSTORABLE
from upart.errors import Fault, Problem, Unfit

Type = TypeVar("Type")
MAX_BYTES, MAX_DEPTH, MAX_FAULTS = 1024 * 1024, 32, 50
LONGEST_NAME = 100
"""Characters of a member's name that are told back."""

LARGEST = 2**63
"""Whole numbers from here on fit into no database of ours."""

WORDS = {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "object": "an object", "array": "a list", "null": "null"}


def decode(body: bytes, kind: type[Type]) -> Type:
    """A JSON body (RFC 8259) as `kind`: a `Body`, msgspec Struct, dataclass or builtin type.

    Raises Problem 413 over 1 MB, Problem 400 for what is no JSON, names a member twice or is nested deeper than 32, and Unfit (422) with
    all that does not fit, each with its JSON pointer.
    """
    if len(body) > MAX_BYTES:
        raise Problem(413, "This is too large: at most 1 MB of JSON is read.", remedy="Send less.", code="too_large")
    value = _parsed(body)
    if wrong := list(islice(_unstorable(value, "", 0), MAX_FAULTS)):
        raise Unfit(wrong)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Unfit(list(islice(_faults(value, kind, ""), MAX_FAULTS)) or [Fault("", "invalid", _said(error))]) from None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), object_pairs_hook=_members, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise _nested() from None
    except (ValueError, UnicodeDecodeError) as error:
        raise Problem(400, f"The body is no JSON: {error}.", remedy="Send JSON in UTF-8 (RFC 8259).", code="no_json") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Problem(400, f"The body names {twice[:60]!r} twice.", remedy="Send each member once: nobody could say which one counts.", code="twice")
    return made


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large")
    return number


def _nested() -> Problem:
    return Problem(400, f"The body is nested deeper than {MAX_DEPTH}.", remedy="Send something flatter.", code="too_deep")


def _unstorable(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    """What no database of ours can hold. Raises Problem for what is nested too deeply."""
    if depth > MAX_DEPTH:
        raise _nested()
    if isinstance(value, str):
        if UNSTORABLE.search(value):
            yield Fault(pointer, "characters", "This text contains characters that cannot be stored (NUL or half of a surrogate pair).")
    elif isinstance(value, int) and not -LARGEST <= value < LARGEST:
        yield Fault(pointer, "too_large", "This number is too large.")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if UNSTORABLE.search(name):
                yield Fault(pointer, "characters", "A name here contains characters that cannot be stored.")
            else:
                yield from _unstorable(inner, _below(pointer, name), depth + 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _unstorable(inner, f"{pointer}/{at}", depth + 1)


def _below(pointer: str, name: str) -> str:
    """The place of a member. Of a long name only its beginning: it would be copied for each value in it."""
    return f"{pointer}/{name[:LONGEST_NAME].replace('~', '~0').replace('/', '~1')}"


def _faults(value: Any, kind: Any, pointer: str) -> Iterator[Fault]:
    """All that does not fit: msgspec stops at the first, so each part is tried by itself."""
    inner = _meant(value, kind)
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and isinstance(value, Mapping):
        found = list(_struct(value, inner, pointer))
    elif get_origin(inner) is list and isinstance(value, list):
        found = [fault for at, one in enumerate(value) for fault in _faults(one, get_args(inner)[0], f"{pointer}/{at}")]
    elif get_origin(inner) is dict and isinstance(value, Mapping):
        found = [fault for name, one in value.items() for fault in _faults(one, get_args(inner)[1], _below(pointer, name))]
    else:
        found = []
    yield from found
    if not found:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            yield Fault(pointer, "invalid", _said(error))


def _struct(value: Mapping[str, Any], kind: type[msgspec.Struct], pointer: str) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    if kind.__struct_config__.forbid_unknown_fields:
        for name in value.keys() - fields.keys():
            yield Fault(_below(pointer, name), "unknown", "There is no such field.")
    for name, field in fields.items():
        if name in value:
            yield from _faults(value[name], field.type, _below(pointer, name))
        elif field.required:
            yield Fault(_below(pointer, name), "missing", "This field is needed.")


def _meant(value: Any, kind: Any) -> Any:
    """The part of `T | None`, `T | UnsetType` and of annotations that a value is tried against."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        parts = [part for part in get_args(kind) if part not in (type(None), msgspec.UnsetType)]
        return _meant(value, parts[0]) if len(parts) == 1 and value is not None else kind
    return kind


def _said(error: msgspec.ValidationError) -> str:
    """What msgspec says, in words of ours, without its way of writing the place."""
    text = str(error).partition(" - at `")[0]
    for word, ours in WORDS.items():
        text = text.replace(f"`{word}`", ours)
    return f"{text.replace('`', '').rstrip('.')}."
