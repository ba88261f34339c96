# SPDX-License-Identifier: MIT
"""Drawings in an academy's colours: SVG files whose colours are said relative to the brand.

A colour in such a file reads `{lightness chroma hue}`: OKLCH lightness 0 to 1, a factor on the
brand's chroma, degrees added to the brand's hue, for example `{.36 .8 -40}`.
"""

from __future__ import annotations

import re

from upart.theming.colour import oklch, to_oklch

COLOUR = re.compile(r"\{(-?[\d.]+) (-?[\d.]+) (-?\d+)\}")
CHROMA = (0.045, 0.13)
"""Least and most chroma of a drawing: a grey brand still gets colour, a shrill one is calmed."""

OLIVE = (95, 150)
"""Hues in degrees that no drawing takes; the shift is mirrored instead."""


def paint(svg: str, brand: str) -> str:
    """The drawing in the colours of `brand` (#rrggbb). Anything but colour words stays as it is."""
    _, chroma, hue = to_oklch(brand)
    chroma = max(CHROMA[0], min(chroma, CHROMA[1]))

    def colour(match: re.Match[str]) -> str:
        lightness, factor, shift = float(match[1]), float(match[2]), int(match[3])
        turned = (hue + shift) % 360
        if OLIVE[0] < turned < OLIVE[1]:
            turned = (hue - shift) % 360
        return oklch(lightness, chroma * factor, turned)

    return COLOUR.sub(colour, svg)
