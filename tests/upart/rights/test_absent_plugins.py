# SPDX-License-Identifier: MIT
"""A plugin whose code is gone or broken: what it holds of people is copied and erased as it declared when it was last healthy."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.metadata import EntryPoint

import pytest
from conftest import bundled
from erasing import QUIZBANK, answer_of, ask, given_to, invoice_of, outcome, who
from people import work
from sqlalchemy import select
from upart_quizbank.league import LEAGUE
from upart_quizbank.models import Answer

from upart import clock
from upart.rights.actions.archiving import write_archive
from upart.rights.actions.dead_letters import dead_letters, told_by_hand
from upart.rights.subjects import with_account_of
from upart.testing.contract.traces import texts

BROKEN = EntryPoint("quizbank", "upart_nowhere.hooks", "upart.plugins")


@pytest.fixture(params=["uninstalled", "broken"])
def school_without(school, request, tmp_path, reopened):
    """The same installation, started again after quizbank has been used and then lost."""
    answer_of(school, "Lena", reviewer="Theo")
    answer_of(school, "Theo", reviewer="Lena", words="Because it is warm.")
    invoice_of(school, "Lena", clock.now())
    url = school.state.config.database_url
    school.close()
    lost = reopened(tmp_path, url, [*bundled(), *([BROKEN] if request.param == "broken" else [])])
    state = lost.state.plugins.get("quizbank")
    assert state is None if request.param == "uninstalled" else not state.healthy
    yield lost
    lost.close()


def rows(made, table: str) -> str:
    return next((text for name, text in texts(made) if name == f"table {table}"), "")


def test_what_it_holds_is_in_the_copy(school_without):
    out = io.BytesIO()
    with school_without.reading("athena") as session:
        write_archive(out, with_account_of(who(session, "Lena"), False), "Lena")
    with zipfile.ZipFile(out) as archive:
        given = json.loads(archive.read("access/quizbank/quizbank_answer.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert [row.get("text") for row in given] == ["Because it rises.", None]
    assert "Because it is warm." not in everything


def test_its_rows_go_as_declared(school_without):
    request = ask(school_without, with_account=True)
    work(school_without)
    assert outcome(school_without, request)["state"] == "done"
    assert "Because it rises." not in rows(school_without, "quizbank_answer") + rows(school_without, "quizbank_words")
    assert "Because it is warm." in rows(school_without, "quizbank_answer")
    assert "'Lena'" not in rows(school_without, "quizbank_answer")
    assert "'Lena'" in rows(school_without, "quizbank_invoice")
    assert "+43 1 234" not in rows(school_without, "quizbank_invoice")


def test_and_when_it_is_back_it_finds_what_it_should(school_without, tmp_path, reopened):
    ask(school_without)
    work(school_without)
    url = school_without.state.config.database_url
    school_without.close()
    back = reopened(tmp_path, url, [*bundled(), QUIZBANK])
    with back.reading("athena") as session:
        assert [(row.text, row.signed, row.reviewer_id) for row in session.scalars(select(Answer))] == [("Because it is warm.", "", None)]
    back.close()


def test_whom_a_lost_plugin_has_told_is_told_by_hand(school, tmp_path, reopened):
    """Its store is gone with it, but the log still says who has received what."""
    given_to(school, "Lena", LEAGUE, ("person.name", "person.email"))
    url = school.state.config.database_url
    school.close()
    lost = reopened(tmp_path, url, bundled())
    request = ask(lost)
    work(lost)
    assert outcome(lost, request)["recipients"] == [{"name": LEAGUE, "state": "failed"}]
    with lost.app.test_request_context(), lost.writing("athena"):
        told_by_hand(dead_letters()[0].id)
    work(lost)
    assert outcome(lost, request)["state"] == "done"
    lost.close()
