# SPDX-License-Identifier: MIT
"""Scripts and style sheets that a plugin brings to pages, and the other sites that these talk to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from upart.hooks.records import Area, CookieCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A script (`.js`, loaded as a module) or style sheet (`.css`).

    `path`: a file of the plugin's `static` folder ("quiz.js"), or a whole address of another site ("https://player.example/v1.js"). It is
    loaded on the plugin's own pages; with `pages` on these endpoints instead ("courses.lesson"), with `areas` on each page of them.
    `sources`: what else the page may fetch from other sites, by directive of the content security policy: {"frame-src": ("https://player.example",)}.
    Whoever is fetched from learns the visitor's network address, so `recipient` names them as declared by `upart_recipients`, and nothing of
    the asset is loaded before the visitor has agreed to cookies of `category` (directive 2002/58/EC art. 5(3)). With
    CookieCategory.NECESSARY it is loaded at once, on the plugin's own pages alone: for what somebody asked for there, such as paying.
    `integrity` is its hash (W3C SRI).
    """

    path: str
    pages: tuple[str, ...] = ()
    areas: tuple[Area | str, ...] = ()
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recipient: str = ""
    category: CookieCategory | str = CookieCategory.EMBED
    integrity: str = ""

    @property
    def elsewhere(self) -> bool:
        """Does it come from another site?"""
        return "://" in self.path

    @property
    def foreign(self) -> bool:
        """Does another site learn who opens the page?"""
        return self.elsewhere or bool(self.sources)

    @property
    def is_style(self) -> bool:
        """A style sheet? Else a script."""
        return self.path.partition("?")[0].endswith(".css")

    @property
    def allowed(self) -> Mapping[str, tuple[str, ...]]:
        """What the content security policy has to allow for it, by directive."""
        found = {name: tuple(origins) for name, origins in self.sources.items()}
        if self.elsewhere:
            own = "style-src" if self.is_style else "script-src"
            found[own] = (*found.get(own, ()), "/".join(self.path.split("/")[:3]))
        return found
