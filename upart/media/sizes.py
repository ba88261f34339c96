# SPDX-License-Identifier: MIT
"""The named sizes of pictures: one table, and which part of a picture each shows."""

from __future__ import annotations

from dataclasses import dataclass

from upart.storage.pictures import Cut


@dataclass(frozen=True, slots=True)
class Size:
    """One row: its name, widths in pixels, width divided by height (0: as the picture is), and how wide pages show it (`sizes` of HTML)."""

    name: str
    widths: tuple[int, ...]
    ratio: float
    shown: str


SIZES = {
    size.name: size
    for size in (
        Size("card", (320, 640, 1280), 16 / 10, "(min-width: 64rem) 24rem, (min-width: 40rem) 50vw, 100vw"),
        Size("page", (640, 1280, 1920), 0, "(min-width: 64rem) 60rem, 100vw"),
    )
}

FORMATS = ("AVIF", "WEBP")
"""What modern browsers take, the smaller one first. What all others take is made once for each size, at its middle width."""

PLAIN = "PLAIN"
"""JPEG, or PNG for a picture through which one sees."""


def area(width: int, height: int, ratio: float, x: int, y: int) -> tuple[float, float, float, float]:
    """The largest part of that shape which has the point (percent from left and top) as near to its middle as can be."""
    if not ratio:
        return 0, 0, width, height
    wide, high = min(width, height * ratio), min(height, width / ratio)
    left, top = (min(max(whole * at / 100 - part / 2, 0), whole - part) for whole, part, at in ((width, wide, x), (height, high, y)))
    return left, top, left + wide, top + high


def cuts(width: int, height: int, x: int, y: int) -> list[tuple[str, Cut]]:
    """Everything that is made of a picture of this size, each with the name of its size. Nothing is made larger than it is."""
    found = []
    for size in SIZES.values():
        box = area(width, height, size.ratio, x, y)
        wide, high = box[2] - box[0], box[3] - box[1]
        widths = sorted({min(one, max(1, round(wide))) for one in size.widths})
        made = [(format, one) for one in widths for format in FORMATS] + [(PLAIN, widths[len(widths) // 2])]
        found += [(size.name, Cut(format, box, one, max(1, round(one * high / wide)))) for format, one in made]
    return found
