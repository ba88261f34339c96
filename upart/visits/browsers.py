# SPDX-License-Identifier: MIT
"""What a browser says of itself, in few words: device, system, browser, language; and the site that led here.

A list of our own instead of a library: browsers have frozen all but the major version, which six expressions read. Measured
with ua-parser 1.0.1: 0.26 s for its first answer, 1.5 ms for each further one, 0.1 s for one of 10 KB; this takes 10 µs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from upart.accounts.sessions import SYSTEMS
from upart.values import HOST

AGENT, REFERRER, LANGUAGES, ADDRESS = 400, 1000, 100, 50
"""Characters of each header, and of an internet address, that are looked at; nothing more of them is kept in memory."""

MOST_LANGUAGES = 10
REMEMBERED = 2000
"""Distinct texts whose meaning is remembered, so that each is read once."""

BROWSERS = (
    ("Edge", re.compile(r"Edg(?:A|iOS)?/(\d{1,3})")),
    ("Opera", re.compile(r"OPR/(\d{1,3})")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d{1,3})")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d{1,3})")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d{1,3})")),
    ("Safari", re.compile(r"Version/(\d{1,3})[.\d]{0,20} (?:Mobile/\w{1,20} )?Safari/")),
)
"""The first that fits, since most claim to be several."""

BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|scan|monitor|python|curl|wget|libwww|httpclient|okhttp|go-http|java/|\+http|feed|lighthouse", re.I
)
"""Words with which programs say that they are none of a person."""

INSIDE = ("arpa", "corp", "home", "internal", "intranet", "lan", "local")
"""Last words of names that belong to one house or company: they would say where somebody sits."""

LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z0-9-]{1,30})?(?:;q=(0(?:\.\d{1,3})?|1(?:\.0{1,3})?))?", re.I)


@dataclass(frozen=True, slots=True)
class Agent:
    """What a User-Agent says: phone, tablet or computer; system without version; browser with its major version."""

    device: str
    system: str
    browser: str
    is_bot: bool = False


@lru_cache(REMEMBERED)
def agent_of(text: str) -> Agent:
    """What a User-Agent says; "other" for what it does not. Never fails, whatever was sent."""
    text = text[:AGENT]
    if not text.strip() or BOT.search(text):
        return Agent("other", "other", "other", is_bot=True)
    system = next((name for part, name in SYSTEMS if part in text), "other")
    found = next(((name, match) for name, expression in BROWSERS if (match := expression.search(text))), None)
    return Agent(_device(text, system), system, f"{found[0]} {int(found[1][1])}" if found else "other")


def _device(text: str, system: str) -> str:
    if system == "other":
        return "other"
    if system == "iPad" or "Tablet" in text or (system == "Android" and "Mobile" not in text):
        return "tablet"
    return "phone" if "Mobi" in text else "computer"


@lru_cache(REMEMBERED)
def language_of(text: str) -> str:
    """The language that Accept-Language (RFC 9110, 12.5.4) asks for first, without its region; "" for none that can be read."""
    best, most = "", 0.0
    for part in text[:LANGUAGES].split(",")[:MOST_LANGUAGES]:
        match = LANGUAGE.fullmatch(part.replace(" ", ""))
        weight = float(match[2] or 1) if match else 0.0
        if match and weight > most:
            best, most = match[1].lower(), weight
    return best


@lru_cache(REMEMBERED)
def referrer_of(text: str, own: str) -> tuple[str, str]:
    """What a Referer says: the host of another site and "", or "" and the path of a page of this host (`own`); twice "" for what is neither.

    Addresses of machines, names inside a house or company and names that no site can have are nobody's business here.
    """
    try:
        parts = urlsplit(text[:REFERRER])
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""
    if parts.scheme not in ("http", "https") or not host:
        return "", ""
    if host == own:
        return "", parts.path or "/"
    return (host if len(host) <= 100 and HOST.fullmatch(host) and _is_public(host) else ""), ""


def _is_public(host: str) -> bool:
    """No single word, no address in any spelling ("127.1", "0x7f.1"), no name that only one network knows."""
    _, dot, last = host.rpartition(".")
    return bool(dot) and not last[0].isdigit() and last not in INSIDE
