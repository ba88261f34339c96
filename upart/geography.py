# SPDX-License-Identifier: MIT
"""Databases of internet addresses, as the setting UPART_GEO_DATABASE names them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FORM = re.compile(r"(country|network): *(/\S.*)")


class Database(NamedTuple):
    """A file that says of an address its country, or the network that it belongs to."""

    what: str
    path: Path


def read(value: str) -> tuple[Database, ...]:
    """All that are named. Raises ValueError with the form that is expected."""
    found = [FORM.fullmatch(part.strip()) for part in value.split(",") if part.strip()]
    named = {one[1]: Database(one[1], Path(one[2])) for one in found if one}
    if len(named) < len(found):
        raise ValueError("country:/path/to/file.mmdb, network:/path/to/file.mmdb, or one of them, each once")
    return tuple(named.values())
