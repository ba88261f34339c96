# SPDX-License-Identifier: MIT
"""Is everything in the index that can be searched?"""

from __future__ import annotations

from collections.abc import Iterator

from upart.db import bare
from upart.hooks.health import Finding, HealthCheck, critical, good
from upart.hooks.plugged import plugged
from upart.search.fitting import behind


def searched() -> Iterator[Finding]:
    """Is everything in the index that can be searched?"""
    wanted = [one for plugin in plugged().everything() for one in plugin.searchables]
    with bare("is the index of the search whole?") as connection:
        missing = behind(connection, wanted)
    if missing:
        yield critical("search", f"Nobody finds what is in {', '.join(missing)}: it is not indexed, or not as it is declared.", "Run: upart search rebuild")
    else:
        yield good("search", f"{len(wanted)} tables are indexed.")


INDEX = HealthCheck(key="search", label="Search", run=searched, slow=True, installation=True)
