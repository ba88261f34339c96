from __future__ import annotations

from sqlalchemy import select

from upart.plugin import Blueprint, anyone, prepared, render
from upart_quizbank.models import Question

site = Blueprint("quizbank", __name__)
QUESTIONS = prepared(select(Question.text).order_by(Question.id))


@site.get("/quizbank/", policy=anyone)
def questions():
    return render("quizbank/questions.html", questions=QUESTIONS())
