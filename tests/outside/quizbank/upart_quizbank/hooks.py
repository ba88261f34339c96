from __future__ import annotations

from flask import url_for
from sqlalchemy import false, true

from upart.plugin import Basis, ConsentPurpose, Manifest, MenuItem, Purpose, Searchable, Task, context, hookimpl, permitted, session
from upart_quizbank import league, views
from upart_quizbank.models import Answer, Question

manifest = Manifest(id="quizbank", version="1.1", table_prefix="quizbank_", models="upart_quizbank.models", migrations="migrations")


@hookimpl
def upart_blueprints():
    return [views.site]


@hookimpl
def upart_menu():
    return [MenuItem(label="Quiz", endpoint="quizbank.questions")]


@hookimpl
def upart_jobs():
    return [Task(name="quizbank.join_league", run=league.send_player, outside=True, sentence="Tell the league of a new player")]


@hookimpl
def upart_recipients():
    return [league.recipient]


@hookimpl
def upart_purposes():
    fitted = "Letters that fit you: what to learn next, by what you have answered."
    return [ConsentPurpose(key="quizbank.fitted", text=fitted, purpose=Purpose.PERSONALISE, basis=Basis.LEGITIMATE_INTEREST)]


@hookimpl
def upart_external_stores():
    return [league.store]


def whose_answers():
    """Learners find their own answers, and whoever teaches all of them."""
    if permitted("courses.teach"):
        return true()
    return Answer.learner_id == context.person.id if context.person is not None else false()


@hookimpl
def upart_searchables():
    return [
        Searchable(
            model=Answer, label="Answers", title=Answer.text, body=(Answer.verdict,), url=lambda row: url_for("quizbank.questions"), visible=whose_answers
        )
    ]


@hookimpl
def upart_demo(academy):
    session.add(Question(text=f"What does {academy.name} teach?", answer="Read and see."))
