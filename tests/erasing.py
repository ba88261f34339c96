# SPDX-License-Identifier: MIT
"""Erasures as people ask for them, what became of them, and rows of quizbank that people leave behind."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any
from uuid import UUID

from people import work
from sqlalchemy import select

from upart.accounts.models import Person
from upart.disclosure.actions import noted
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.steps import answer
from upart.rights.canary.truth import Truth
from upart.testing import Installation
from upart.testing.contract.traces import all_rows

QUIZBANK = EntryPoint("quizbank", "upart_quizbank.hooks", "upart.plugins")
sys.path.append(str(Path(__file__).parent / "outside" / "quizbank"))


def who(session: Any, name: str) -> Person:
    """The person of this name."""
    return session.scalars(select(Person).where(Person.name == name)).one()


def ask(made: Installation, name: str = "Lena", slug: str = "athena", **more: Any) -> UUID:
    """Ask as the person's own page does; returns the request's id."""
    with made.app.test_request_context(), made.writing(slug) as session:
        return ask_to_erase(who(session, name), **more).id


def erase(made: Installation, name: str = "Lena", slug: str = "athena", **more: Any) -> UUID:
    """Ask, and let a worker do it."""
    request = ask(made, name, slug, **more)
    work(made)
    assert outcome(made, request, slug)["state"] == "done", outcome(made, request, slug)
    return request


def outcome(made: Installation, request: UUID, slug: str = "athena") -> dict[str, Any]:
    """What has been done so far."""
    with made.reading(slug):
        return answer(request)


def numbers(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Deleted, unlinked and kept rows by table; without the request and its history, which come about by asking."""
    return {row["table"]: (row["deleted"], row["unlinked"], row["kept"]) for row in rows if row["table"] not in ("rights_request", "rights_entry")}


def held(made: Installation, slug: str = "athena", *, but: tuple[str, ...] = ("job",)) -> dict[Any, dict[str, Any]]:
    """Every row of an academy, as it is now."""
    academy = made.academy(slug).id
    rows = all_rows(made, Truth(made.state.plugins.register))
    return {place: values for place, values in rows.items() if place[1] == academy and place[0] not in but}


def text(made: Installation, slug: str = "athena") -> str:
    """The same as text."""
    return "\n".join(f"{place[0]} {values}" for place, values in held(made, slug, but=()).items())


def given_to(
    made: Installation, name: str, recipient: str, fields: tuple[str, ...] = ("person.email",), slug: str = "athena", purpose: Purpose = Purpose.LEARN
) -> None:  # fmt: skip
    """The log says that a recipient has received something of somebody."""
    with made.writing(slug) as session:
        session.add(noted(who(session, name).id, recipient, purpose, fields))


def answer_of(made: Installation, learner: str, reviewer: str | None = None, *, words: str = "Because it rises.", slug: str = "athena") -> UUID:
    """Somebody answers a question of quizbank, and perhaps somebody reviews it."""
    from upart_quizbank.models import Answer, AnswerWords, Question

    with made.writing(slug) as session:
        question = Question(text="Why?", answer="So.")
        session.add(question)
        session.flush()
        made_by = who(session, reviewer) if reviewer else None
        given = Answer(
            question_id=question.id, learner_id=who(session, learner).id, text=words, steps={"steps": [{"text": words}], "device": "a telephone made of oak"},
            reviewer_id=made_by.id if made_by else None, signed=made_by.name if made_by else "", verdict="Right." if made_by else "",
        )  # fmt: skip
        session.add(given)
        session.flush()
        session.add(AnswerWords(answer_id=given.id, words=words))
        return given.id


def invoice_of(made: Installation, payer: str, issued: datetime, *, slug: str = "athena") -> UUID:
    """Somebody has been sent an invoice."""
    from upart_quizbank.models import Invoice

    with made.writing(slug) as session:
        person = who(session, payer)
        phone = "+43 1 234" if payer == "Lena" else "+43 1 567"  # a number that two people share would be found when one of them is gone
        row = Invoice(payer_id=person.id, number="7", name=person.name, street="Lindengasse 4", phone=phone, cents=4900, issued_at=issued)
        session.add(row)
        session.flush()
        return row.id


def praise(made: Installation, speaker: str = "Lena", words: str = "I love it.", *, slug: str = "athena") -> UUID:
    """Somebody has agreed to see a sentence of theirs on the first page."""
    from upart_quizbank.models import Praise

    looks = {"colours": [{"name": "red"}, {"name": "green"}], "size": 12}
    with made.writing(slug) as session:
        row = Praise(person_id=who(session, speaker).id, alias="L.", sentence=words, shown=words, first_said=words, looks=looks)
        session.add(row)
        session.flush()
        return row.id


def habit(made: Installation, learner: str = "Lena", *, slug: str = "athena") -> UUID:
    """It was noted when and what somebody likes to be asked."""
    from upart_quizbank.models import Habit

    with made.writing(slug) as session:
        row = Habit(person_id=who(session, learner).id, hour=7, likes="riddles of bronze")
        session.add(row)
        session.flush()
        return row.id
