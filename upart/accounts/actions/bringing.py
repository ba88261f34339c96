# SPDX-License-Identifier: MIT
"""People by a table: guests, who are told at once who has entered them. No table makes anybody agree to anything, or gives a role but that of learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from upart.accounts.actions.entering import STAFF, note_entered
from upart.accounts.forms import NO_NAME, address
from upart.accounts.models import Person
from upart.db import session, unmasked
from upart.hooks.guards import objections
from upart.jobs.actions import enqueue
from upart.manage.importing import Import, ImportField
from upart.theming.locales import gettext as _

FORGET = "people.undo_entered"
"""The task that erases a guest whom a table has brought in and who is taken back."""

LONGEST = 120


def name(text: str) -> str:
    """A name as it is kept. Raises ValueError with words."""
    if len(text) > LONGEST or NO_NAME.search(text):
        raise ValueError(_("Give a name, on one line and without addresses of pages, of %(n)s characters at most.", n=LONGEST))
    return text


@unmasked("which of these addresses are here already?")
def here(addresses: Sequence[str]) -> set[str]:
    """The addresses of people that are here."""
    return {str.__str__(one) for one in session.scalars(select(Person.email).where(Person.email.in_(addresses))) if one}


def add(values: Mapping[str, str]) -> Person:
    """A guest. Needs a write session."""
    person = Person(name=values["name"], email=values["email"], roles=["learner"])
    session.add(person)
    session.flush()
    note_entered(person, STAFF)
    return person


def undo(id: UUID) -> str:
    """Let a guest be erased, as any request would, with all that was sent to them. Who has an account by now stays, and whose data are restricted."""
    person = session.scalars(select(Person).where(Person.id == id)).first()
    if person is None:
        return ""
    if person.account_id is not None:
        return _("They have an account by now.")
    if reasons := dict.fromkeys(reason for operation in (FORGET, "rights.erase") for reason in objections(operation, None, person)):
        return " ".join(reasons)
    enqueue(FORGET, dedupe_key=f"undo entered {id}", entered=id)
    return ""


PEOPLE = Import(
    name="people",
    title="Bring in people",
    sentence="People by a table: name and address. They are guests until they sign up.",
    fields=(
        ImportField(key="name", label="Name", check=name, names=("full name", "person", "vor- und nachname", "teilnehmer", "nom")),
        ImportField(key="email", label="E-mail", check=address, names=("mail", "e-mail address", "email address", "address", "e-mail-adresse")),
    ),
    key="email",
    here=here,
    add=add,
    undo=undo,
    told="An import gives no consent. Each new person gets one mail at once: that you hold their address, where it comes from, and how to have it deleted.",
)
