# SPDX-License-Identifier: MIT
"""Column types, chosen by annotation: what goes into the database is checked here, at its door."""

from __future__ import annotations

import enum
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, SafeUUID

from markupsafe import escape
from sqlalchemy import JSON, BigInteger, DateTime, Enum, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from upart.context import context
from upart.errors import SignInNeeded

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
REMOVE = "This text contains characters that cannot be stored (NUL or half of a surrogate pair). Remove them."
SUSPICIOUS = re.compile(r"\\u(?:0000|d[89a-f])")
"""How JSON writes them; so it writes other characters too."""


class Unstorable(ValueError):
    """A value that no database of ours can hold; doors answer 422."""


class PlainText(TypeDecorator[str]):
    """Text without NUL and lone surrogates: PostgreSQL refuses the first, SQLite the second."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what one of the two databases could not store."""
        if value is not None and UNSTORABLE.search(value):
            raise Unstorable(REMOVE)
        return value


def json_text(value: Any) -> str:
    """What a column of JSON keeps. Raises Unstorable for text in it that PostgreSQL refuses, as `PlainText` does."""
    text = json.dumps(value)
    if SUSPICIOUS.search(text) and any(UNSTORABLE.search(one) for one in _texts(value)):
        raise Unstorable(REMOVE)
    return text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (*_texts(name), *_texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


class StoredUuid(Uuid[UUID]):
    """An id on a database that keeps it as 32 digits, read without the checks of what somebody might have typed: they take four fifths of the time."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], UUID | None]:
        """What makes an id of the digits."""
        return _uuid_of


def _uuid_of(digits: str | None) -> UUID | None:
    if digits is None:
        return None
    made = object.__new__(UUID)
    object.__setattr__(made, "int", int(digits, 16))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


class Private(str):
    """Text of a private category, as the database gave it: it refuses to be put on a page for somebody who is not fresh.

    `source` is its "table.column"; `row` the id of its row, if it was loaded with it.
    """

    __slots__ = ("row", "source")

    def __new__(cls, value: str, source: str = "") -> Private:
        """Text of this column."""
        made = super().__new__(cls, value)
        made.source, made.row = source, None
        return made

    source: str
    row: UUID | None

    def __str__(self) -> str:
        """Stays what it is, so that a form field keeps it."""
        return self

    def __html__(self) -> str:
        """Escaped, for templates. Raises SignInNeeded unless the page may show private data now (2-privacy, 2.6)."""
        if not context.shows_private:
            raise SignInNeeded(again=context.person is not None)
        context.show(self)
        return escape(str.__str__(self))


class PrivateText(PlainText):
    """Text that comes back as `Private`; of columns whose declared category is private. `source` is the column ("person.email")."""

    cache_ok = True

    def __init__(self, source: str = "") -> None:
        super().__init__()
        self.source = source

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Plain text for the driver."""
        return super().process_bind_param(str.__str__(value) if value is not None else None, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Mark what comes back."""
        return Private(value, self.source) if value is not None else None


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise Unstorable("This time has no zone. Use clock.now() or give it one.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; it is UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def by_value(kind: type[enum.Enum]) -> list[str]:
    """Enums are stored by value, so that renaming a member changes no data."""
    return [str(member.value) for member in kind]


TYPE_MAP: dict[Any, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    str: PlainText(),
    int: BigInteger().with_variant(BigInteger(), "postgresql"),
    datetime: UtcDateTime(),
    UUID: Uuid(),
    dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
    list[Any]: JSON().with_variant(JSONB(), "postgresql"),
    list[str]: JSON().with_variant(JSONB(), "postgresql"),
    enum.Enum: Enum(enum.Enum, native_enum=False, create_constraint=False, length=40, values_callable=by_value, validate_strings=True),
}


def uuid7() -> UUID:
    """A new id, version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then 74 random bits; never reused."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (stamp & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
