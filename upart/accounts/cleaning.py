# SPDX-License-Identifier: MIT
"""Task: forget sessions, tokens, counters and sign-ins as soon as they have ended."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_

from upart import clock
from upart.accounts.limits import WINDOW
from upart.accounts.models import Attempt, MailToken, SessionKind, SignIn, UserSession
from upart.accounts.sessions import IDLE
from upart.db import everywhere

SIGN_INS = timedelta(days=30)


def forget_what_ended() -> None:
    """Task, hourly on the platform, for all academies: its own session writes, so the job's must not have begun to."""
    now = clock.now()
    idle = (UserSession.kind == SessionKind.SESSION) & (UserSession.seen_at < now - IDLE)
    with everywhere("forget what has ended at all academies", write=True) as opened:
        for gone in (
            delete(UserSession).where(or_(UserSession.ends_at < now, idle)),
            delete(MailToken).where(MailToken.ends_at < now),
            delete(Attempt).where(Attempt.started_at < now - 2 * WINDOW),
            delete(SignIn).where(SignIn.at < now - SIGN_INS),
        ):
            opened.execute(gone.execution_options(synchronize_session=False))
