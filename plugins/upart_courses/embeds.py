# SPDX-License-Identifier: MIT
"""Players of others that a lesson may show after a click: which addresses they know, and who runs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from upart.plugin import Category, Purpose, Recipient, RecipientRole

SETTING = "courses.videos.players"
"""What an academy allows besides: a line for each host, "tube.example.org, Example Foundation, DE"."""

HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
VIMEO_ID = re.compile(r"/(?:video/)?(\d{5,12})(?:/([0-9a-f]{8,12}))?")


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody's player: what people call it, hosts of addresses that people copy, where its frame comes from, the frame's path ("" for none), who runs it."""

    name: str
    hosts: tuple[str, ...]
    origin: str
    path: Callable[[SplitResult], str]
    run_by: str
    country: str

    @property
    def recipient(self) -> Recipient:
        """Whom the policy names: they learn from the frame what every site learns from a visit."""
        seen = (Category.DEVICE_IP, Category.DEVICE_AGENT)
        return Recipient(name=self.run_by, role=RecipientRole.CONTROLLER, purpose=Purpose.LEARN, country=self.country, categories=seen)


@dataclass(frozen=True, slots=True)
class Embed:
    """A video of others: the player and the address of its frame."""

    player: Player
    address: str


def _youtube(parts: SplitResult) -> str:
    """Of youtube.com/watch?v=…, /shorts/…, /live/…, /embed/… and youtu.be/…."""
    last = parse_qs(parts.query).get("v", [""])[0] if parts.path == "/watch" else parts.path.rpartition("/")[2]
    return f"/embed/{last}" if YOUTUBE_ID.fullmatch(last) else ""


def _vimeo(parts: SplitResult) -> str:
    """Of vimeo.com/76979871, with a word for videos that are not listed, and player.vimeo.com/video/76979871."""
    found = VIMEO_ID.fullmatch(parts.path)
    word = (found[2] or parse_qs(parts.query).get("h", [""])[0]) if found else ""
    return f"/video/{found[1]}?dnt=1{f'&h={word}' if word.isalnum() and word.isascii() else ''}" if found else ""


def _as_it_is(parts: SplitResult) -> str:
    return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


KNOWN = (
    Player(
        "YouTube", ("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com"), "https://www.youtube-nocookie.com", _youtube,
        "Google Ireland Limited (YouTube)", "IE",
    ),
    Player("Vimeo", ("vimeo.com", "www.vimeo.com", "player.vimeo.com"), "https://player.vimeo.com", _vimeo, "Vimeo.com, Inc. (Vimeo)", "US"),
)  # fmt: skip


def players(settings: Mapping[str, Any]) -> tuple[Player, ...]:
    """All players that an academy knows: ours, and those of its settings."""
    return (*KNOWN, *(_own(*line) for line in own_lines(settings.get(SETTING, "")) if line is not None))


def own_lines(text: str) -> list[tuple[str, str, str] | None]:
    """The lines of the setting as host, company, country (ISO 3166-1); None for one that cannot be read."""
    return [_line(line) for line in text.splitlines() if line.strip()]


def _line(line: str) -> tuple[str, str, str] | None:
    host, _comma, rest = (part.strip() for part in line.partition(","))
    company, _comma, country = (part.strip() for part in rest.rpartition(","))
    fits = HOST.fullmatch(host) and company and re.fullmatch("[A-Z]{2}", country)
    return (host, company, country) if fits else None


def _own(host: str, company: str, country: str) -> Player:
    return Player(host, (host,), f"https://{host}", _as_it_is, f"{company} ({host})", country)


def embed_of(address: str, settings: Mapping[str, Any]) -> Embed | None:
    """The player and frame for an address that somebody copied; None for one that no player knows."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or parts.username is not None or port is not None:
        return None
    for player in players(settings):
        if parts.hostname in player.hosts and (path := player.path(parts)):
            return Embed(player, player.origin + path)
    return None
