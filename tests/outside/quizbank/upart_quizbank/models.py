from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import (
    AcademyOwned,
    Basis,
    Category,
    Model,
    Needed,
    OnErase,
    Origin,
    Purpose,
    any_link,
    clock,
    copy_of,
    file,
    found_by,
    key,
    months,
    not_personal,
    personal,
    personal_json,
    processing,
    ref,
    related,
    snapshot_of,
    subject,
    subjects_through,
)


class Question(AcademyOwned, Model):
    __tablename__ = "quizbank_question"
    __known_by__ = ("text",)

    id: Mapped[UUID] = key()
    text: Mapped[str] = not_personal("a question for everybody, written by the academy")
    answer: Mapped[str] = not_personal("the right answer")


class Answer(AcademyOwned, Model):
    """What a learner answered, and what a reviewer thought of it: two people in one row, so each column says about whom it is."""

    __tablename__ = "quizbank_answer"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="given_at")
    __importable__ = True

    id: Mapped[UUID] = key()
    question_id: Mapped[UUID] = ref("quizbank_question", leads=False)
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    reviewer_id: Mapped[UUID | None] = subject("reviewer", on_erase=OnErase.UNLINK, default=None)
    text: Mapped[str] = personal(Category.EDU_RESULT, about="learner")
    steps: Mapped[dict[str, Any]] = personal_json({"steps.*.text": Category.EDU_RESULT, "device": Category.DEVICE_AGENT}, about="learner", default=dict)
    sketch_id: Mapped[UUID | None] = file(Category.EDU_RESULT, about="learner", default=None)
    given_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, about="learner", index=True, default=clock.now)
    verdict: Mapped[str] = personal(Category.EDU_RESULT, about="learner", by="reviewer", default="")
    doubts: Mapped[str] = personal(Category.CONTENT_PRIVATE, about="learner", by="reviewer", review=True, default="")
    signed: Mapped[str] = snapshot_of("person.name", about="reviewer", blank="", default="")
    reviewed_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, about="reviewer", default=None)

    question: Mapped[Question] = related(Question, "question_id")


class AnswerWords(AcademyOwned, Model):
    """What the search for answers looks into: it hangs on the answer and goes with it."""

    __tablename__ = "quizbank_words"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24))
    __importable__ = True

    id: Mapped[UUID] = key()
    answer_id: Mapped[UUID] = ref("quizbank_answer")
    words: Mapped[str] = copy_of("quizbank_answer.text", about="learner")


class Duel(AcademyOwned, Model):
    """Two people ask each other; the row stays for the one as long as the other has not gone too."""

    __tablename__ = "quizbank_duel"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(12))
    __importable__ = True

    id: Mapped[UUID] = key()
    challenger_id: Mapped[UUID | None] = subject("challenger", on_erase=OnErase.UNLINK(last=OnErase.DELETE))
    opponent_id: Mapped[UUID | None] = subject("opponent", on_erase=OnErase.UNLINK(last=OnErase.DELETE))
    boast: Mapped[str | None] = personal(Category.CONTENT_PRIVATE, about="challenger")
    reply: Mapped[str | None] = personal(Category.CONTENT_PRIVATE, about="opponent")


class Round(AcademyOwned, Model):
    """A round of a duel: whom it is about follows from the duel."""

    __tablename__ = "quizbank_round"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(12))
    __importable__ = True

    id: Mapped[UUID] = key()
    duel_id: Mapped[UUID] = ref("quizbank_duel")
    guess: Mapped[str | None] = personal(Category.EDU_RESULT, about="challenger")
    counter: Mapped[str | None] = personal(Category.EDU_RESULT, about="opponent")


class Team(AcademyOwned, Model):
    """Group work: all members stand behind the one text, which goes with the last of them."""

    __tablename__ = "quizbank_team"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24))
    __importable__ = True
    __subjects__ = (subjects_through("quizbank_member.person_id", "member", OnErase.UNLINK(last=OnErase.DELETE)),)

    id: Mapped[UUID] = key()
    name: Mapped[str] = not_personal("drawn from a list of animals")
    password: Mapped[str | None] = personal(Category.AUTH_SECRET, secret=True, default=None)


class Member(AcademyOwned, Model):
    __tablename__ = "quizbank_member"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24))
    __importable__ = True

    id: Mapped[UUID] = key()
    team_id: Mapped[UUID] = ref("quizbank_team")
    person_id: Mapped[UUID] = subject("member", on_erase=OnErase.DELETE)
    nickname: Mapped[str] = personal(Category.ID_USERNAME)
    motto: Mapped[str | None] = personal(
        Category.CONTENT_PUBLIC, needed=Needed.OPTIONAL, default=None, processing=processing(Purpose.PUBLISH, Basis.CONSENT, retain=months(24))
    )


class Invoice(AcademyOwned, Model):
    """An issued document: it stays as it was printed until its law has run out; what was not printed goes at once."""

    __tablename__ = "quizbank_invoice"
    __processing__ = processing(Purpose.TAX, Basis.LAW, retain=months(120), after="issued_at")

    id: Mapped[UUID] = key()
    payer_id: Mapped[UUID | None] = subject("payer", on_erase=OnErase.KEEP(law="DE.invoice", document=True))
    clerk_id: Mapped[UUID | None] = subject("clerk", on_erase=OnErase.UNLINK, default=None)
    number: Mapped[str] = not_personal("counts the academy's invoices")
    name: Mapped[str] = snapshot_of("person.name", about="payer")
    street: Mapped[str] = personal(Category.CONTACT_ADDRESS, about="payer", needed=Needed.LAW)
    phone: Mapped[str | None] = personal(Category.CONTACT_PHONE, about="payer", needed=Needed.OPTIONAL)
    cents: Mapped[int] = personal(Category.PAY_PURCHASE, about="payer", needed=Needed.LAW)
    issued_at: Mapped[datetime] = personal(Category.PAY_PURCHASE, about="payer", needed=Needed.LAW, index=True, default=clock.now)
    remark: Mapped[str] = personal(Category.CONTENT_PRIVATE, about="clerk", blank="", default="")


class Payment(AcademyOwned, Model):
    """A line of the books: no document, so that only what the law asks for stays."""

    __tablename__ = "quizbank_payment"
    __processing__ = processing(Purpose.TAX, Basis.LAW, retain=months(120), after="booked_at")

    id: Mapped[UUID] = key()
    payer_id: Mapped[UUID | None] = subject("payer", on_erase=OnErase.KEEP(law="DE.invoice"))
    cents: Mapped[int] = personal(Category.PAY_PURCHASE, needed=Needed.LAW)
    reference: Mapped[str | None] = personal(Category.PAY_BANK, processing=processing(Purpose.PAY, Basis.CONTRACT, retain=months(6), after="booked_at"))
    booked_at: Mapped[datetime] = personal(Category.PAY_PURCHASE, needed=Needed.LAW, index=True, default=clock.now)


class Guest(AcademyOwned, Model):
    """Somebody who tried a quiz with nothing but an address, of which a pseudonym is kept: found by it, without a link."""

    __tablename__ = "quizbank_guest"
    __processing__ = processing(Purpose.LEARN, Basis.CONSENT, retain=months(1), after="tried_at")

    id: Mapped[UUID] = key()
    address_digest: Mapped[str] = found_by("pseudonym of the address that the result was sent to")
    nickname: Mapped[str] = personal(Category.ID_USERNAME)
    points: Mapped[int] = personal(Category.EDU_RESULT, origin=Origin.DERIVED)
    tried_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class Agreed(AcademyOwned, Model):
    """Proof that somebody agreed to get a result by mail; it names nobody, and outlives its person."""

    __tablename__ = "quizbank_agreed"
    __processing__ = processing(Purpose.CLAIMS, Basis.LEGITIMATE_INTEREST, retain=months(36), after="agreed_at", interest="to prove that somebody agreed")

    id: Mapped[UUID] = key()
    address_digest: Mapped[str] = found_by("pseudonym of the address", on_erase=OnErase.KEEP(law="UPART.consent"))
    agreed_at: Mapped[datetime] = personal(Category.PREF_PRIVACY, index=True, default=clock.now)


class Tone(StrEnum):
    PRAISE = "praise"
    DOUBT = "doubt"


class Mention(AcademyOwned, Model):
    """A remark about anything: an answer, a duel, a person."""

    __tablename__ = "quizbank_mention"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(12))
    __importable__ = True

    id: Mapped[UUID] = key()
    author_id: Mapped[UUID] = subject("author", on_erase=OnErase.DELETE)
    target_table: Mapped[str | None] = not_personal("name of a table", default=None)
    target_id: Mapped[UUID | None] = any_link("target_table", default=None)
    tone: Mapped[Tone] = personal(Category.CONTENT_PRIVATE)
    text: Mapped[str] = personal(Category.CONTENT_PRIVATE)


class Praise(AcademyOwned, Model):
    """A sentence about the quiz that somebody agreed to see on the first page."""

    __tablename__ = "quizbank_praise"
    __title__ = "Your words on the first page"
    __processing__ = processing(Purpose.PUBLISH, Basis.CONSENT, retain=months(24), after="at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("speaker", on_erase=OnErase.DELETE)
    alias: Mapped[str] = personal(Category.ID_USERNAME)
    sentence: Mapped[str] = personal(Category.CONTENT_PUBLIC)
    shown: Mapped[str] = copy_of("quizbank_praise.sentence")
    first_said: Mapped[str] = snapshot_of("quizbank_praise.sentence")
    looks: Mapped[dict[str, Any]] = personal_json({"colours.*.name": Category.PREF_SETTINGS, "size": Category.PREF_SETTINGS}, default=dict)
    large: Mapped[bool] = personal(Category.PREF_SETTINGS, default=False)
    until: Mapped[date | None] = personal(Category.PREF_SETTINGS, needed=Needed.OPTIONAL, default=None)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class Habit(AcademyOwned, Model):
    """At which hour somebody likes to be asked what: nobody was asked for it, it serves us to choose questions."""

    __tablename__ = "quizbank_habit"
    __title__ = "When and what you like to be asked"
    __processing__ = processing(Purpose.PERSONALISE, Basis.LEGITIMATE_INTEREST, retain=months(6), after="at", interest="to choose questions that fit")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    hour: Mapped[int] = personal(Category.USAGE_ACTIVITY)
    likes: Mapped[str] = personal(Category.PREF_SETTINGS)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
