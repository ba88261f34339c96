# SPDX-License-Identifier: MIT
"""A receipt names nobody, is checked without the installation that gave it, and shows the change of any byte."""

from __future__ import annotations

import json
import random
import string

import pytest
from erasing import ask, erase, who
from people import link_in, mails, sign_in, work
from toil import command

from upart import config
from upart.app import create_app
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.proving import half_of, proof_of
from upart.rights.models import RightsRequest
from upart.rights.receipts.canonical import NotCanonical, canonical, read
from upart.rights.receipts.signing import published
from upart.rights.receipts.verifying import Refused, check_about, keys_in, receipt_in, verify
from upart.testing import Installation

LENA = "lena@example.org"


@pytest.fixture
def receipt(portal):
    """Lena is gone: her file, as she has downloaded it, and the published keys."""
    with portal.app.test_request_context(), portal.writing("athena") as session:
        asked = ask_to_erase(who(session, "Lena"))
        half = half_of(asked)
    work(portal)
    vic = portal.visitor("athena")
    return vic.get(f"/privacy/receipt.json?token={half}").data, vic.get("/.well-known/upart-receipts.json").data


def test_lena_gets_the_link_by_mail_and_behind_it_the_proof_when_all_is_done(portal):
    lena = sign_in(portal, "lena")
    lena.post("/privacy/mine/erase", data={"sure": "y"})
    [mail] = mails(portal, LENA)
    path = next(line for line in mail.get_body(("plain",)).get_content().split() if "/privacy/receipt?" in line)
    path = path[path.index("/privacy/receipt?") :].strip("()")
    vic = portal.visitor("athena")
    waiting = vic.get(path)
    assert "The erasure is not done yet" in waiting.text
    assert vic.get(path.replace("receipt?", "receipt.json?")).status_code == 409

    assert link_in(mail).startswith("/privacy/requests/")
    lena.post(link_in(mail) + "/begin")
    work(portal)

    page = vic.get(path)
    assert "The proof is attached" in page.text
    assert "Lena" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert vic.get("/privacy/receipt?token=guessed").status_code == 410


def test_it_has_the_shape_of_the_contract_and_names_nobody(portal, receipt):
    file, _keys = receipt
    found, half = receipt_in(file)
    assert set(found) == {"request", "academy", "subject", "state", "tables", "stores", "recipients", "residual", "not_seen", "key", "signature",
                          "kind", "received_on", "done_on", "refused"}  # fmt: skip
    assert set(found["tables"][0]) == {"plugin", "table", "deleted", "unlinked", "kept", "kept_until", "reason"}
    assert not any(word in json.dumps(found).casefold() for word in ("lena", "example.org", half.casefold()))
    assert half.encode() not in b"".join(path.read_bytes() for path in portal.state.config.instance.rglob("*") if path.is_file())


def test_it_is_about_lena_for_whoever_has_her_half_and_for_nobody_else(receipt):
    found, half = receipt_in(receipt[0])
    check_about(found, half, " LENA@example.org ")
    for salt, address in ((half, "theo@example.org"), (half[:-1], LENA), ("", LENA)):
        with pytest.raises(Refused, match="not shown to be about"):
            check_about(found, salt, address)


def test_a_changed_byte_anywhere_in_it_or_in_the_key_is_refused_or_changes_nothing(receipt):
    file, keys = receipt
    found, _half = receipt_in(file)
    verify(found, keys_in(keys))
    chance, refused = random.Random(11), 0
    for _ in range(600):
        which, data = chance.choice(("receipt", "keys")), bytearray(file)
        data = bytearray(file if which == "receipt" else keys)
        at = chance.randrange(len(data))
        data[at] = chance.choice([byte for byte in range(256) if byte != data[at]])
        try:
            changed, public = (receipt_in(bytes(data))[0], keys_in(keys)) if which == "receipt" else (found, keys_in(bytes(data)))
            verify(changed, public)
        except Refused:
            refused += 1
            continue
        assert changed == found  # white space, or the half, which nothing was said about
    assert refused > 500


def test_a_signature_has_one_spelling(receipt):
    found, _half = receipt_in(receipt[0])
    for sign in set(string.ascii_letters + string.digits + "-_=") - {found["signature"][-1]}:
        with pytest.raises(Refused, match="does not fit"):
            verify({**found, "signature": found["signature"][:-1] + sign}, keys_in(receipt[1]))


def test_what_has_two_spellings_is_no_receipt():
    for text in (b'{"a":1,"a":2}', b'{"a":1.5}', b'{"a":NaN}', b'{"a":9007199254740993}', '{"ä":1}'.encode(), b'{"a":"\\ud800"}', b"[" * 100_000, b"\xff"):
        with pytest.raises(NotCanonical):
            read(text)
    assert canonical({"b": [True, None, "ä\n\u0001\u2028"], "a": -1}) == '{"a":-1,"b":[true,null,"ä\\n\\u0001\u2028"]}'.encode()


def test_the_command_says_what_it_has_checked_and_no_more(portal, receipt, tmp_path):
    instance = portal.state.config.instance
    (instance / "upart.toml").touch()
    mine, keys, elsewhere = tmp_path / "mine.json", tmp_path / "keys.json", tmp_path / "empty"
    mine.write_bytes(receipt[0])
    keys.write_bytes(receipt[1])

    said = command(elsewhere, "rights", "verify", str(mine), "--key", str(keys))
    assert said.exit_code == 0, said.output
    assert "The signature fits" in said.output
    assert "Whom it is about was not checked" in said.output
    assert f"It is about {LENA}" in command(instance, "rights", "verify", str(mine), "--email", LENA).output
    assert command(instance, "rights", "verify", str(mine), "--email", "theo@example.org").exit_code == 1

    mine.write_bytes(receipt[0].replace(b'"deleted": 0', b'"deleted": 7', 1))
    changed = command(elsewhere, "rights", "verify", str(mine), "--key", str(keys))
    assert (changed.exit_code, "The signature does not fit" in changed.output, "Download it again" in changed.output) == (1, True, True)


def test_the_command_that_erases_prints_the_receipt(portal, tmp_path):
    instance = portal.state.config.instance
    (instance / "upart.toml").touch()
    said = command(instance, "rights", "erase", LENA, "--academy", "athena", "--now", "--json")
    (file := tmp_path / "receipt.json").write_text(said.stdout)
    found = json.loads(said.stdout)
    assert (found["state"], found["academy"]) == ("done", "athena")
    assert command(instance, "rights", "verify", str(file), "--email", LENA, "--salt", said.stderr.split()[-1]).exit_code == 0
    shown = command(instance, "rights", "show", found["request"], "--json")
    assert json.loads(shown.stdout)["receipt"] == found


def test_after_a_new_key_old_receipts_are_still_good(portal, receipt):
    settings = config.load(portal.state.config.instance, {}, password_memory=8, mail_url=("file:",), public_origin="http", secret_keys=(b"n" * 32,))
    renewed = Installation(create_app(settings=settings))
    keys = renewed.visitor("athena").get("/.well-known/upart-receipts.json")
    assert len(keys.json["keys"]) == 2
    verify(receipt_in(receipt[0])[0], keys_in(keys.data))
    assert keys.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in keys.headers
    with renewed.app.app_context(), renewed.reading("orion"):
        assert published() == keys.json
    renewed.close()


def test_a_request_that_was_taken_back_leaves_no_proof(portal):
    request = ask(portal, waits=True)
    lena = sign_in(portal, "lena")
    lena.post(f"/privacy/requests/{request}/cancel")
    with portal.reading("athena") as session:
        assert session.get_one(RightsRequest, {"academy_id": portal.academy("athena").id, "id": request}).state.value == "cancelled"
        assert proof_of(request) is None


def test_officers_see_the_places(portal):
    request = erase(portal)
    page = sign_in(portal, "ada").get(f"/manage/requests/{request}")
    assert "Search for what may be left" in page.text
    assert "no address, phone number or id was found" in page.text
