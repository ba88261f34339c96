# SPDX-License-Identifier: MIT
"""What a copy says of several people: only the sender's own comes in, and nobody signs for anybody else."""

from __future__ import annotations

import json

import pytest
from bringing import changed, copy_of, learned, packed, parts
from erasing import who
from pictures import picture
from upart_quizbank.models import Question

from upart.db import uuid7
from upart.rights.actions.importing import plan_of
from upart.rights.importing.opened import opened_copy
from upart.rights.importing.outcome import LINK, OTHERS, UNFIT

ANSWERS, DUELS, TEAMS, MEMBERS, MENTIONS = (f"portable/quizbank/quizbank_{name}.json" for name in ("answer", "duel", "team", "member", "mention"))


@pytest.fixture
def good(school):
    """Lena's copy, with all that quizbank holds of her."""
    learned(school, picture("PNG"))
    return copy_of(school)


def coming(school, copy, name="Theo"):
    """What would become of it for Theo: rows by table, and what stays out of each."""
    with school.reading("athena") as session:
        person = who(session, name)
    with school.app.app_context(), opened_copy(copy) as opened, school.reading("athena"):
        plan = plan_of(opened, person.id, person)
    return dict(plan.rows), {one.table: dict(one.left) for one in plan.tables}, plan


def forged(copy, part, **change):
    return changed(copy, part, lambda rows: [one | change for one in rows])


def test_nobody_reviews_themselves(school, good):
    mine = {"reviewer_id": "you", "verdict": "Brilliant.", "signed": "Theo", "doubts": "none", "reviewed_at": "2026-01-01T10:00:00Z"}
    rows, left, plan = coming(school, forged(good, ANSWERS, **mine))
    assert left["quizbank_answer"] == {}
    assert [row.get("reviewer_id") for row in rows["quizbank_answer"]] == [None, None]
    assert all(set(row).isdisjoint({"verdict", "signed", "doubts", "reviewed_at"}) for row in rows["quizbank_answer"])
    assert next(one for one in plan.tables if one.table == "quizbank_answer").columns == ["doubts", "verdict"]


def test_whoever_else_is_named_is_nobody_here(school, good):
    with school.reading("athena") as session:
        theo, lena = who(session, "Theo").id, who(session, "Lena").id
    for other in ("somebody else", str(lena), str(theo), 7, {"id": str(lena)}):
        rows, _left, _plan = coming(school, forged(good, DUELS, opponent_id=other, reply="I give up."))
        assert [(row["challenger_id"], row["opponent_id"], "reply" in row) for row in rows["quizbank_duel"]] == [(theo, None, False)]
    _rows, left, _plan = coming(school, forged(good, ANSWERS, learner_id=str(theo), reviewer_id="you"))
    assert sum(left["quizbank_answer"].values()) == 2
    assert OTHERS not in left["quizbank_answer"]


def test_a_team_that_nobody_joins_stays_out(school, good):
    rows, left, _plan = coming(school, packed({**parts(good), MEMBERS: []}))
    assert left["quizbank_team"] == {LINK: 1}
    assert "quizbank_team" not in rows
    rows, left, _plan = coming(school, forged(good, MEMBERS, team_id=str(uuid7())))
    assert left["quizbank_member"] == left["quizbank_team"] == {LINK: 1}


def test_a_name_that_two_have_is_nobodys(school, good):
    with school.writing("athena") as session:
        session.add(Question(text="Why?", answer="Because."))
    _rows, left, plan = coming(school, good)
    assert left["quizbank_answer"] == {LINK: 2}
    assert left["quizbank_words"] == {LINK: 2}
    assert plan.files == {}


def test_remarks_lead_to_rows_that_come_along_and_to_nothing_else(school, good):
    with school.reading("athena") as session:
        lena = who(session, "Lena").id
    for table, id in (("person", str(lena)), ("quizbank_answer", str(uuid7())), ("account", "you"), (5, 6), ("person", "somebody else")):
        rows, _left, _plan = coming(school, forged(good, MENTIONS, target_table=table, target_id=id))
        assert [(row.get("target_table"), row.get("target_id")) for row in rows["quizbank_mention"]] == [(None, None)] * 2


@pytest.mark.parametrize(
    "steps", ["text", 5, [1], {"a": "\0"}, {"a" * 9: "x" * 100_001}, json.loads("[" * 40 + "]" * 40), {"a": json.loads('{"a":' * 40 + "1" + "}" * 40)}]
)
def test_json_of_another_shape_stays_out(school, good, steps):
    _rows, left, _plan = coming(school, forged(good, ANSWERS, steps=steps))
    assert left["quizbank_answer"] == {UNFIT: 2}


@pytest.mark.parametrize(("column", "value"), [("tone", "loud"), ("tone", 1), ("text", "x" * 100_001), ("text", ["x"]), ("text", "\0")])
def test_words_and_texts_that_are_none_stay_out(school, good, column, value):
    _rows, left, _plan = coming(school, forged(good, MENTIONS, **{column: value}))
    assert left["quizbank_mention"] == {UNFIT: 2}


def test_a_file_that_is_no_file_of_the_copy_is_left_out_of_its_row(school, good):
    with school.reading("athena") as session:
        from sqlalchemy import select

        from upart.storage.models import File

        theirs = session.scalars(select(File.id)).first()
    assert str(theirs) in good.getvalue().decode("latin-1")
    for sketch in (str(uuid7()), "files/x", 5):
        rows, _left, plan = coming(school, forged(good, ANSWERS, sketch_id=sketch))
        assert [row["sketch_id"] for row in rows["quizbank_answer"]] == [None, None]
        assert plan.files == {}
    found = parts(good)
    program = next(name for name in found if name.startswith("files/") and name.endswith("notes.txt"))
    _rows, _left, plan = coming(school, packed({**found, program: b"MZ\x90\0" + b"\0" * 60}))
    assert [file.name for file in plan.files.values()] == ["dough.png"]
