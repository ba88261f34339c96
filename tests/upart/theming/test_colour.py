# SPDX-License-Identifier: MIT
"""From any brand colour come colours that can be read, in both schemes."""

from __future__ import annotations

import random

import pytest

from upart.theming.colour import contrast, parse_colour, tokens

SURFACES = ("page", "raised", "subtle", "hover")
TEXT = {
    "brand-text": (*SURFACES, "brand-soft"),
    "muted": SURFACES,
    "ink": (*SURFACES, "brand-soft"),
    "on-brand": ("brand-fill", "brand-hover"),
    "on-bad": ("bad-fill",),
}
EDGES = ("#000000", "#ffffff", "#ffff00", "#808080", "#0000ff", "#00ff00", "#ff00ff")


def faults(brand: str) -> list[tuple[str, str, str]]:
    found = []
    for dark in (False, True):
        t = tokens(brand, dark=dark)
        found += [(brand, fg, bg) for fg, surfaces in TEXT.items() for bg in surfaces if contrast(t[fg], t[bg]) < 4.5]
        found += [(brand, "control", bg) for bg in SURFACES if contrast(t["control"], t[bg]) < 3]
    return found


def test_4000_random_brands_can_be_read():
    draw = random.Random(7)
    assert [fault for _ in range(4000) for fault in faults(f"#{draw.randrange(1 << 24):06x}")] == []


@pytest.mark.parametrize("brand", EDGES)
def test_the_hardest_brands_can_be_read(brand):
    assert faults(brand) == []


def test_colours_are_read_as_people_write_them():
    assert parse_colour(" #ABC ") == "#aabbcc"
    for wrong in ("", "teal", "#12", "#1234567", "#gggggg"):
        with pytest.raises(ValueError, match="#12666f"):
            parse_colour(wrong)
