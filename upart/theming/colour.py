# SPDX-License-Identifier: MIT
"""One brand colour in, every colour of a page out, light and dark, with contrast that is computed.

Only OKLCH lightness moves (Ottosson 2020); hue never does; chroma shrinks where a colour would
leave sRGB. Contrast is that of WCAG 2.2, success criterion 1.4.3: text needs 4.5:1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

TEXT, MUTED, CONTROL = 4.5, 5.0, 3.0
"""Least contrast of text, of quiet text, of the borders of form fields (1.4.11)."""

STATUS = {"ok": 152.0, "warn": 75.0, "bad": 25.0, "info": 245.0}
"""Hue of each message kind; always shown with an icon and a word."""

Tokens = dict[str, str]


def parse_colour(text: str) -> str:
    """`#rgb` or `#rrggbb` as `#rrggbb`. Raises ValueError for anything else."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", text.strip().lower())
    if not found:
        raise ValueError("a colour like #12666f")
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def _linear(colour: str) -> tuple[float, float, float]:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return r, g, b


def to_oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, hue in degrees of a #rrggbb colour."""
    r, g, b = _linear(colour)
    l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)  # noqa: E741 - Ottosson's names
    m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )


def _inside(rgb: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= v <= 1.0001 for v in rgb)


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """The #rrggbb colour nearest to this one that sRGB has; chroma gives way."""
    if not _inside(_rgb(lightness, chroma, hue)):
        low, high = 0.0, chroma
        for _ in range(16):
            middle = (low + high) / 2
            low, high = (middle, high) if _inside(_rgb(lightness, middle, hue)) else (low, middle)
        chroma = low
    clipped = (min(1.0, max(0.0, v)) for v in _rgb(lightness, chroma, hue))
    return "#" + "".join(f"{round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)):02x}" for v in clipped)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    r, g, b = _linear(colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _move(colour: str, surfaces: Sequence[str], least: float, step: float) -> str:
    """Move lightness by `step` until the colour has its contrast on every surface."""
    lightness, chroma, hue = to_oklch(colour)
    while _least(colour, surfaces) < least and 0 <= lightness + step <= 1:
        lightness += step
        colour = oklch(lightness, chroma, hue)
    return colour


def _least(colour: str, surfaces: Sequence[str]) -> float:
    return min(contrast(colour, surface) for surface in surfaces)


def _neutrals(chroma: float, hue: float, dark: bool) -> Tokens:
    def lean(lightness: float, most: float) -> str:
        return oklch(lightness, min(most, chroma), hue)  # neutrals lean to the brand's hue

    rows = (  # token, light, dark
        ("page", (0.987, 0.003), (0.195, 0.012)), ("raised", (1.0, 0.0), (0.232, 0.014)), ("subtle", (0.966, 0.006), (0.258, 0.014)),
        ("hover", (0.955, 0.007), (0.285, 0.015)), ("ink", (0.235, 0.018), (0.945, 0.006)), ("muted", (0.47, 0.018), (0.745, 0.012)),
        ("line", (0.902, 0.009), (0.315, 0.014)), ("control", (0.70, 0.014), (0.45, 0.014)),
    )  # fmt: skip
    return {name: lean(*(night if dark else day)) for name, day, night in rows}


def tokens(brand: str, *, dark: bool) -> Tokens:
    """All colour tokens of a page for one scheme, by name, as #rrggbb (and `shade` as rgb numbers)."""
    lightness, chroma, hue = to_oklch(brand)
    step = 0.004 if dark else -0.004
    t = _neutrals(chroma, hue, dark)
    surfaces = [t[name] for name in ("page", "raised", "subtle", "hover")]
    t["control"] = _move(t["control"], surfaces, CONTROL, step)
    t["muted"] = _move(t["muted"], surfaces, MUTED, step)
    t["brand-soft"] = oklch(0.29 if dark else 0.952, min(chroma, 0.04 if dark else 0.016), hue)
    t["brand-border"] = oklch(0.42 if dark else 0.82, min(chroma, 0.07), hue)
    t["brand-fill"] = brand
    t["on-brand"] = max("#ffffff", "#000000", key=lambda colour: contrast(colour, brand))
    away = -0.045 if t["on-brand"] == "#ffffff" else 0.045
    t["brand-hover"] = oklch(min(0.985, max(0.12, lightness + away)), chroma, hue)
    t["brand-text"] = t["focus"] = _move(brand, [*surfaces, t["brand-soft"]], TEXT, step)
    for name, angle in STATUS.items():
        soft = t[f"{name}-soft"] = oklch(0.27 if dark else 0.962, 0.035 if dark else 0.02, angle)
        t[f"{name}-text"] = _move(oklch(0.74 if dark else 0.50, 0.12 if name == "warn" else 0.13, angle), [*surfaces[:3], soft], TEXT, step)
        t[f"{name}-border"] = oklch(0.42 if dark else 0.83, 0.07, angle)
    t["bad-fill"], t["on-bad"] = oklch(0.52, 0.19, 27), "#ffffff"
    ink = oklch(0.235, min(0.018, chroma), hue)
    t["shade"] = "0 0 0 / .5" if dark else " ".join(str(int(ink[i : i + 2], 16)) for i in (1, 3, 5)) + " / .10"
    return t


def stylesheet(brand: str) -> str:
    """The tokens as CSS: light, dark when the system asks, either by `data-scheme` on the root."""
    light, dark = ("".join(f"--{k}:{v};" for k, v in tokens(brand, dark=d).items()) for d in (False, True))
    return (
        f"@layer tokens {{\n:root {{ color-scheme: light; {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-scheme="light"]) {{ color-scheme: dark; {dark} }} }}\n'
        f':root[data-scheme="dark"] {{ color-scheme: dark; {dark} }}\n}}\n'
    )
