# SPDX-License-Identifier: MIT
"""What must hold of mail: a message that waits has a job that sends it, one that does not has none, and keeps no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from upart.hooks.records import Invariant
from upart.jobs.models import Job
from upart.mail.actions import SEND
from upart.mail.models import MailMessage, MailState


def _jobs_and_messages(opened: Session) -> Iterator[str]:
    jobs = Counter(UUID(payload["message"]) for payload in opened.scalars(select(Job.payload).where(Job.task == SEND)))
    waiting = set(opened.scalars(select(MailMessage.id).where(MailMessage.state == MailState.WAITING)))
    yield from (f"message {id} waits and would never be sent" for id in sorted(waiting - set(jobs)))
    yield from (f"message {id} is over and would be sent" for id in sorted(set(jobs) - waiting))
    yield from (f"message {id} would be sent twice" for id in sorted(id for id, times in jobs.items() if times > 1))


def _states(opened: Session) -> Iterator[str]:
    is_sent, over = MailMessage.state == MailState.SENT, MailMessage.state != MailState.WAITING
    wrong = or_(is_sent != MailMessage.sent_at.is_not(None), over & (MailMessage.text != ""))
    yield from (f"message {id}, {state}" for id, state in opened.execute(select(MailMessage.id, MailMessage.state).where(wrong)))


MAIL = [
    Invariant(sentence="A message that waits has one job that sends it; one that does not has none.", broken=_jobs_and_messages),
    Invariant(sentence="What was sent says when; what waits no longer keeps no text.", broken=_states),
]
