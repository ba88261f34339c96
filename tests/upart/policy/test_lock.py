# SPDX-License-Identifier: MIT
"""An upgrade that keeps or gives away more: nothing of it happens before the academy agrees, all of it afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from people import sign_in, work
from sqlalchemy import select
from upgrading import upgraded

from upart import clock
from upart.academies.actions import accept_declarations, disable_plugin
from upart.context import context
from upart.cookies.inventory import settable
from upart.db import Model
from upart.errors import NotAgreed
from upart.hooks.choices import consent_purposes, declared_cookies
from upart.hooks.models import PrivacyLock
from upart.jobs.models import Job
from upart.policy.facts import facts
from upart.rights.actions.retaining import retain
from upart.rights.showing.retention import lines
from upart.testing import Processor

HELD = {
    "period:postcard_card.text",
    "column:postcard_card.mood",
    "column:postcard_stamp.owner_id",
    "column:postcard_stamp.licked_at",
    "recipient:Print Shop",
    "cookie:postcard_pen",
}


def write(made, name: str = "lena", slug: str = "athena", **more: str):
    return sign_in(made, name, slug).post("/postcard/", data={"text": "The sea is blue.", "mood": "homesick", **more})


def cards(made, slug: str = "athena") -> list:
    card = Model.metadata.tables["postcard_card"]
    with made.everywhere() as session:
        return [tuple(row) for row in session.execute(select(card.c.text, card.c.mood).where(card.c.academy_id == made.academy(slug).id))]


def agree(made, slug: str = "athena") -> None:
    with made.app.app_context(), made.everywhere() as session:
        assert accept_declarations(session, made.academy(slug).id, "postcard")


def test_nothing_is_held_back_before_the_upgrade(before):
    assert before.academy("athena").held_back == frozenset()
    assert write(before).status_code == 200


def test_a_new_recipient_is_called_by_nobody_before_the_academy_agrees_and_then_for_what_has_waited(after, monkeypatch):
    with Processor() as shop:
        monkeypatch.setenv("POSTCARD_SHOP", shop.url)
        assert write(after).status_code == 200
        work(after)
        assert shop.calls == []
        agree(after)
        work(after)
        assert {call.partition(" ")[0] for call in shop.calls} == {"PUT"}
        assert len(shop.people) == 1


def test_what_waits_for_one_academy_is_in_use_at_the_other(after):
    assert after.academy("athena").held_back >= HELD
    agree(after)
    assert after.academy("athena").held_back == frozenset()
    assert after.academy("orion").held_back >= HELD


def test_a_new_column_stays_empty_and_a_new_table_takes_nothing(after):
    assert write(after).status_code == 200
    assert cards(after) == [("The sea is blue.", None)]
    refused = write(after, stamp="y")
    assert refused.status_code == 409
    assert "has not agreed yet" in refused.text
    assert len(cards(after)) == 1, "the card of the refused page is not there either"
    agree(after)
    assert write(after, stamp="y").status_code == 200
    assert cards(after)[-1] == ("The sea is blue.", "homesick")


def test_a_statement_that_names_a_new_column_is_refused(after):
    card = Model.metadata.tables["postcard_card"]
    with after.writing("athena") as session, pytest.raises(NotAgreed, match="has not agreed yet"):
        session.execute(card.insert().values(academy_id=context.academy.id, text="x", mood="y"))
    with after.writing("athena") as session, pytest.raises(NotAgreed, match="has not agreed yet"):
        session.execute(card.update().where(card.c.academy_id == context.academy.id).values({card.c.mood: "y"}))


def test_a_new_cookie_is_unknown_and_a_new_purpose_not_offered(after):
    enabled = after.academy("athena").plugins
    for agreed in (False, True):
        with after.reading("athena"):
            assert ("postcard_pen" in [one.name for one in declared_cookies(enabled)]) is agreed
            assert ("postcard.sale" in [one.key for one in consent_purposes(enabled)]) is agreed
            assert "postcard_pen" in [one.name for one in declared_cookies()], "the installation knows it all the same"
        assert ("postcard_pen" in settable(after.state.plugins, after.academy("athena"))) is agreed, "the filter lets no other pass"
        assert ("display: block" in after.visitor("athena").get("/privacy/choices/question.css").text) is agreed
        if not agreed:
            agree(after)


def test_what_was_on_before_there_were_locks_counts_as_agreed_to(before):
    with before.everywhere() as session:
        session.query(PrivacyLock).delete()
    again = upgraded(before)
    assert again.academy("athena").held_back == frozenset()
    with again.reading("athena") as session:
        assert session.scalars(select(PrivacyLock.version).where(PrivacyLock.plugin == "postcard")).all() == ["2.0"]
    again.close()


def test_the_policy_says_what_was_agreed_to_and_no_more(after):
    for agreed in (False, True):
        with after.app.test_request_context(), after.reading("athena"):
            made = facts(after.academy("athena"))
        assert ("Print Shop" in made["recipient"]) is agreed
        assert {id.removeprefix("postcard.") for id in made["column"] if "postcard" in id} >= {"postcard_card.text"}
        assert all((f"postcard.{name.removeprefix('column:')}" in made["column"]) is agreed for name in HELD if name.startswith("column:"))
        assert made["column"]["postcard.postcard_card.text"]["retain"] == ("24 months" if agreed else "12 months")
        assert ("Print Shop" in made["column"]["core.person.name"]["recipients"]) is False, "it is for another purpose"
        if not agreed:
            agree(after)


def test_nothing_is_kept_longer_before_the_academy_agrees(after):
    for slug, name in (("athena", "lena"), ("orion", "odin")):
        assert write(after, name, slug=slug).status_code == 200
    agree(after, "orion")
    with clock.shifted(timedelta(days=400)), after.app.app_context():
        retain()
    assert (cards(after), len(cards(after, "orion"))) == ([], 1)
    with clock.shifted(timedelta(days=800)), after.app.app_context():
        retain()
    assert cards(after, "orion") == []


def test_a_plugin_that_is_off_keeps_nothing_longer_either(after):
    assert write(after).status_code == 200
    with after.everywhere() as session:
        disable_plugin(session, after.academy("athena").id, "postcard")
    with after.app.test_request_context(), after.reading("athena"):
        [line] = [line for line in lines(after.academy("athena")) if line.table == "postcard_card"]
    assert line.period.startswith("12 months after")
    with clock.shifted(timedelta(days=400)), after.app.app_context():
        retain()
    assert cards(after) == []


def test_a_job_that_waits_for_agreement_has_not_failed(after):
    write(after)
    work(after)
    with after.reading("athena") as session:
        [job] = session.scalars(select(Job).where(Job.task == "postcard.send"))
        assert (job.state, job.attempts, job.problem) == ("waiting", 0, "the academy has not agreed to it")
