from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Basis, Category, Model, OnErase, Purpose, clock, key, months, not_personal, personal, processing, ref, related, subject


class Question(AcademyOwned, Model):
    __tablename__ = "quizbank_question"

    id: Mapped[UUID] = key()
    text: Mapped[str] = not_personal("a question for everybody, written by the academy")
    answer: Mapped[str] = not_personal("the right answer")


class Answer(AcademyOwned, Model):
    __tablename__ = "quizbank_answer"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="given_at")

    id: Mapped[UUID] = key()
    question_id: Mapped[UUID] = ref("quizbank_question")
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    text: Mapped[str] = personal(Category.EDU_RESULT)
    given_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)

    question: Mapped[Question] = related(Question, "question_id")
