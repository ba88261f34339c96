# SPDX-License-Identifier: MIT
"""Lena takes the proof of what she decided with her, and anybody can check it without the portal."""

from __future__ import annotations

import json
import re

import pytest
from choosing import ask_for_link, order_news
from click.testing import CliRunner
from people import sign_in

from upart.cli.main import main


def decisions(page: str) -> list[str]:
    """The decisions that the history of a page offers a proof of, newest first."""
    return re.findall(r'name="decision" value="([0-9a-f-]+)"', page)


@pytest.fixture
def proof(portal, tmp_path):
    """The file of her newest decision, and the published keys."""
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    answer = lena.post("/privacy/choices/proof", data={"decision": decisions(lena.get("/privacy/choices").text)[0]})
    assert (answer.status_code, answer.headers["Content-Disposition"][:20]) == (200, "attachment; filename")
    file, keys = tmp_path / "proof.json", tmp_path / "keys.json"
    file.write_text(answer.text), keys.write_text(portal.visitor("athena").get("/.well-known/upart-receipts.json").text)
    return file, keys


def check(file, keys, *more):
    return CliRunner().invoke(main, ["rights", "verify", str(file), "--key", str(keys), *more])


def test_it_is_checked_without_the_portal_and_says_what_and_when_and_in_which_words(proof):
    told = check(*proof, "--email", "lena@example.org")
    assert told.exit_code == 0, told.output
    for words in ("The signature fits", "newsletter by email", "The newsletter of the academy", "given at", "It is about lena@example.org"):
        assert words in told.output


def test_it_names_nobody_and_has_the_names_of_the_standard(proof):
    read = json.loads(proof[0].read_text())
    assert "lena" not in proof[0].read_text().lower()
    assert read["schema_version"].startswith("ISO/IEC TS 27560")
    assert {"record_id", "pii_principal_id", "pii_controllers", "purposes", "events", "privacy_notice", "privacy_rights", "authority_party"} <= set(read)
    assert read["events"][0]["event_type"] == "dpv:ConsentGiven"


@pytest.mark.parametrize(("was", "then"), [('"given"', '"refused"'), ("newsletter", "newslettes"), ("eu-gdpr:A6-1-a", "eu-gdpr:A6-1-f")])
def test_one_word_changed_and_it_holds_no_longer(proof, was, then):
    file, keys = proof
    file.write_text(file.read_text().replace(was, then))
    told = check(file, keys)
    assert (told.exit_code, "The signature does not fit" in told.output) == (1, True)


def test_nobody_else_gets_it(portal, proof):
    decision = decisions(sign_in(portal, "lena").get("/privacy/choices").text)[0]
    assert sign_in(portal, "theo").post("/privacy/choices/proof", data={"decision": decision}).status_code == 404
    assert portal.visitor("athena").post("/privacy/choices/proof", data={"decision": decision}).status_code == 401
    theirs = ask_for_link(portal, "theo@example.org")
    assert portal.visitor("athena").post("/privacy/choices/proof", data={"decision": decision, "token": theirs}).status_code == 404
    assert sign_in(portal, "lena").post("/privacy/choices/proof", data={"decision": "no-id"}).status_code == 404


def test_by_the_mailed_link_she_gets_it_too(portal, proof):
    token = ask_for_link(portal, "lena@example.org")
    page = portal.visitor("athena").get(f"/privacy/choices/mailed?token={token}").text
    answer = portal.visitor("athena").post("/privacy/choices/proof", data={"decision": decisions(page)[0], "token": token})
    assert json.loads(answer.text)["kind"] == "consent"
