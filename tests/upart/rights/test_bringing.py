# SPDX-License-Identifier: MIT
"""Lena takes what she learned to another installation: all that is hers stands there, and can be taken on from there."""

from __future__ import annotations

import uuid

import pytest
from bringing import copy_of, learned, packed, parts, portable
from copies import clone, drop
from erasing import who
from pictures import picture, stored
from sqlalchemy import select, update
from upart_courses.models import Course, CourseState, Enrolment
from upart_quizbank.models import Answer, Duel, Mention, Question

from upart.academies.actions import disable_plugin
from upart.accounts.models import Person
from upart.cli import demo
from upart.db import uuid7
from upart.errors import Problem
from upart.events.models import Event
from upart.rights.actions.importing import bring_new, new_person, plan_of
from upart.rights.importing.opened import opened_copy
from upart.rights.importing.outcome import LINK, OFF, UNKNOWN
from upart.storage.models import File
from upart.storage.places import place
from upart.testing import install

TAKEN = ("courses_enrolment", "courses_lesson_event", "quizbank_answer", "quizbank_words", "quizbank_duel", "quizbank_round", "quizbank_team",
         "quizbank_member", "quizbank_mention", "file")  # fmt: skip


@pytest.fixture
def elsewhere(_original, tmp_path_factory):
    """Another installation, with an Athena of its own that has the same courses and knows another Lena."""
    from conftest import bundled
    from erasing import QUIZBANK

    server = _original.server
    name = f"t{uuid.uuid4().hex}"
    made = install(tmp_path_factory.mktemp("elsewhere"), clone(server, name) if server else "", plugins=[*bundled(), QUIZBANK])
    demo.fill(made.app, "athena")
    with made.writing("athena") as session:
        session.add(Question(text="Why?", answer="So."))
        session.execute(update(Person).where(Person.name == "Lena").values(name="Another Lena", email="another@example.org"))
    yield made
    made.close()
    if server:
        drop(server, name)


def test_what_she_takes_along_stands_there_and_can_be_taken_on(school, elsewhere):
    learned(school, picture("PNG"))
    taken = copy_of(school)
    plan = bring_new_lena(elsewhere, taken)

    again = copy_of(elsewhere, "Lena")
    before, after = portable(taken), portable(again)
    assert {table: before[table] for table in TAKEN} == {table: after[table] for table in TAKEN}
    assert before["person"] == after["person"]
    assert not set(ids_in(taken)) & set(ids_in(again))
    assert {one.table: (one.rows, one.fits) for one in plan.tables if one.fits} == {
        "person": (1, 1), "courses_enrolment": (2, 2), "courses_lesson_event": (19, 19), "quizbank_answer": (2, 2), "quizbank_words": (2, 2),
        "quizbank_duel": (1, 1), "quizbank_round": (1, 1), "quizbank_team": (1, 1), "quizbank_member": (1, 1), "quizbank_mention": (2, 2),
    }  # fmt: skip


def ids_in(copy):
    """All ids that stand in what is taken along."""
    import re

    said = "".join(one.decode() for name, one in parts(copy).items() if name.startswith("portable/") and name.endswith(".json"))
    return re.findall(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", said)


def test_nobody_else_comes_along_and_what_a_teacher_wrote_stays_there(school, elsewhere):
    learned(school, picture("PNG"))
    bring_new_lena(elsewhere, copy_of(school))

    with elsewhere.reading("athena") as session:
        lena = who(session, "Lena")
        answers = session.scalars(select(Answer).where(Answer.learner_id == lena.id)).all()
        assert [(one.reviewer_id, one.signed, one.verdict, one.doubts) for one in answers] == [(None, "", "", "")] * 2
        duel = session.scalars(select(Duel)).one()
        assert (duel.challenger_id, duel.opponent_id, duel.boast, duel.reply) == (lena.id, None, "You will see.", None)
        assert {(one.target_table, one.target_id in [a.id for a in answers]) for one in session.scalars(select(Mention))} == {
            ("quizbank_answer", True),
            (None, False),
        }
        assert "<script>alert(1)</script> well done" in session.scalars(select(Mention.text)).all()
        assert session.scalars(select(Event.data).where(Event.type == "rights.imported")).one() == {"rows": 31, "files": 2}


def test_her_files_come_in_as_any_other(school, elsewhere):
    learned(school, picture("PNG"))
    bring_new_lena(elsewhere, copy_of(school))

    with elsewhere.reading("athena") as session:
        lena = who(session, "Lena")
        files = {file.name: file for file in session.scalars(select(File).where(File.about_id == lena.id))}
        assert {name: (file.content_type, file.own_bytes) for name, file in files.items()} == {
            "dough.png": ("image/png", True), "notes.txt": ("text/plain; charset=utf-8", False),
        }  # fmt: skip
        assert place().open(lena.academy_id, files["notes.txt"].id).read() == b"Rye needs acid."


def test_a_course_that_is_not_there_or_takes_nobody_stays_out_with_what_hangs_on_it(school, elsewhere):
    with elsewhere.writing("athena") as session:
        rename, archive = session.scalars(select(Course).where(Course.slug.in_(("music-theory-from-zero", "your-first-sourdough"))).order_by(Course.slug)).all()
        rename.slug, archive.state = "another-course", CourseState.ARCHIVED
    plan = bring_new_lena(elsewhere, copy_of(school))

    left = {one.table: dict(one.left) for one in plan.tables if one.left}
    assert left == {"courses_enrolment": {LINK: 2}, "courses_lesson_event": {LINK: 19}}
    with elsewhere.reading("athena") as session:
        assert session.scalars(select(Enrolment).where(Enrolment.learner_id == who(session, "Lena").id)).all() == []


def test_a_plugin_that_is_off_or_missing_is_named_and_nothing_is_fatal(school, elsewhere):
    learned(school, picture("PNG"))
    with elsewhere.everywhere() as session:
        disable_plugin(session, elsewhere.academy("athena").id, "quizbank")
    found = parts(copy_of(school))
    copy = packed({**found, "portable/chess/chess_game.json": [{"id": str(uuid7()), "moves": "e4 e5"}]})
    plan = bring_new_lena(elsewhere, copy)

    whys = {one.table: one.why for one in plan.tables if one.why}
    assert {whys[table] for table in whys if table.startswith("quizbank_")} == {OFF}
    assert whys["chess_game"] == UNKNOWN
    assert {one.table for one in plan.tables if one.fits} == {"person", "courses_enrolment", "courses_lesson_event"}
    assert plan.files == {}


def test_when_something_goes_while_it_comes_in_nothing_half_remains(school, elsewhere):
    learned(school, picture("PNG"))
    before, files = elsewhere.contents(), stored(elsewhere)
    with elsewhere.app.app_context(), opened_copy(copy_of(school)) as opened:
        with elsewhere.reading("athena"):
            plan = plan_of(opened, id := uuid7(), None)
        with elsewhere.writing("athena") as session:
            session.delete(session.scalars(select(Question).where(Question.text == "Why?")).one())
        with pytest.raises(Problem, match="Nothing was brought in"), elsewhere.writing("athena"):
            bring_new(opened, plan, new_person(id, plan.person, "lena@example.org"))
    after = elsewhere.contents()
    assert {table for table in after if after[table] != before[table]} == {"quizbank_question"}
    assert stored(elsewhere) == files


def bring_new_lena(made, copy):
    """Into a person whom that academy does not know yet, as `upart rights import` does it."""
    with made.app.app_context(), opened_copy(copy) as opened, made.writing("athena"):
        plan = plan_of(opened, id := uuid7(), None)
        bring_new(opened, plan, new_person(id, plan.person, "lena@example.org"))
    return plan
