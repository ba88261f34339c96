# SPDX-License-Identifier: MIT
"""Whoever did not come themselves is told, once: what is kept, where it comes from, why, how long, and what they can do."""

from __future__ import annotations

from erasing import who
from people import mails, sign_in, sign_up, work
from sqlalchemy import select

from upart.accounts.actions.entering import COPY, note_entered
from upart.accounts.models import Person
from upart.context import context
from upart.events.models import Event


def enter(portal, name: str = "Nora", by: str = "Ada", **more) -> None:
    """Somebody writes down somebody else, as a plugin's page would."""
    with portal.app.test_request_context(), portal.writing("athena") as session, context.knowing(who(session, by), fresh=True):
        session.add(Person(name=name, email=f"{name.lower()}@example.org", **more))
        session.flush()


def text(message) -> str:
    return " ".join(message.get_body(("plain",)).get_content().split())


def test_nora_whom_ada_has_entered_is_told_once(portal):
    enter(portal)
    [mail] = mails(portal, "nora")
    said = text(mail)
    for words in ("keeps about you name, e-mail address", "somebody who works at Athena has entered it", "Ground: the contract with you",
                  "How long: until the person leaves the academy", "/privacy/ask", "You may complain to"):  # fmt: skip
        assert words in said
    with portal.app.test_request_context(), portal.writing("athena") as session:
        note_entered(who(session, "Nora"), COPY)
    work(portal)
    assert len(mails(portal, "nora")) == 1
    with portal.reading("athena") as session:
        event = session.scalars(select(Event).where(Event.type == "people.entered").order_by(Event.at)).first()
        assert event.actor_id == who(session, "Ada").id


def test_whoever_signs_up_is_not_told_that_somebody_entered_them(portal):
    sign_up(portal)
    assert [mail["Subject"] for mail in mails(portal, "mara")] == ["Confirm your address"]


def test_somebody_without_an_address_gets_no_mail_and_the_work_ends(portal):
    with portal.app.test_request_context(), portal.writing("athena") as session, context.knowing(who(session, "Ada"), fresh=True):
        session.add(Person(name="Nobody", email=None))
    before = len(mails(portal))
    assert work(portal) == 0
    assert len(mails(portal)) == before


def test_an_invitation_says_from_whom_the_address_is(portal):
    answer = sign_in(portal, "ada").post("/manage/people/invite", data={"name": "Ines", "email": "ines@example.org", "roles": "learner"})
    assert answer.status_code == 303
    [mail] = mails(portal, "ines")
    assert "we have them from Ada" in text(mail)
    assert "/privacy/" in text(mail)
