# SPDX-License-Identifier: MIT
"""What a cookie on its way out must keep to (RFC 6265): one line at a time, corrected where it can be, else refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from werkzeug.http import parse_date

from upart import clock
from upart.errors import UpartError

GONE = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"


class CookieRefused(UpartError):
    """An answer would have set a cookie that may not be set. Raised in tests; where people are served the cookie is dropped, and named in the log."""


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A line `Set-Cookie`: name, value as it stands there, attributes with lower-case names."""

    name: str
    value: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, line: str) -> SetCookie:
        """Take a line apart."""
        pair, *rest = line.split(";")
        name, _, value = pair.partition("=")
        found = (part.partition("=") for part in rest)
        return cls(name.strip(), value.strip(), {key.strip().lower(): text.strip() for key, _, text in found})

    @property
    def lives(self) -> timedelta | None:
        """How long it is to stay; None until the browser is closed. Max-Age goes before Expires."""
        try:
            return timedelta(seconds=int(self.attributes["max-age"]))
        except (KeyError, ValueError, OverflowError):
            pass
        ends = parse_date(self.attributes.get("expires"))
        return ends.astimezone(UTC) - clock.now() if ends else None

    @property
    def goes(self) -> bool:
        """Does it only take a cookie away? That stores nothing, so anybody may."""
        return self.lives is not None and self.lives <= timedelta()

    def written(self, lifetime: timedelta | None, *, tls: bool) -> str:
        """The line as it may leave: for this host and all of its paths, never sent along from other sites, over TLS alone where there is TLS."""
        stays = GONE if self.goes else "" if self.lives is None or lifetime is None else f"Max-Age={int(min(self.lives, lifetime).total_seconds())}"
        strict = self.attributes.get("samesite", "").lower() == "strict"
        parts = (
            f"{self.name}={'' if self.goes else self.value}", stays, "Secure" if tls or "secure" in self.attributes else "",
            "HttpOnly" if "httponly" in self.attributes else "", "Path=/", f"SameSite={'Strict' if strict else 'Lax'}",
        )  # fmt: skip
        return "; ".join(part for part in parts if part)

    def wrong(self, lifetime: timedelta | None) -> tuple[str, str]:
        """What is corrected in it, and what to write instead; empty when it is as declared."""
        if "domain" in self.attributes:
            return "names a domain, and would go to other hosts too", "Leave out domain=."
        if self.lives is not None and (lifetime is None or self.lives > lifetime + timedelta(minutes=1)):
            declared = f"{lifetime.days} days are declared" if lifetime else "it is declared to end with the browser"
            return f"is to stay for longer than declared: {declared}", "Set a shorter max_age, or declare a longer lifetime, which people then read."
        return "", ""
