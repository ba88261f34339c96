# SPDX-License-Identifier: MIT
"""Technical and organisational measures (GDPR art. 32): what this software applies here, read off its settings and its register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from flask import current_app

from upart.config import Config
from upart.hooks.holdings import Holdings
from upart.mail.actions import CONFIG
from upart.policy.parties import LOCAL, host_of
from upart.policy.sheets import Column, Part

OPEN = "open: %s"
BACKUPS = (
    "say who runs `upart backup`, which writes database and files to one file, where to, and how often; what was erased since is erased again after a restore."
)

Reads = Callable[[Config, Holdings], str]


@dataclass(frozen=True, slots=True)
class Measure:
    """What it is for, where the law asks for it, and what is the case here."""

    key: str
    title: str
    source: str
    reads: Reads


def _always(text: str) -> Reads:
    return lambda config, held: text


def _passwords(config: Config, held: Holdings) -> str:
    return f"Passwords are kept as argon2id hashes that take {config.password_memory} KiB of memory; a second step by app can be switched on."


def _secrets(config: Config, held: Holdings) -> str:
    number = sum(d.secret for entry in held.register.tables.values() for _column, d in entry.declared())
    return f"{number} columns are declared secret: they hold digests, hashes or sealed values, and leave by no copy."


def _transport(config: Config, held: Holdings) -> str:
    if config.address("").startswith("https"):
        return "Links lead to https, and cookies are sent over it alone where the proxy says so; certificates are the proxy's."
    return OPEN % "pages are served by http here (UPART_PUBLIC_ORIGIN); put TLS in front before people use it."


def _database(config: Config, held: Holdings) -> str:
    if host_of(config.database_url) in ("", *LOCAL):
        return "The database is on this machine; nothing of it crosses a network."
    mode = parse_qs(urlsplit(config.database_url).query).get("sslmode", [""])[0]
    return f"The connection to the database has sslmode={mode}." if mode else OPEN % "UPART_DATABASE_URL names no sslmode for a database on another machine."


def _mail(config: Config, held: Holdings) -> str:
    relays = [url for url in config.mail_url if url.startswith("smtp")]
    if not relays:
        return "Mail stays on this machine."
    if any(host_of(url) in LOCAL for url in relays):
        return OPEN % "mail is handed to a program on this machine; say where that sends it, and whether encrypted."
    if all(url.startswith("smtps:") for url in relays):
        return "Mail is handed to the relay encrypted (smtps)."
    return OPEN % "mail is handed to the relay encrypted where that offers it (smtp:// with STARTTLS); smtps:// insists on it."


def _deletion(config: Config, held: Holdings) -> str:
    if config.database_url.startswith("sqlite"):
        return "Deleted content is overwritten in the database file (secure_delete). Copies that others made are not reached."
    return "PostgreSQL frees deleted rows by VACUUM and keeps its log for a while; how long is the operator's setting."


def _wall(config: Config, held: Holdings) -> str:
    owned = sum(entry.owned for entry in held.register.tables.values())
    more = "" if config.database_url.startswith("sqlite") else " Row-level security of PostgreSQL stands behind it."
    return f"{owned} tables belong to academies: keys and each statement name the academy, others are refused.{more}"


MEASURES: tuple[Measure, ...] = (
    Measure("separation", "Separation of controllers", "art. 32(1)(b)", _wall),
    Measure("passwords", "Authentication", "art. 32(1)(b)", _passwords),
    Measure("secrets", "Secrets", "art. 32(1)(a)", _secrets),
    Measure("access", "Access by role", "art. 25(2), 32(4)", _always(
        "Each page names who may open it; private data are shown to staff only within 15 minutes after they gave their password, and each look is "
        "noted and shown to the person.")),
    Measure("pseudonyms", "Pseudonymisation", "art. 32(1)(a)", _always(
        "Who is known by an address or id alone is kept as a keyed digest, which differs from academy to academy.")),
    Measure("transport", "Encryption in transit: pages", "art. 32(1)(a)", _transport),
    Measure("database", "Encryption in transit: database", "art. 32(1)(a)", _database),
    Measure("mail", "Encryption in transit: mail", "art. 32(1)(a)", _mail),
    Measure("rest", "Encryption at rest", "art. 32(1)(a)", _always(OPEN % "disks are the operator's; say whether they are encrypted.")),
    Measure("storage_limit", "Storage limitation", "art. 5(1)(e)", _always(
        "Once a day lines go whose declared period has ended; the numbers are kept.")),
    Measure("deletion", "Erasure of bytes", "art. 17, 32(1)(b)", _deletion),
    Measure("cookies", "Data minimisation for readers", "art. 5(1)(c), 25", _always(
        "Who only reads gets no cookie; the two cookies of people who sign in hold a random token each.")),
    Measure("audit", "Accountability", "art. 5(2)", _always(
        "What staff change about people, roles, requests and breaches is noted as an event that names rows by their ids.")),
    Measure("restore", "Restoring after an incident", "art. 32(1)(c)", _always(OPEN % BACKUPS)),
    Measure("testing", "Regular testing of these measures", "art. 32(1)(d)", _always(OPEN % "say who tests them and when.")),
)  # fmt: skip


def measures(held: Holdings) -> Part:
    """All of them, as they are here and now."""
    config: Config = current_app.extensions[CONFIG]
    lines = tuple({"measure": one.key, "title": one.title, "source": one.source, "here": one.reads(config, held)} for one in MEASURES)
    columns = (Column("title", "Measure"), Column("source", "Provision"), Column("here", "What is the case here"))
    return Part("measures", "Technical and organisational measures", "art. 30(1)(g), 32(1)", columns, lines)
