# SPDX-License-Identifier: MIT
"""What the text of a setting means: one function for each kind of value, whose ValueError says what to write."""

from __future__ import annotations

import re
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?")


def host_name(value: str) -> str:
    folded = value.strip().lower().rstrip(".")
    if not HOST.fullmatch(folded):
        raise ValueError("a host name without port, for example: academy.example")
    return folded


def database_url(value: str) -> str:
    if not value:
        return ""
    scheme = urlsplit(value).scheme
    if scheme == "sqlite" or re.fullmatch(r"postgres(ql)?(\+psycopg)?", scheme):
        return re.sub(r"^postgres(ql)?(\+psycopg)?:", "postgresql+psycopg:", value)
    raise ValueError("sqlite:///path/to/file or postgresql://user:password@host/name")


def size(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError("a whole number of bytes, for example: 16777216")
    return int(value)


def files_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme != "file" or parts.netloc or not parts.path.startswith("/")):
        raise ValueError("file:///path/to/folder")
    return value


def ledger_url(value: str) -> str:
    parts = urlsplit(value)
    if value and not BUCKET.fullmatch(value) and (parts.scheme != "file" or parts.netloc or not parts.path.startswith("/")):
        raise ValueError("file:///path/to/folder, on another disk than the database, or s3://bucket/prefix")
    return value


def pseudonym_key(value: str) -> bytes:
    if value and len(value.encode()) < 32:
        raise ValueError("one key of at least 32 characters, never changed and never in a backup")
    return value.encode()


def count(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 1000:
        raise ValueError("a whole number from 1 to 1000")
    return int(value)


def most(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > 10**9:
        raise ValueError("a whole number, for example: 600; 0 means no limit")
    return int(value)


def signing_keys(value: str) -> tuple[bytes, ...]:
    keys = tuple(part.strip().encode() for part in value.split(",") if part.strip())
    if any(len(key) < 32 for key in keys):
        raise ValueError("comma-separated keys of at least 32 characters each; the first signs, all verify")
    return keys


def mail_urls(value: str) -> tuple[str, ...]:
    urls = tuple(part.strip() for part in value.split(",") if part.strip())
    if not all(re.match(r"(console:|file:|smtps?://[^/]+)", url) for url in urls):
        raise ValueError("console:, file:, smtp://user:password@host:port or smtps://…, several separated by commas")
    return urls


def sender(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise ValueError("one address, for example: post@academy.example")
    return value


def sign_up(value: str) -> str:
    if value not in ("open", "invited", "closed"):
        raise ValueError("open, invited or closed")
    return value


def kib(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 8 <= int(value) <= 1024 * 1024:
        raise ValueError("a whole number of kibibytes from 8, for example: 19456")
    return int(value)


def origin(value: str) -> str:
    if value and not re.fullmatch(r"https?(:\d{1,5})?", value):
        raise ValueError("https, or a scheme with a port, for example: http:8000")
    return value


def instant(value: str) -> datetime | None:
    if not value:
        return None
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an ISO time with its zone, for example: 2026-11-24T12:00:00+00:00")
    return instant


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
