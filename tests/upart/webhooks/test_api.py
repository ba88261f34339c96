# SPDX-License-Identifier: MIT
"""Webhooks for programs: the contract, refusals, and who may."""

from __future__ import annotations

from hooking import allow, endpoint, happens, log, receiver
from people import sign_in, work
from policies import publish, read
from sqlalchemy import select

from upart.webhooks.models import Delivery, DeliveryState, Endpoint

PLACE = "/api/v1/webhooks"
SAME = {"Sec-Fetch-Site": "same-origin"}
GOOD = {"url": "https://hooks.example.org/upart", "events": ["people.joined"]}


def made(browser, **more):
    return browser.post(PLACE, json={**GOOD, **more}, headers=SAME)


def test_a_program_sets_one_up_and_gets_its_secret_once(portal):
    ada = sign_in(portal, "ada")
    answer = ada.post(PLACE, json=GOOD, headers={**SAME, "Idempotency-Key": "once"})
    assert (answer.status_code, answer.json["secret"][:6]) == (201, "whsec_")
    again = ada.post(PLACE, json=GOOD, headers={**SAME, "Idempotency-Key": "once"})
    assert (again.status_code, again.json) == (201, {})
    one = ada.get(answer.headers["Location"])
    assert "whsec_" not in one.text
    turned = ada.post(f"{answer.headers['Location']}/actions/rotate", headers=SAME)
    assert turned.json["secret"] not in (answer.json["secret"], "")
    assert len(ada.get(PLACE).json["data"]) == 1


def test_the_secret_lies_encrypted_in_its_column(portal):
    secret = made(sign_in(portal, "ada")).json["secret"]
    with portal.reading("athena") as session:
        kept = session.scalars(select(Endpoint.secret)).one()
    assert secret.encode() not in kept
    assert secret.removeprefix("whsec_").encode() not in kept


def test_what_it_was_told_is_read_below_it_and_sent_again(portal):
    allow(portal)
    with receiver() as program:
        ada = sign_in(portal, "ada")
        place = made(ada, url=program.url).headers["Location"]
        for _ in range(3):
            happens(portal)
        work(portal)
        page = ada.get(f"{place}/deliveries?limit=2").json
        rest = ada.get(page["page"]["next"]).json
        assert [one["state"] for one in page["data"] + rest["data"]] == ["delivered"] * 3
        one = page["data"][0]
        assert ada.post(f"{place}/actions/replay", json={"delivery_id": one["id"]}, headers=SAME).status_code == 200
        work(portal)
        assert len(program.ids) == 4
        assert program.ids[-1] == f"msg_{one['id'].replace('-', '')}"
    assert ada.get(f"{place}/deliveries?filter[endpoint_id]={endpoint(portal).id}").status_code == 400
    assert ada.post(f"{place}/deliveries", json={}, headers=SAME).status_code == 405


def test_one_that_was_switched_off_gives_up_what_waits_and_sends_it_when_asked(portal):
    allow(portal)
    with receiver() as program:
        ada = sign_in(portal, "ada")
        place = made(ada, url=program.url).headers["Location"]
        happens(portal)
        switched(ada, place, False)
        assert log(portal)[0].state is DeliveryState.FAILED
        refused = ada.post(f"{place}/actions/replay", json={}, headers=SAME)
        assert (refused.status_code, refused.json["code"]) == (409, "off")
        switched(ada, place, True)
        assert ada.post(f"{place}/actions/replay", json={}, headers=SAME).status_code == 200
        work(portal)
        assert len(program.got) == 1
    assert portal.breaches() == []


def switched(browser, place, on):
    answer = browser.open(place, method="PATCH", json={"enabled": on}, headers={**SAME, "If-Match": "*"})
    assert answer.json["state"] == ("enabled" if on else "disabled")


WRONG = {
    "no TLS": {"url": "http://hooks.example.org/"}, "this machine": {"url": "https://127.0.0.1/"}, "this machine by name": {"url": "https://localhost/"},
    "a cloud's own data": {"url": "https://169.254.169.254/latest"}, "packed": {"url": "https://[::ffff:10.0.0.1]/"}, "a name in it": {"url": "https://me:pw@example.org/"},
    "this machine, shorter": {"url": "https://127.1/"}, "this machine as a number": {"url": "https://2130706433/"}, "in hexadecimal": {"url": "https://0x7f000001/"},
    "a name of this machine": {"url": "https://athena.localhost/"}, "with a dot": {"url": "https://LOCALHOST./"}, "nothing between dots": {"url": "https://x..org/"},
    "a label too long": {"url": f"https://{'a' * 64}.org/"}, "a name too long": {"url": f"https://{'a.' * 130}org/"}, "no address": {"url": "hooks"}, "mail": {"url": "https://example.org:25/"}, "another scheme": {"url": "ftp://example.org/"},
    "no such event": {"events": ["people.joined", "people.flew"]}, "its own events": {"events": ["webhooks.changed"]}, "a secret event": {"events": ["tokens.made"]},
    "a company nowhere": {"run_by": "Buchhaltung GmbH"}, "a company in no country": {"run_by": "Buchhaltung GmbH", "country": "ZZ"},
}  # fmt: skip


def test_what_does_not_fit_is_said_and_nothing_is_kept(portal):
    ada = sign_in(portal, "ada")
    for why, sent in WRONG.items():
        answer = made(ada, **sent)
        assert (answer.status_code, len(answer.json["errors"])) == (422, 1), why
    assert endpoint(portal) is None


def test_blanks_are_no_safeguard(portal):
    ada = sign_in(portal, "ada")
    answer = made(ada, run_by=" Acme ", country="US", safeguard="  ")
    assert (answer.json["run_by"], answer.json["safeguard"]) == ("Acme", "")
    changed = ada.open(answer.headers["Location"], method="PATCH", json={"safeguard": " \t "}, headers={**SAME, "If-Match": "*"})
    assert (changed.status_code, changed.json["safeguard"]) == (200, "")


def test_only_owners_may_and_odin_finds_nothing(portal):
    place = made(sign_in(portal, "ada")).headers["Location"]
    happens(portal)
    for browser in (sign_in(portal, "theo"), sign_in(portal, "lena"), sign_in(portal, "odin")):
        assert browser.get(place).status_code == 404
        assert browser.get(f"{place}/deliveries").status_code == 404
        assert browser.post(f"{place}/actions/rotate", headers=SAME).status_code == 404
    assert sign_in(portal, "odin").get(f"{PLACE}/deliveries").json["data"] == []
    assert portal.visitor("athena").get(PLACE).status_code == 401


def test_removing_one_takes_its_log_along(portal):
    ada = sign_in(portal, "ada")
    place = made(ada).headers["Location"]
    happens(portal)
    assert ada.open(place, method="DELETE", headers={**SAME, "If-Match": "*"}).status_code == 204
    with portal.reading("athena") as session:
        assert session.scalars(select(Delivery)).all() == []
    work(portal)
    assert portal.breaches() == []


def test_there_are_twenty_at_most(portal):
    ada = sign_in(portal, "ada")
    assert [made(ada).status_code for _ in range(20)] == [201] * 20
    assert made(ada).json["code"] == "too_many"


def test_the_policy_names_the_company_that_runs_a_program(portal):
    ada = sign_in(portal, "ada")
    assert "Buchhaltung GmbH" not in ada.get("/manage/privacy/policy").text
    assert made(ada, run_by="Buchhaltung GmbH", country="CH", safeguard="adequacy decision 2000/518/EC").status_code == 201
    publish(portal)
    shown = read(portal)
    assert "Buchhaltung GmbH" in shown
    assert "numbers that stand for people" in shown
    assert "adequacy decision 2000/518/EC" in shown
