# SPDX-License-Identifier: MIT
"""Safe mode: only what came with UPART runs, so that a portal can be served while a plugin of somebody else keeps it from that."""

from __future__ import annotations

import os
from typing import Any

from upart.errors import PluginError

SAFE = "UPART_SAFE_MODE"
"""Set, plugins of others are not even imported; `upart serve --safe-mode` sets it for itself and its processes."""

DISTRIBUTION = "upart"


def refuse_outside(entry: Any) -> None:
    """In safe mode raise PluginError for a plugin, by entry point or of one file, that did not come with UPART."""
    if os.environ.get(SAFE) and (entry.dist is None or entry.dist.name != DISTRIBUTION):
        raise PluginError("UPART runs in safe mode, without plugins that did not come with it.", remedy="Start it without --safe-mode to use this one.")
