# SPDX-License-Identifier: MIT
"""Ada reads what a plugin does with data before it is on, and what an upgrade adds; what she agrees to is what she saw."""

from __future__ import annotations

import html
import json
import re

import pytest
from click.testing import CliRunner
from conftest import bundled
from people import sign_in
from policies import change, publish
from sqlalchemy import select
from upgrading import POSTCARD

from upart import config
from upart.academies.actions import accept_declarations
from upart.app import create_app
from upart.cli.main import main
from upart.events.models import Event
from upart.hooks import loader
from upart.hooks.models import PrivacyLock
from upart.policy.publishing import NotPublished
from upart.testing import Installation

PAGE = "/manage/plugins/postcard"


def seen(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def happened(made, slug: str = "athena") -> list[str]:
    with made.reading(slug) as session:
        return [type for type in session.scalars(select(Event.type).order_by(Event.at)) if type.startswith("plugins.")]


def test_ada_sees_what_the_upgrade_adds_agrees_and_it_is_written_down_who_did(after):
    ada = sign_in(after, "ada")
    today = ada.get("/manage/").text
    assert "An upgrade waits for you: Postcard" in today
    assert "One thing is in use already: the portal cannot hold it back." in today
    page = ada.get(PAGE).text
    for words in ("Print Shop", "In Germany; processor, art. 28. Gets: names.", "postcard_pen", "Tell me of new cards.", "Which card is printed first",
                  "<b>Cards</b>: How long", "<del>12 months</del> <ins>24 months</ins>", "Not in use", "In use already"):  # fmt: skip
        assert words in page
    assert ada.post(PAGE, data={"act": "agree", "seen": seen(page)}).status_code == 303
    assert after.academy("athena").held_back == frozenset()
    with after.reading("athena") as session:
        lock = session.scalars(select(PrivacyLock).where(PrivacyLock.plugin == "postcard")).one()
        assert (lock.version, lock.agreed_by is not None) == ("2.0", True)
    assert happened(after) == ["plugins.agreed"]
    assert "An upgrade waits" not in ada.get("/manage/").text


def test_an_edition_that_does_less_is_no_news_and_can_be_agreed_to(after):
    ada = sign_in(after, "ada")
    with after.everywhere() as session:
        assert accept_declarations(session, after.academy("athena").id, "postcard")
        lock = session.scalars(select(PrivacyLock).where(PrivacyLock.plugin == "postcard", PrivacyLock.academy_id == after.academy("athena").id)).one()
        cookies = {**lock.declarations["cookie"], "postcard_ink": lock.declarations["cookie"]["postcard_pen"]}
        lock.declarations, lock.digest = {**lock.declarations, "cookie": cookies}, "of an edition that is gone again"
    assert after.academy("athena").held_back == frozenset()
    assert "An upgrade waits" not in ada.get("/manage/").text
    page = ada.get(PAGE).text
    assert "What is different now" in page
    assert "postcard_ink" in page
    assert ada.post(PAGE, data={"act": "agree", "seen": seen(page)}).status_code == 303
    assert "What it does with data" in ada.get(PAGE).text


def test_what_was_not_shown_is_not_agreed_to(after):
    ada = sign_in(after, "ada")
    refused = ada.post(PAGE, data={"act": "agree", "seen": "0" * 32})
    assert refused.status_code == 409
    assert "has changed since the page was opened" in refused.text
    assert after.academy("athena").held_back
    assert ada.post(PAGE, data={}).status_code == 422


def test_a_plugin_is_off_and_on_again_and_the_whole_of_it_is_shown_first(before):
    ada = sign_in(before, "ada")
    assert ada.post(PAGE, data={"act": "off"}).status_code == 303
    assert "postcard" not in before.academy("athena").plugins
    page = ada.get(PAGE).text
    assert "What switching it on adds" in page
    assert "12 months after" in page
    assert ada.post(PAGE, data={"act": "agree", "seen": seen(page)}).status_code == 303
    assert "postcard" in before.academy("athena").plugins
    assert happened(before) == ["plugins.disabled", "plugins.enabled"]


def test_neither_theo_nor_lena_decides(after):
    for name in ("theo", "lena"):
        browser = sign_in(after, name)
        assert browser.get(PAGE).status_code == 404 == browser.post(PAGE, data={"act": "off"}).status_code
    assert "postcard" in after.academy("athena").plugins


def test_a_plugin_that_is_gone_is_shown_can_be_switched_off_and_stops_publishing(before):
    change(before, legal_name="Athena e.U.", privacy_contact="privacy@athena.example")
    change(before, "platform", legal_name="Host GmbH")
    publish(before)
    before.close()
    settings = config.load(before.state.config.instance, {}, password_memory=8, mail_url=("file:",), public_origin="http")
    without = Installation(create_app(settings=settings, plugins=bundled()))
    ada = sign_in(without, "ada")
    assert "Not installed" in ada.get("/manage/plugins/").text
    page = ada.get(PAGE).text
    assert "It is not installed any more; what it holds is still here." in page
    assert re.search(r"Personal columns</dt><dd>\d+, each declared", page), "what the academy agreed to is still known"
    assert "The plugin postcard is on, but out of order" in html.unescape(ada.get("/manage/privacy/policy").text)
    with pytest.raises(NotPublished, match="out of order"):
        publish(without)
    assert ada.post(PAGE, data={"act": "agree", "seen": ""}).status_code == 409
    assert ada.post(PAGE, data={"act": "off"}).status_code == 303
    assert "postcard" not in without.academy("athena").plugins
    assert sign_in(without, "odin").get(PAGE).status_code == 200, "it is on at Orion still"
    without.close()


def command(made, *words: str) -> str:
    done = CliRunner().invoke(main, ["--instance", str(made.state.config.instance), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_says_what_waits_and_agrees(after, monkeypatch):
    monkeypatch.setattr(loader, "entry_points", lambda group: [*bundled(), POSTCARD])
    (after.state.config.instance / "upart.toml").touch()
    dry = command(after, "privacy", "accept", "--academy", "athena", "--dry-run")
    assert "+ Recipient: Print Shop." in dry
    assert "[material] [waits]" in dry
    assert "Nothing was changed." in dry
    assert after.academy("athena").held_back
    [said] = json.loads(command(after, "privacy", "accept", "--academy", "athena", "--json"))
    shop = next(change for change in said["changes"] if change["kind"] == "recipient")
    assert (shop["id"], shop["old"], shop["material"]) == ("Print Shop", None, True)
    assert not after.academy("athena").held_back
    assert after.academy("orion").held_back
    assert "Nothing waits." in command(after, "privacy", "accept", "--academy", "athena")
    refused = CliRunner().invoke(main, ["--instance", str(after.state.config.instance), "privacy", "accept", "--academy", "athena", "--plugin", "nowhere"])
    assert (refused.exit_code, "There is no plugin 'nowhere'." in refused.stderr) == (1, True)
    assert "'postcard' is already on" in command(after, "plugins", "enable", "postcard", "--academy", "orion")
    assert not after.academy("orion").held_back
