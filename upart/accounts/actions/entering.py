# SPDX-License-Identifier: MIT
"""People who did not come themselves, but were entered by somebody else, are told so (GDPR art. 14).

The law gives a month; here a job writes to them at once. An invitation says the same in its own mail, and makes nobody
before it is accepted. The audit names who entered somebody; the message of this key is made once.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from upart.accounts.models import Person
from upart.context import context
from upart.db import WallSession, session
from upart.events.actions import emit
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.theming import wording
from upart.theming.locales import gettext as _

TELL = "accounts.tell_entered"
"""The task that writes to one of them."""

STAFF, COPY = "staff", "copy"
SOURCES = {
    STAFF: "somebody who works at %(academy)s has entered it",
    COPY: "it comes from a copy that another portal has made, which was handed to %(academy)s",
}
"""Where data come from that somebody else gave."""


def note_entered(person: Person, source: str) -> None:
    """Somebody else gave what is kept of this person: they are told once, by mail. Needs the write session in which the person is new."""
    emit("people.entered", person)
    enqueue(TELL, person=person, dedupe_key=f"entered {person.id}", entered=person.id, source=source)


def tell_entered(entered: str, source: str) -> None:
    """Task: tell somebody that, and from whom, the academy has their data. Whoever has no address, or signed up meanwhile, gets no mail."""
    person = session.scalars(select(Person).where(Person.id == UUID(entered))).first()
    if person is not None and person.email and person.account_id is None:
        send(person, Purpose.RIGHTS, template="accounts/mail/entered.txt", values=told(person, source), dedupe_key=f"entered {person.id}")


def told(person: Person, source: str) -> dict[str, Any]:
    """What the mail says: what kinds of data, where they come from, what for, how long, and where the rights are."""
    settings, made = context.academy.settings, Person.__processing__
    return {
        "source": _(SOURCES[source], academy=context.academy.name), "kinds": kinds(person), "purpose": wording.purpose(made), "basis": wording.basis(made),
        "period": wording.period(made), "contact": settings.get("privacy_contact", ""), "authority": settings.get("authority", ""),
        "privacy": address_of("/privacy/"), "ask": address_of("/privacy/ask"),
    }  # fmt: skip


def kinds(person: Person) -> str:
    """The kinds of data that the academy's line about somebody holds."""
    columns = [(column.key, column.info.get("declaration")) for column in Person.__table__.columns]
    return ", ".join(dict.fromkeys(wording.category(d.category) for name, d in columns if d is not None and d.category and getattr(person, name)))


def _gather(opened: Session, flush: Any, instances: Any) -> None:
    """A guest whom somebody adds who is signed in as somebody else was entered by them: no plugin has to say so."""
    by = context.person
    if by is not None and not opened.info["door"].everywhere:
        found = [(row, by) for row in opened.new if isinstance(row, Person) and row.account_id is None and row is not by]
        opened.info.setdefault("entered", []).extend(found)


def _note(opened: Session) -> None:
    """With the commit of what they wrote: by then it is known whether the person has an account."""
    for person, by in opened.info.pop("entered", []):
        if person in opened and person.account_id is None:
            with context.knowing(by, fresh=False):
                note_entered(person, STAFF)


event.listen(WallSession, "before_flush", _gather)
event.listen(WallSession, "before_commit", _note)
event.listen(WallSession, "after_rollback", lambda opened: opened.info.pop("entered", None))
