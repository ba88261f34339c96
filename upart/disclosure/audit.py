# SPDX-License-Identifier: MIT
"""What must hold of notices to recipients: one that waits has a job that tells it, one that does not has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from upart.disclosure.actions import OPEN, TELL
from upart.disclosure.models import DisclosureNotice
from upart.disclosure.words import NoticeState
from upart.hooks.records import Invariant
from upart.jobs.models import Job


def _jobs_and_notices(opened: Session) -> Iterator[str]:
    jobs = Counter(UUID(payload["notice"]) for payload in opened.scalars(select(Job.payload).where(Job.task == TELL)))
    waiting = set(opened.scalars(select(DisclosureNotice.id).where(DisclosureNotice.state.in_(OPEN))))
    yield from (f"notice {id} waits and would never be told" for id in sorted(waiting - set(jobs)))
    yield from (f"notice {id} would be told twice" for id in sorted(id for id, times in jobs.items() if times > 1))


def _states(opened: Session) -> Iterator[str]:
    done, no_store = DisclosureNotice.state == NoticeState.DONE, DisclosureNotice.store == ""
    by_hand = DisclosureNotice.state == NoticeState.BY_HAND
    wrong = or_(done != DisclosureNotice.told_at.is_not(None), by_hand & ~no_store, no_store & ~by_hand & ~done)
    yield from (f"notice {id}, {state}" for id, state in opened.execute(select(DisclosureNotice.id, DisclosureNotice.state).where(wrong)))


NOTICES = [
    Invariant(sentence="A notice that waits has one job that tells it.", broken=_jobs_and_notices),
    Invariant(sentence="What a recipient was told says when; what no store can tell waits for a hand.", broken=_states),
]
