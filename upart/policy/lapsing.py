# SPDX-License-Identifier: MIT
"""Where a new policy ends consents: nobody agreed to what has another text, other data or another controller now (GDPR art. 4(11))."""

from __future__ import annotations

from collections.abc import Callable, Collection

Ends = Callable[[Collection[str], str], object]

ENDS: list[Ends] = []
"""What ends consents, once there is something that keeps them: called with keys of purposes and the reason, in the transaction of publishing."""


def lapse(keys: Collection[str], why: str) -> None:
    """End the consents to these purposes at the current academy; whoever gave one is asked again."""
    for ends in ENDS:
        ends(keys, why)
