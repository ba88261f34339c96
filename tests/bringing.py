# SPDX-License-Identifier: MIT
"""Copies that people take from one portal to another: made, read, changed as a forger would."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from erasing import answer_of, who
from sqlalchemy import select, update

from upart.files.actions import upload
from upart.privacy.taxonomy import Category
from upart.rights.actions.archiving import subjects_for, write_archive
from upart.testing import Installation

SUMS = "checksums.sha256"
OF_HERE = {"person": ("created_at",), "file": ("created_at",)}
"""What says when something came here."""


def copy_of(made: Installation, name: str = "Lena", slug: str = "athena") -> io.BytesIO:
    """A copy of all that is held about somebody, as they download it."""
    out = io.BytesIO()
    with made.reading(slug) as session:
        person = who(session, name)
        subjects, called = subjects_for(person), str.__str__(person.name)
    with made.app.test_request_context(), made.reading(slug):
        write_archive(out, subjects, called)
    out.seek(0)
    return out


def parts(copy: io.BytesIO) -> dict[str, bytes]:
    """All parts but the checksums."""
    with zipfile.ZipFile(copy) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name != SUMS}


def packed(parts: dict[str, Any], *, sums: bool = True) -> io.BytesIO:
    """A copy of these parts, with checksums that hold; what is not bytes is written as JSON."""
    out, data = io.BytesIO(), {name: one if isinstance(one, bytes) else json.dumps(one).encode() for name, one in parts.items()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, one in data.items():
            made.writestr(name, one)
        if sums:
            made.writestr(SUMS, "".join(f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in data.items()))
    out.seek(0)
    return out


def changed(copy: io.BytesIO, name: str, change: Any) -> io.BytesIO:
    """The copy with a part of JSON that `change` has made something else of; the checksums hold."""
    found = parts(copy)
    return packed({**found, name: change(json.loads(found[name]))})


def portable(copy: io.BytesIO) -> dict[str, list[str]]:
    """What is taken along, by table: rows whose ids are replaced by what they lead to."""
    found = parts(copy)
    tables = {name.split("/")[2].removesuffix(".json"): json.loads(one) for name, one in found.items() if name.startswith("portable/") and _is_rows(name)}
    rows = {row["id"]: (table, row) for table, all_of in tables.items() for row in all_of if "id" in row}
    known = {id: said for of in json.loads(found.get("portable/known.json", b"{}")).values() for id, said in of.items()}

    def shape(table: str, row: dict[str, Any]) -> dict[str, Any]:
        return {name: follow(value) for name, value in sorted(row.items()) if name != "id" and name not in OF_HERE.get(table, ())}

    def follow(value: Any) -> Any:
        if isinstance(value, str) and value in rows:
            return shape(*rows[value])
        return {name: follow(part) for name, part in known[value].items()} if isinstance(value, str) and value in known else value

    return {table: sorted(json.dumps(shape(table, row), sort_keys=True) for row in all_of) for table, all_of in tables.items()}


def _is_rows(name: str) -> bool:
    return name.endswith(".json") and not name.endswith(".schema.json") and name.count("/") == 2


def learned(made: Installation, picture: bytes) -> None:
    """Lena has answered with a drawing and a text, duelled, played in a team and praised somebody's answer."""
    from upart_quizbank.models import Answer, Duel, Member, Mention, Question, Round, Team, Tone

    for reviewer, stream, name in (("Theo", picture, "dough.png"), (None, b"Rye needs acid.", "notes.txt")):
        id = answer_of(made, "Lena", reviewer, words=f"Because of {name}")
        with made.app.test_request_context(), made.writing("athena") as session:
            file = upload(io.BytesIO(stream), name, Category.EDU_RESULT, about=who(session, "Lena"), while_writing=True)
            session.flush()
            session.scalars(select(Answer).where(Answer.id == id)).one().sketch_id = file.id
    with made.writing("athena") as session:
        lena, theo = who(session, "Lena"), who(session, "Theo")
        duel = Duel(challenger_id=lena.id, opponent_id=theo.id, boast="You will see.", reply="I have seen.")
        team = Team(name="Otters", password="a secret of otters")
        session.add_all([duel, team])
        session.flush()
        session.add_all([Round(duel_id=duel.id, guess="4", counter="5"), Member(team_id=team.id, person_id=lena.id, nickname="Lele")])
        session.add(Member(team_id=team.id, person_id=theo.id, nickname="Professor"))
        session.add(Mention(author_id=lena.id, target_table="quizbank_answer", target_id=id, tone=Tone.PRAISE, text="<script>alert(1)</script> well done"))
        session.add(Mention(author_id=lena.id, target_table="person", target_id=theo.id, tone=Tone.DOUBT, text="He knows too much"))
        first, other = session.scalars(select(Question).where(Question.text == "Why?")).all()
        session.execute(update(Answer).where(Answer.question_id == other.id).values(question_id=first.id))
        session.delete(other)  # what two are called is nobody's name
