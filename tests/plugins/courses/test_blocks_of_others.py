# SPDX-License-Identifier: MIT
"""A chess club adds a kind of block: Theo puts a board into a lesson, Lena sees it; a block that fails, or is switched off, leaves a plain line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from classroom import MUSIC, course_id, held, lesson_ids, publish_changes
from conftest import bundled, fill
from people import sign_in
from sqlalchemy import select
from upart_courses.models import Lesson

from upart.academies.actions import disable_plugin, enable_plugin
from upart.app import create_app
from upart.config import load as settings
from upart.testing import install

OPENINGS = (Path(__file__).parents[3] / "docs/authors/openings.md").read_text(encoding="utf-8")
ROWS = "\n".join(["rnbqkbnr", "pppppppp", *["........"] * 4, "PPPPPPPP", "RNBQKBNR"])
FREE = "what-a-tone-is"
LINE = "A part of this lesson is not shown now"


def example(folder: Path, **changes: str) -> None:
    """Write the example of the documentation, with some words changed."""
    for name, body in re.findall(r"^```\w+ file=(plugins/chess\S*)\n(.*?)^```$", OPENINGS, re.MULTILINE | re.DOTALL):
        for old, new in changes.items():
            body = body.replace(old, new)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")


@pytest.fixture
def club(tmp_path):
    """Athena with the example switched on."""
    (tmp_path / "upart.toml").write_text('base_host = "localhost"\n')
    example(tmp_path)
    made = install(tmp_path, plugins=bundled(), settings={"plugin_failures": 1000})
    fill(made)
    yield made
    made.close()


def put_board(club, **typed):
    """A free lesson with a board, as a teacher has typed it in."""
    with club.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == FREE)).one()
        block = {"id": "0123456789ab", "kind": "chess.board", "rows": ROWS, "side": "black", "question": "Mate in two?", **typed}
        lesson.blocks = [*lesson.blocks, block]


def seen(club):
    club.state.cache._pages.clear()
    answer = club.visitor("athena").get(f"/learn/{MUSIC}/{FREE}")
    assert answer.status_code == 200
    return answer.text


def sent(browser, path, **typed):
    """What the form of a lesson sends, all its blocks in order."""
    return {**held(browser, path), "block": re.findall(r'name="block" value="([^"]+)"', browser.get(path).text), **typed}


def test_theo_adds_a_board_and_everybody_sees_and_finds_it(club):
    theo, path = sign_in(club, "theo"), f"/teach/courses/{course_id(club, MUSIC)}/lessons/{lesson_ids(club, MUSIC)[FREE]}"
    page = theo.get(path).text
    assert 'value="add:chess.board"' in page
    answer = theo.post(path, data=sent(theo, path, do="add:chess.board"))
    assert answer.status_code == 303, answer.text
    page = theo.get(path).text
    assert ("Eight lines of eight letters" in page, "White moves" in page, 'name="kind-' in page) == (True, True, True)
    put_board(club)
    assert ("Black moves. Mate in two?" in seen(club), "rnbqkbnr" in seen(club)) == (True, True)
    program = theo.get(f"/api/v1/lessons/{lesson_ids(club, MUSIC)[FREE]}?fields=blocks,body").json
    assert (program["blocks"][-1]["side"], "Mate in two?" in program["body"]) == ("black", True)


def test_what_is_typed_in_stays_text_and_fits_what_the_fields_are(club):
    put_board(club, question="<script>alert(1)</script>", side="sideways", rows=7)
    page = seen(club)
    assert ("<script>alert(1)" in page, "White moves. &lt;script&gt;" in page) == (False, True)


def test_a_board_that_lacks_lines_keeps_the_lesson_from_readers(club):
    theo, id = sign_in(club, "theo"), lesson_ids(club, MUSIC)[FREE]
    tag = theo.get(f"/api/v1/lessons/{id}").headers["ETag"]
    body = {"blocks": [{"kind": "chess.board", "rows": "k", "side": "white", "question": ""}]}
    answer = theo.open(f"/api/v1/lessons/{id}", method="PATCH", json=body, headers={"Sec-Fetch-Site": "same-origin", "If-Match": tag})
    assert (answer.status_code, answer.json["errors"][0]["detail"]) == (422, "A chess board has eight lines.")


@pytest.mark.parametrize("answer", ["1 / 0", "7", "{'lines': 1 / 0}", "None"])
def test_a_block_that_fails_leaves_a_plain_line(club, answer, monkeypatch):
    put_board(club)
    kind = club.state.plugins.get("chess").block_types[0]
    club.state.plugins.get("chess").block_types[0] = type(kind)(
        **{**{name: getattr(kind, name) for name in kind.__dataclass_fields__}, "values": lambda typed: eval(answer), "lacks": lambda typed: eval(answer)}  # noqa: S307
    )
    page = seen(club)
    assert (LINE in page, "Mate in two?" in page) == (True, False)
    assert sign_in(club, "theo").get(f"/teach/courses/{course_id(club, MUSIC)}/lessons/{lesson_ids(club, MUSIC)[FREE]}").status_code == 200


def test_where_it_is_off_a_line_stands_and_saving_keeps_the_board(club):
    put_board(club)
    theo, path = sign_in(club, "theo"), f"/teach/courses/{course_id(club, MUSIC)}/lessons/{lesson_ids(club, MUSIC)[FREE]}"
    with club.everywhere() as session:
        disable_plugin(session, club.academy("athena").id, "chess")
    page = theo.get(path).text
    assert (LINE in seen(club), "switched off here" in page) == (True, True)
    assert theo.post(path, data=sent(theo, path, title="What a tone is, and is not")).status_code == 303
    assert publish_changes(theo, f"/teach/courses/{course_id(club, MUSIC)}").status_code == 303
    assert "What a tone is, and is not" in seen(club)
    with club.everywhere() as session:
        enable_plugin(session, club.academy("athena").id, "chess")
    assert "Black moves. Mate in two?" in seen(club)


FAULTS = (  # what is changed in the example, and a part of the reason
    ({'name="chess.board"': 'name="board"'}, "has a name that is not its own"),
    ({"chess/board.html": "chess/lost.html"}, "which is not there"),
    ({'words=("question",)': 'words=("answer",)'}, "words in 'answer', which is no field"),
    ({'name="question"': 'name="item"'}, "has a field 'item'"),
    ({", choices=SIDES": ""}, "whose choices do not fit its shape"),
    ({"    return [\n        BlockType(": "    return [\n        7, BlockType("}, "instead of a list of BlockType"),
)


@pytest.mark.parametrize(("changes", "reason"), FAULTS, ids=[reason for _changes, reason in FAULTS])
def test_what_does_not_fit_is_told_in_words(tmp_path, changes, reason):
    example(tmp_path, **changes)
    (tmp_path / "plugins/chess/templates/chess/lost.html").unlink(missing_ok=True)
    (tmp_path / "upart.toml").touch()
    found = create_app(settings=settings(tmp_path, {}), plugins=[]).extensions["upart"].plugins.found["chess"]
    assert reason in found.reason
    assert found.remedy
