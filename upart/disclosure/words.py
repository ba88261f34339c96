# SPDX-License-Identifier: MIT
"""The words of notices to recipients."""

from __future__ import annotations

from enum import StrEnum


class NoticeAct(StrEnum):
    """What a recipient is told: that values are wrong, not to use them, that it may use them again (GDPR art. 16, 18)."""

    RECTIFY = "rectify"
    RESTRICT = "restrict"
    LIFT = "lift"


class NoticeState(StrEnum):
    """Where a notice is. `by_hand`: there is no way to tell by machine, somebody of the academy does it."""

    WAITING = "waiting"
    FAILED = "failed"
    BY_HAND = "by_hand"
    DONE = "done"
