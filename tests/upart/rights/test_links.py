# SPDX-License-Identifier: MIT
"""Whoever cannot sign in has rights too: a mailed link proves the mailbox, and says nothing to anybody else."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from erasing import who
from people import link_in, mails, sign_in, work
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Account, MailToken, Person
from upart.events.models import Event
from upart.keys import pseudonym
from upart.mail.models import MailMessage
from upart.rights.models import AskedBy, RequestState, RightsEntry, RightsRequest


def ask(portal, address="lena@example.org", kind="access", at="athena"):
    """Vic's browser asks; returns it and the answer."""
    browser = portal.visitor(at)
    return browser, browser.post("/privacy/ask", data={"email": address, "kind": kind})


def token(portal, address="lena@example.org") -> str:
    """The token in the newest mail to this address."""
    return link_in(mails(portal, address)[-1]).partition("token=")[2]


def confirmed(portal, address="lena@example.org", kind="access"):
    browser, _answer = ask(portal, address, kind)
    assert browser.post("/privacy/requests/confirm", data={"token": token(portal, address)}).status_code == 200
    return browser


def requests(portal, slug="athena") -> list[RightsRequest]:
    with portal.reading(slug) as session:
        return list(session.scalars(select(RightsRequest)))


def is_there(portal, name="Lena") -> bool:
    with portal.reading("athena") as session:
        return session.scalar(select(Person.id).where(Person.name == name)) is not None


def test_lena_has_lost_her_password_and_gets_her_copy_once(portal):
    browser = confirmed(portal)
    work(portal)
    path = link_in(mails(portal, "lena")[-1])
    assert browser.get(path).status_code == 200
    sent = browser.post("/privacy/requests/copy", data={"token": path.partition("token=")[2]})
    assert "access/core/person.json" in zipfile.ZipFile(io.BytesIO(sent.data)).namelist()
    assert browser.post("/privacy/requests/copy", data={"token": path.partition("token=")[2]}).status_code == 410
    [request] = requests(portal)
    assert (request.state, request.asked_by, request.addresses) == (RequestState.DONE, AskedBy.LINK, [])


def test_known_and_unknown_addresses_get_the_same_answer_the_same_rows_and_the_same_mail(portal):
    seen = []
    for address in ("lena@example.org", "nobody@example.org"):
        _browser, answer = ask(portal, address)
        text = mails(portal, address)[-1].get_body(("plain",)).get_content()
        with portal.everywhere() as session:
            rows = [len(session.scalars(select(model)).all()) for model in (RightsRequest, RightsEntry, MailToken, MailMessage)]
        seen.append((answer.status_code, answer.headers["Location"], text.partition("token=")[0], rows))
    (one, two) = seen
    assert one[:3] == two[:3]
    assert [after - before for before, after in zip(one[3], two[3], strict=True)] == [1, 1, 1, 1]


def test_an_unknown_address_hears_that_nobody_is_known_and_leaves_only_a_scrambled_mark(portal):
    confirmed(portal, "nobody@example.org", "erase")
    work(portal)
    assert mails(portal, "nobody")[-1]["Subject"] == "We know nobody with this address"
    [request] = requests(portal)
    with portal.reading("athena"):
        assert (request.state, request.addresses, request.address_digest) == (RequestState.DONE, [], pseudonym("nobody@example.org"))


def test_a_request_by_link_is_an_event_once_its_mailbox_is_proven(portal):
    browser, _answer = ask(portal)
    mine, events = token(portal), select(Event.type).where(Event.type == "rights.received")
    with portal.reading("athena") as session:
        assert session.scalars(events).all() == []
    browser.post("/privacy/requests/confirm", data={"token": mine})
    with portal.reading("athena") as session:
        assert session.scalars(events).all() == ["rights.received"]


def test_an_erasure_by_link_waits_can_be_taken_back_by_link_and_happens(portal):
    browser = confirmed(portal, kind="erase")
    path = link_in(mails(portal, "lena")[-1])
    assert "Keep my data" in browser.get(path).text
    assert "Taken back" in browser.post("/privacy/requests/follow", data={"token": path.partition("token=")[2], "act": "cancel"}).text
    assert is_there(portal)
    confirmed(portal, kind="erase")
    with clock.shifted(timedelta(hours=73)):
        work(portal)
        assert not is_there(portal)


def test_the_link_follows_and_hastens_an_erasure(portal):
    browser = confirmed(portal, kind="erase")
    last = token(portal)
    assert browser.post("/privacy/requests/follow", data={"token": last, "act": "begin"}).status_code == 200
    work(portal)
    assert not is_there(portal)
    assert browser.get(f"/privacy/requests/follow?token={last}").status_code == 410


def test_a_second_step_is_more_than_a_mailbox_so_a_human_looks_first(portal):
    with portal.everywhere() as session:
        session.scalars(select(Account).where(Account.email == "lena@example.org")).one().totp_on = True
    for kind in ("access", "erase"):
        confirmed(portal, kind=kind)
    work(portal)
    assert {request.state for request in requests(portal)} == {RequestState.NEEDS_DECISION}
    assert is_there(portal)


@pytest.mark.parametrize("broken", ["", "x" * 300, "a.b", "\x00"])
def test_forged_links_open_nothing(portal, broken):
    ask(portal)
    browser = portal.visitor("athena")
    for path in ("confirm", "follow", "copy"):
        assert browser.get(f"/privacy/requests/{path}", query_string={"token": broken}).status_code in (400, 410)
        assert browser.post(f"/privacy/requests/{path}", data={"token": broken}).status_code in (400, 410)


def test_a_link_opens_only_what_it_is_for_where_it_is_from_and_once(portal):
    browser, _answer = ask(portal)
    mine = token(portal)
    there = portal.visitor("orion")
    assert [there.get(f"/privacy/requests/{path}?token={mine}").status_code for path in ("confirm", "follow", "copy")] == [410, 410, 410]
    assert [browser.get(f"/privacy/requests/{path}?token={mine}").status_code for path in ("confirm", "follow", "copy")] == [200, 410, 410]
    assert requests(portal)[0].state is RequestState.VERIFYING
    assert [browser.post("/privacy/requests/confirm", data={"token": mine}).status_code for _ in range(2)] == [200, 410]


def test_what_nobody_confirms_is_forgotten_after_a_week(portal):
    ask(portal, "stranger@example.org")
    mine = token(portal, "stranger@example.org")
    with clock.shifted(timedelta(days=7, minutes=1)):
        assert portal.visitor("athena").post("/privacy/requests/confirm", data={"token": mine}).status_code == 410
        work(portal)
        assert requests(portal) == []


def test_fifty_requests_an_hour_are_too_many(portal):
    codes = [ask(portal, f"v{number % 3}@example.org")[1].status_code for number in range(50)]
    assert codes[:20] == [303] * 20
    assert set(codes[21:]) == {429}


def test_what_was_typed_stays(portal):
    _browser, answer = ask(portal, "no address", "delete everything")
    assert answer.status_code == 422
    assert "no address" in answer.text


def test_guests_have_rights_too(portal):
    with portal.writing("athena") as session:
        session.add(Person(name="Gus", email="gus@example.org", roles=[]))
    confirmed(portal, "gus@example.org", "erase")
    with clock.shifted(timedelta(hours=73)):
        work(portal)
    assert not is_there(portal, "Gus")
    assert is_there(portal)


def test_a_link_while_lena_has_asked_already_leads_to_her_request(portal):
    sign_in(portal, "lena").post("/privacy/mine/erase", data={"sure": "y"})
    browser = confirmed(portal, kind="erase")
    assert "Keep my data" in browser.get(link_in(mails(portal, "lena")[-1])).text
    with portal.writing("athena") as session:
        lena = who(session, "Lena")
        assert sorted(r.state for r in session.scalars(select(RightsRequest).where(RightsRequest.person_id == lena.id))) == [RequestState.PLANNED]
