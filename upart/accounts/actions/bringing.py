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
from upart.manage.importing import Import
from upart.manage.judging import ImportField
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
def people_by_address(addresses: Sequence[str]) -> dict[str, UUID]:
    """The ids of those people of this academy who have one of these addresses, by address; also of whom data are restricted."""
    found = session.execute(select(Person.email, Person.id).where(Person.email.in_(addresses)))
    return {str.__str__(row.email): row.id for row in found if row.email}


def here(addresses: Sequence[str]) -> set[str]:
    """The addresses of people that are here."""
    return set(people_by_address(addresses))


def bring_guest(name: str, email: str) -> Person:
    """Make somebody who is not here yet a guest with the role of a learner. They are told by a mail who has entered them. Needs a write session."""
    person = Person(name=name, email=email, roles=["learner"])
    session.add(person)
    session.flush()
    note_entered(person, STAFF)
    return person


def add(values: Mapping[str, str]) -> Person:
    """A guest. Needs a write session."""
    return bring_guest(values["name"], values["email"])


def take_guest_back(id: UUID) -> str:
    """Let a guest whom a table has brought in be erased, as any request would, with all that was sent to them.

    Returns why they stay, or "": who has an account by now does, and whose data are restricted. Needs a write session.
    """
    person = session.scalars(select(Person).where(Person.id == id)).first()
    if person is None:
        return ""
    if person.account_id is not None:
        return _("They have an account by now.")
    if reasons := dict.fromkeys(reason for operation in (FORGET, "rights.erase") for reason in objections(operation, None, person)):
        return " ".join(reasons)
    enqueue(FORGET, dedupe_key=f"undo entered {id}", entered=id)
    return ""


PERSON_FIELDS = (
    ImportField(key="name", label="Name", check=name, names=("full name", "person", "vor- und nachname", "teilnehmer", "nom")),
    ImportField(key="email", label="E-mail", check=address, names=("mail", "e-mail address", "email address", "address", "e-mail-adresse")),
)
"""The name and the address of somebody, as a table has them."""

PEOPLE = Import(
    name="people",
    title="Bring in people",
    sentence="People by a table: name and address. They are guests until they sign up.",
    fields=PERSON_FIELDS,
    key="email",
    here=here,
    add=add,
    undo=take_guest_back,
    told="An import gives no consent. Each new person gets one mail at once: that you hold their address, where it comes from, and how to have it deleted.",
)
