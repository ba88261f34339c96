# SPDX-License-Identifier: MIT
"""What templates of one theme say again and again: addresses of its files and drawings, icons, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from flask import url_for
from markupsafe import Markup

from upart.context import context

KEPT = 8192
"""Answers that each of the functions below keeps."""

LONG = 100
"""Characters from which on a value comes from a visitor's hand, and its link is not worth keeping."""


SPRITE = "icons.svg"
CORE = "plugin/core"
"""Place of the core's own files; its sprite has what a theme's lacks."""


@dataclass
class Files:
    """Static files of one owner, by path, each with the first 12 hex digits of its SHA-256."""

    folder: Path
    hashes: dict[str, str] = field(default_factory=dict)

    @cached_property
    def icons(self) -> frozenset[str]:
        """Names in the sprite, if there is one."""
        return frozenset(re.findall(r'<symbol id="([^"]+)"', (self.folder / SPRITE).read_text(encoding="utf-8"))) if SPRITE in self.hashes else frozenset()


class Look:
    """The globals of one theme's templates. `themes` are its id and those of its parents, nearest first; none for staff pages."""

    def __init__(self, themes: Sequence[str], files: Mapping[str, Files], art: Mapping[str, Files]) -> None:
        self._themes, self._files, self._art = themes, files, art
        self.static: Callable[[str, str], str] = lru_cache(KEPT)(self._find_static)
        self.icon: Callable[[str], Markup] = lru_cache(KEPT)(self._draw_icon)
        self._drawing: Callable[[str, str], str] = lru_cache(KEPT)(self._find_drawing)
        self._kept_link: Callable[..., str] = lru_cache(KEPT, typed=True)(self._make_link)

    def globals(self) -> dict[str, Any]:
        """By the names that templates use."""
        return {"static": self.static, "art": self.art, "icon": self.icon, "url_for": self.link}

    def _find_static(self, owner: str, path: str) -> str:
        """Address of a static file: owner "theme" or a plugin's id. Names a version, so it may be kept for ever."""
        return self._address(self._place(owner, path, self._files), path)

    def _address(self, place: str, path: str) -> str:
        return f"/static/{place}/{path}?v={self._files[place].hashes.get(path, '')}"

    def art(self, name: str) -> str:
        """Address of a drawing in the academy's colours: "theme/hero" or "<plugin>/<name>"."""
        return self._drawing(name, context.academy.settings["brand_colour"])

    def _find_drawing(self, name: str, brand: str) -> str:
        owner, _, drawing = name.partition("/")
        place = self._place(owner, f"{drawing}.svg", self._art)
        version = self._art[place].hashes.get(f"{drawing}.svg", "")[:6] if place in self._art else ""
        return f"/art/{place}/{drawing}.svg?v={version}{brand.lstrip('#')}"

    def _place(self, owner: str, path: str, among: Mapping[str, Files]) -> str:
        if owner != "theme":
            return f"plugin/{owner}"
        places = [f"theme/{id}" for id in self._themes]
        return next((p for p in places if path in among[p].hashes), places[0] if places else CORE)

    def _draw_icon(self, name: str) -> Markup:
        """An icon of the theme's sprite, else of the core's, hidden from screen readers: words stand beside it."""
        place = next((p for p in (f"theme/{id}" for id in self._themes) if name in self._files[p].icons), CORE)
        return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(self._address(place, SPRITE), name)

    def link(self, endpoint: str, **values: Any) -> str:
        """Flask's url_for; an address made once is kept, unless it depends on the request."""
        if endpoint.startswith((".", "_")) or any(isinstance(v, list) or name[0] == "_" or len(str(v)) > LONG for name, v in values.items()):
            return url_for(endpoint, **values)
        return self._kept_link(endpoint, **values)

    def _make_link(self, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, **values)
