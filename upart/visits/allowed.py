# SPDX-License-Identifier: MIT
"""May something be remembered of somebody? Nobody has been asked yet, so nobody has said yes."""

from __future__ import annotations

from uuid import UUID

from upart.privacy.taxonomy import Purpose


def may_use(person: UUID, purpose: Purpose, channel: str = "") -> bool:
    """May data of this person be used for this purpose now? Needs an open session."""
    return False
