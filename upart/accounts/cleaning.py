# SPDX-License-Identifier: MIT
"""Task: sessions go as soon as nobody uses them any more, which no period beside a column can say. All else goes by its period."""

from __future__ import annotations

from sqlalchemy import delete, or_

from upart import clock
from upart.accounts.models import SessionKind, UserSession
from upart.accounts.sessions import IDLE
from upart.db import everywhere


def forget_what_ended() -> None:
    """Task, hourly on the platform, for all academies: its own session writes, so the job's must not have begun to."""
    now = clock.now()
    idle = (UserSession.kind == SessionKind.SESSION) & (UserSession.seen_at < now - IDLE)
    with everywhere("forget sessions that have ended at all academies", write=True) as opened:
        opened.execute(delete(UserSession).where(or_(UserSession.ends_at < now, idle)).execution_options(synchronize_session=False))
