from __future__ import annotations

from upart.plugin import Basis, ConsentPurpose, Manifest, MenuItem, Purpose, Task, hookimpl, session
from upart_quizbank import league, views
from upart_quizbank.models import Question

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


@hookimpl
def upart_demo(academy):
    session.add(Question(text=f"What does {academy.name} teach?", answer="Read and see."))
