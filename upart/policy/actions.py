# SPDX-License-Identifier: MIT
"""What officers do about a breach: write it down, complete it, say that the authority knows, tell the people, close it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from upart import clock
from upart.accounts.models import Account, Person
from upart.context import context
from upart.db import everywhere, session
from upart.errors import Problem
from upart.events.actions import emit
from upart.hooks.holdings import holdings
from upart.jobs.actions import enqueue
from upart.mail.actions import send
from upart.mail.models import MailMessage, MailState
from upart.policy.breaching import Incident, table_named
from upart.policy.counting import Counter
from upart.policy.models import Breach
from upart.privacy.taxonomy import Purpose

TELL = "policy.tell"
"""The task that writes to those whom a breach concerns."""

AT_ONCE = 200
"""People who are written to in one transaction."""


def note(one: Incident) -> Breach:
    """Write a breach down for this academy. Needs a write session."""
    who = context.person
    row = Breach(
        officer_id=who.id if who is not None else None, table=one.table, since=one.since, until=one.until, known_at=one.known_at, nature=one.nature,
        effects=one.effects, remedies=one.remedies, late=one.late,
    )  # fmt: skip
    session.add(row)
    emit("policy.breach_noted", row)
    return row


def incident_of(row: Breach) -> Incident:
    """What is known of it."""
    return Incident(row.table, row.since, row.until, row.known_at, row.nature, row.effects, row.remedies, row.late)


def complete(row: Breach, *, nature: str, effects: str, remedies: str, late: str) -> None:
    """Put down what is known by now (art. 33(4): in phases)."""
    _is_open(row)
    row.nature, row.effects, row.remedies, row.late = nature, effects, remedies, late


def report(row: Breach) -> None:
    """Note that the authority was told now. Raises Problem 409 when that is noted already."""
    _is_open(row)
    if row.reported_at is not None:
        raise Problem(409, "That is noted already.", remedy="Look at the page of the breach.")
    row.reported_at = clock.now()
    emit("policy.breach_reported", row)


def tell(row: Breach, subject: str, text: str) -> None:
    """Have a mail written to everybody whom it concerns here, once (GDPR art. 34). Raises Problem 409 for a second time."""
    _is_open(row)
    if row.told_at is not None:
        raise Problem(409, "The people are being told already.", remedy="Look at the page of the breach. For another text, write down a breach anew.")
    row.notice_subject, row.notice, row.told_at = subject, text, clock.now()
    emit("policy.breach_told", row)
    enqueue(TELL, breach=row.id)


def close(row: Breach) -> None:
    """End it; what was written stays."""
    _is_open(row)
    row.closed_at = clock.now()
    emit("policy.breach_closed", row)


def _is_open(row: Breach) -> None:
    if row.closed_at is not None:
        raise Problem(409, "This breach is closed.", remedy="Write down a new one if there is more to say.")


def tell_some(breach: str, after: str = "") -> None:
    """Task: write to the next people; each gets one mail, whatever dies meanwhile. Restricted people too: it is about their safety."""
    row = session.get(Breach, {"academy_id": context.academy.id, "id": UUID(breach)})
    if row is None:
        return
    held = holdings()
    entry = table_named(held, row.table)
    counter, mine = Counter(held, entry, row.until), context.academy.id if entry.owned else None
    with everywhere("whom does a breach concern?") as opened:
        ids = counter.ids(opened, mine, UUID(after) if after else None, AT_ONCE)
        addresses = {} if entry.owned else {account.id: str.__str__(account.email) for account in opened.scalars(select(Account).where(Account.id.in_(ids)))}
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
    for id in ids:
        person, key = people.get(id), f"breach:{breach}:{id}"
        if person is not None or id in addresses:
            send(person, Purpose.SECURE, subject=row.notice_subject, text=row.notice, to=addresses.get(id, ""), dedupe_key=key)
    if len(ids) == AT_ONCE:
        enqueue(TELL, breach=row.id, after=ids[-1])


def told(row: Breach) -> dict[MailState, int]:
    """How the mails stand, in numbers."""
    mine = select(MailMessage.state, func.count(MailMessage.id)).where(MailMessage.dedupe_key.startswith(f"breach:{row.id}:"))
    return {row[0]: row[1] for row in session.execute(mine.group_by(MailMessage.state))}
