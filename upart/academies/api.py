# SPDX-License-Identifier: MIT
"""The academy for programs: what every visitor sees of it."""

from __future__ import annotations

import msgspec

from upart.context import context
from upart.hooks.resources import Resource


class AcademyOut(msgspec.Struct):
    """An academy as it presents itself."""

    slug: str
    name: str
    language: str
    brand_colour: str


academy = Resource("academy", scope="core:academy", answers=AcademyOut, sentence="The academy that answers at this host.")


@academy.get
def read() -> AcademyOut:
    """What every visitor sees of it."""
    here = context.academy
    return AcademyOut(here.slug, here.name, here.settings["language"], here.settings["brand_colour"])
