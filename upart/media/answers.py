# SPDX-License-Identifier: MIT
"""Pictures as the API gives them: words, address, pixels, and each named size with `srcset` by format."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from upart.media.showing import Picture
from upart.media.sizes import FORMATS, SIZES, Size
from upart.theming.render import art

DRAWN = (640, 400)
"""Pixels of a drawing that stands for a picture."""


class SizeOut(msgspec.Struct):
    """One size of a picture, as `<img>` and `<source>` of HTML take it. Addresses begin at the academy's host."""

    src: Annotated[str, Meta(description="For every browser.")]
    width: int
    height: int
    sizes: Annotated[str, Meta(description="How wide the portal shows it: `sizes` of HTML.")]
    srcset: Annotated[dict[str, str], Meta(description="By format (`avif`, `webp`): `srcset` of HTML.")]


class PictureOut(msgspec.Struct):
    """A picture. `alt` is empty where words beside it say the same; `renditions` are empty while they are not made, and for drawings."""

    id: UUID | None
    alt: str
    url: Annotated[str, Meta(description="Begins at the academy's host.")]
    width: int
    height: int
    renditions: Annotated[dict[str, SizeOut], Meta(description="By the name of a size: `card`, `page`.")]


def picture_out(one: Picture | None, drawing: str = "") -> PictureOut | None:
    """A picture of the library for the API, else a drawing ("courses/notes") in the academy's colours, else None."""
    if one is not None:
        return PictureOut(one.id, one.alt, one.url, one.width, one.height, {name: _size(one, size) for name, size in SIZES.items() if name in one.made})
    return PictureOut(None, "", art(drawing), *DRAWN, {}) if drawing else None


def _size(one: Picture, size: Size) -> SizeOut:
    url, width, height = one.plain(size.name)
    srcset = {format.lower(): found for format in FORMATS if (found := one.srcset(size.name, format))}
    return SizeOut(url, width, height, size.shown, srcset)
