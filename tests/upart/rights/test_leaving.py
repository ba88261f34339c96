# SPDX-License-Identifier: MIT
"""Lena leaves: the plan first, then she is gone, and the answer says what stays. Closing the account is another act."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from conftest import two
from people import idle, mails, sign_in, work
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Account, Person
from upart.accounts.passwords import hash_password
from upart.cli.demo import PASSWORD
from upart.rights.models import RequestState, RightsRequest
from upart.testing import Installation

SURE = {"sure": "y", "now": "y"}


def people(portal: Installation, slug: str) -> dict[str, object]:
    """Names at an academy, and the account of each."""
    with portal.reading(slug) as session:
        return {person.name: person.account_id for person in session.scalars(select(Person))}


def requests(portal: Installation, slug: str) -> list[RightsRequest]:
    with portal.reading(slug) as session:
        return list(session.scalars(select(RightsRequest)))


def accounts(portal: Installation) -> set[str]:
    with portal.everywhere() as session:
        return set(session.scalars(select(Account.email)))


def at_all_three(made):
    with made.app.app_context():
        hashed = hash_password(PASSWORD)
    for name, roles in (("lena", ["learner"]), ("odin", ["owner"])):
        with made.everywhere() as session:
            account = Account(email=f"{name}@example.org", password_hash=hashed)
            session.add(account)
            session.flush()
            for slug in ("platform", "athena", "orion"):
                session.add(Person(academy_id=made.academy(slug).id, account_id=account.id, name=name.title(), email=account.email, roles=roles))


@pytest.fixture
def everywhere(database, original, tmp_path):
    """Lena with one account on the platform, at athena and at orion; Odin owns all three. On both databases."""
    with original(database, (), two, at_all_three).copied(tmp_path) as made:
        yield made


def test_the_plan_comes_first_and_changes_nothing(portal):
    lena = sign_in(portal, "lena", remember=True)
    page = lena.get("/privacy/mine/erase").text
    lines = [int(number) for number in re.findall(r'data-label="Lines">(\d+)<', page.partition('id="unlinked"')[0])]
    assert re.search(rf"<dt>lines go</dt><dd>{sum(lines)}</dd>", page)
    assert "Browsers that are signed in (2), Sign-ins (1)" in page
    assert "Nothing of yours has to stay by law." in page
    assert requests(portal, "athena") == []
    assert lena.get("/privacy/mine").status_code == 200


def test_lena_erases_herself_and_is_told_what_happens(portal):
    lena, other_tab = sign_in(portal, "lena", remember=True), sign_in(portal, "lena")
    answer = lena.post("/privacy/mine/erase", data=SURE)
    [request] = requests(portal, "athena")
    assert answer.status_code == 200
    for said in ("Your data are being deleted", "You are signed out", str(request.id), "Your account stays"):
        assert said in answer.text
    assert "Lena" not in answer.text
    assert lena.cookie("upart_session") is None
    assert lena.cookie("upart_remember") is None
    assert other_tab.get("/privacy/mine").headers["Location"].startswith("/sign-in")
    work(portal)
    assert requests(portal, "athena")[0].state is RequestState.DONE
    assert "Lena" not in people(portal, "athena")


def test_the_second_click_and_the_second_tab_do_no_harm(portal):
    lena, tab = sign_in(portal, "lena"), sign_in(portal, "lena")
    assert [lena.post("/privacy/mine/erase", data=SURE).status_code for _ in range(2)] == [200, 401]
    assert tab.post("/privacy/mine/erase", data=SURE).status_code == 401
    assert len(requests(portal, "athena")) == 1


def test_without_the_tick_nothing_happens(portal):
    lena = sign_in(portal, "lena")
    answer = lena.post("/privacy/mine/erase", data={"account": "y"})
    assert answer.status_code == 422
    assert "it cannot be undone" in answer.text
    assert re.search(r'name="account" value="y" checked', answer.text)
    assert requests(portal, "athena") == []


def test_a_recognised_browser_must_give_the_password(portal):
    lena = idle(sign_in(portal, "lena", remember=True))
    assert lena.get("/privacy/mine/erase").headers["Location"] == "/sign-in/again?next=/privacy/mine/erase"
    assert lena.post("/privacy/mine/erase", data=SURE).status_code == 401
    assert requests(portal, "athena") == []


def test_another_site_cannot_make_her_leave(portal):
    lena = sign_in(portal, "lena")
    for path in ("/privacy/mine/erase", "/privacy/mine/archive", "/account/close"):
        assert lena.post(path, data=SURE, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert requests(portal, "athena") == []


def test_the_platforms_last_owner_is_told_what_to_do_on_the_same_page(portal):
    pia = sign_in(portal, "pia")
    answer = pia.post("/privacy/mine/erase", data={**SURE, "account": "y"})
    assert answer.status_code == 409
    assert "UPART would have no owner left. Make somebody else an owner first." in answer.text
    assert "What happens when you delete" in answer.text
    assert requests(portal, "platform") == []
    assert pia.get("/manage/").status_code == 200


def test_her_account_goes_too_when_she_ticks_it(portal):
    lena = sign_in(portal, "lena")
    assert "Close my account too" in lena.get("/privacy/mine/erase?account=1").text
    answer = lena.post("/privacy/mine/erase", data={**SURE, "account": "y"})
    assert "Your account is closed" in answer.text
    assert sign_in_status(portal, "athena") == 422
    work(portal)
    assert "lena@example.org" not in accounts(portal)
    assert requests(portal, "athena")[0].state is RequestState.DONE


def sign_in_status(portal: Installation, slug: str, name: str = "lena") -> int:
    return portal.visitor(slug).post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD}).status_code


def test_with_the_account_left_she_joins_again_as_somebody_new(portal):
    before = people(portal, "athena")["Lena"]
    sign_in(portal, "lena").post("/privacy/mine/erase", data=SURE)
    work(portal)
    again = portal.visitor("athena")
    page = again.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD})
    assert "You are not in this academy" in page.text
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    assert again.post("/join", data={"token": token}).status_code == 303
    assert before in people(portal, "athena").values()
    assert "1 line<" in again.get("/privacy/mine/core/sign_in").text


def test_who_uses_the_account_elsewhere_is_sent_to_the_platform_to_close_it(everywhere):
    lena = sign_in(everywhere, "lena", "athena")
    page = lena.get("/account/close").text
    assert "Leave Athena" in page
    assert 'href="http://localhost/account/close"' in page
    assert "Close my account too" not in lena.get("/privacy/mine/erase?account=1").text
    assert lena.post("/account/close", data=SURE).status_code == 404
    lena.post("/privacy/mine/erase", data={**SURE, "account": "y"})
    work(everywhere)
    assert "lena@example.org" in accounts(everywhere)
    assert people(everywhere, "orion")["Lena"] is not None


def test_the_only_academy_offers_both_acts(portal):
    page = sign_in(portal, "lena").get("/account/close").text
    assert 'href="/privacy/mine/erase"' in page
    assert 'href="/privacy/mine/erase?account=1"' in page
    assert "the only place that uses your account" in page


def test_closing_the_account_erases_where_it_is_ticked_and_leaves_a_guest_elsewhere(everywhere):
    lena, at_orion = sign_in(everywhere, "lena", "platform"), sign_in(everywhere, "lena", "orion")
    page = lena.get("/account/close").text
    athena, orion = (str(everywhere.academy(slug).id) for slug in ("athena", "orion"))
    assert all(f'value="{id}" checked' in page for id in (athena, orion))
    answer = lena.post("/account/close", data={**SURE, "academies": [athena]})
    assert "Athena erases what it holds about you." in answer.text
    assert "Orion goes on knowing you as a guest, without an account." in answer.text
    assert at_orion.get("/account/").status_code == 303
    work(everywhere)
    assert accounts(everywhere) == {"odin@example.org"}
    halves = re.findall(r'href="http://([^/"]+)(/privacy/receipt\?token=[^"]+)"', answer.text)
    assert ["athena" in host for host, _path in halves] == [False, True]
    assert "The proof is attached" in everywhere.visitor("athena").get(halves[1][1]).text
    assert [set(people(everywhere, slug)) for slug in ("platform", "athena", "orion")] == [{"Odin"}, {"Odin"}, {"Odin", "Lena"}]
    assert people(everywhere, "orion")["Lena"] is None


def test_each_academy_has_a_request_of_its_own_with_one_date_of_receipt(everywhere):
    lena = sign_in(everywhere, "lena", "platform")
    ids = [str(everywhere.academy(slug).id) for slug in ("athena", "orion")]
    lena.post("/account/close", data={**SURE, "academies": ids})
    asked = [request for slug in ("platform", "athena", "orion") for request in requests(everywhere, slug)]
    assert len({request.id for request in asked}) == 3
    assert len({request.received_at for request in asked}) == 1
    assert [request.with_account for request in asked] == [True, False, False]
    work(everywhere)
    assert all(request.state is RequestState.DONE for slug in ("platform", "athena", "orion") for request in requests(everywhere, slug))


def test_nothing_is_closed_while_an_academy_would_lose_its_last_owner(everywhere):
    odin = sign_in(everywhere, "odin", "platform")
    kept = {"Athena", "Orion"}
    for ticked in ((), ("Athena",)):
        answer = odin.post("/account/close", data={**SURE, "academies": [str(everywhere.academy(name.lower()).id) for name in ticked]})
        assert answer.status_code == 409
        assert {name for name in (*kept, "UPART") if f"{name} would have no owner left." in answer.text} == {*kept - {*ticked}, "UPART"}
    assert [requests(everywhere, slug) for slug in ("platform", "athena", "orion")] == [[], [], []]
    assert odin.get("/account/").status_code == 200


def test_somebody_elses_academy_cannot_be_ticked(everywhere):
    lena = sign_in(everywhere, "lena", "platform")
    for wrong in ("x", str(everywhere.academy("platform").id), "00000000-0000-0000-0000-000000000000"):
        assert lena.post("/account/close", data={**SURE, "academies": [wrong]}).status_code == 422
    assert lena.post("/account/close", data={"academies": []}).status_code == 422
    assert requests(everywhere, "platform") == []


def test_nobody_is_written_to_after_she_has_left(portal):
    lena = sign_in(portal, "lena")
    lena.post("/privacy/mine/archive")
    lena.post("/privacy/mine/erase", data=SURE)
    assert mails(portal, "lena") == []


def states(made) -> dict[str, list[RequestState]]:
    return {slug: [request.state for request in requests(made, slug)] for slug in ("platform", "athena", "orion")}


def close_later(made):
    """Lena closes her account and lets athena erase her too, without skipping the 72 hours; the page of her request."""
    lena = sign_in(made, "lena", "platform")
    answer = lena.post("/account/close", data={"sure": "y", "academies": [str(made.academy("athena").id)]})
    assert answer.status_code == 303
    return lena, answer.headers["Location"]


def test_a_closing_account_waits_everywhere_and_can_be_taken_back_everywhere(everywhere):
    lena, page = close_later(everywhere)
    assert states(everywhere) == {"platform": [RequestState.PLANNED], "athena": [RequestState.PLANNED], "orion": []}
    assert len({request.received_at for slug in ("platform", "athena") for request in requests(everywhere, slug)}) == 1
    assert lena.post(f"{page}/cancel").status_code == 303
    assert states(everywhere) == {"platform": [RequestState.CANCELLED], "athena": [RequestState.CANCELLED], "orion": []}
    with clock.shifted(timedelta(hours=73)):
        work(everywhere)
    assert "lena@example.org" in accounts(everywhere)


def test_a_closing_account_can_be_hastened_and_leaves_the_other_academy_its_guest(everywhere):
    lena, page = close_later(everywhere)
    assert lena.post(f"{page}/begin").status_code == 200
    work(everywhere)
    assert states(everywhere) == {"platform": [RequestState.DONE], "athena": [RequestState.DONE], "orion": []}
    assert "lena@example.org" not in accounts(everywhere)
    assert people(everywhere, "orion")["Lena"] is None
    assert "Lena" not in people(everywhere, "athena")


def test_keeping_the_data_at_one_academy_stops_that_one_alone(everywhere):
    close_later(everywhere)
    there = sign_in(everywhere, "lena", "athena")
    assert there.post(f"/privacy/requests/{requests(everywhere, 'athena')[0].id}/cancel").status_code == 303
    with clock.shifted(timedelta(hours=73)):
        work(everywhere)
    assert states(everywhere) == {"platform": [RequestState.DONE], "athena": [RequestState.CANCELLED], "orion": []}
    assert "Lena" in people(everywhere, "athena")
