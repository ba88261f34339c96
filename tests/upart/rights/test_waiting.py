# SPDX-License-Identifier: MIT
"""Lena has 72 hours to think better of it, and can skip them."""

from __future__ import annotations

from datetime import timedelta

from erasing import who
from people import mails, sign_in, work
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.rights.models import RequestKind, RequestState, RightsRequest

SURE = {"sure": "y"}


def asked(portal, lena) -> str:
    """The address of her request."""
    answer = lena.post("/privacy/mine/erase", data=SURE)
    assert answer.status_code == 303
    return answer.headers["Location"]


def requests(portal) -> list[RightsRequest]:
    with portal.reading("athena") as session:
        return list(session.scalars(select(RightsRequest).order_by(RightsRequest.received_at)))


def is_there(portal) -> bool:
    with portal.reading("athena") as session:
        return session.scalar(select(Person.id).where(Person.name == "Lena")) is not None


def test_nothing_is_deleted_for_72_hours_and_then_all_of_it(portal):
    lena = sign_in(portal, "lena")
    page = lena.get(asked(portal, lena)).text
    assert "Waits for its time" in page
    assert "Keep my data" in page
    assert "Your data will be deleted" in mails(portal)[-1]["Subject"]
    with clock.shifted(timedelta(hours=71, minutes=59)):
        work(portal)
        assert is_there(portal)
        assert requests(portal)[0].state is RequestState.PLANNED
    with clock.shifted(timedelta(hours=72, minutes=1)):
        work(portal)
        assert not is_there(portal)
        assert requests(portal)[0].state is RequestState.DONE


def test_lena_thinks_better_of_it(portal):
    lena = sign_in(portal, "lena")
    path = asked(portal, lena)
    assert lena.post(f"{path}/cancel").status_code == 303
    assert "Taken back" in lena.get(path).text
    assert "taken back" in mails(portal)[-1]["Subject"]
    with clock.shifted(timedelta(hours=73)):
        work(portal)
    assert is_there(portal)
    assert requests(portal)[0].state is RequestState.CANCELLED


def test_lena_does_not_want_to_wait(portal):
    lena = sign_in(portal, "lena")
    answer = lena.post(f"{asked(portal, lena)}/begin")
    assert "Your data are being deleted" in answer.text
    work(portal)
    assert not is_there(portal)
    assert requests(portal)[0].state is RequestState.DONE


def test_asking_again_while_it_waits_shows_the_same_request_and_without_waiting_begins_it(portal):
    lena = sign_in(portal, "lena")
    assert asked(portal, lena) == asked(portal, lena)
    assert lena.post("/privacy/mine/erase", data={**SURE, "now": "y"}).status_code == 200
    work(portal)
    assert [request.state for request in requests(portal)] == [RequestState.DONE]


def test_what_has_begun_cannot_be_taken_back_nor_begun_twice(portal):
    lena, second = sign_in(portal, "lena"), sign_in(portal, "lena")
    path = asked(portal, lena)
    assert lena.post(f"{path}/begin").status_code == 200
    assert [second.post(f"{path}/{act}").status_code for act in ("cancel", "begin")] == [401, 401]


def test_theo_and_odin_cannot_touch_lenas_request(portal):
    path = asked(portal, sign_in(portal, "lena"))
    for name, slug in (("theo", "athena"), ("ada", "athena"), ("odin", "orion")):
        other = sign_in(portal, name, slug)
        assert [other.get(path).status_code, other.post(f"{path}/cancel").status_code, other.post(f"{path}/begin").status_code] == [404, 404, 404]
    assert requests(portal)[0].state is RequestState.PLANNED


def test_an_open_copy_ends_with_its_person(portal):
    lena = sign_in(portal, "lena")
    lena.post("/privacy/mine/archive")
    lena.post("/privacy/mine/erase", data={**SURE, "now": "y"})
    work(portal)
    assert {request.kind: request.state for request in requests(portal)} == {
        RequestKind.ACCESS: RequestState.CANCELLED, RequestKind.ERASE: RequestState.DONE,
    }  # fmt: skip


def test_somebody_who_became_the_last_owner_meanwhile_waits_for_a_new_one(portal):
    lena = sign_in(portal, "lena")
    asked(portal, lena)
    with portal.writing("athena") as session:
        who(session, "Lena").roles, who(session, "Ada").roles = ["owner"], ["learner"]
    with clock.shifted(timedelta(hours=73)):
        work(portal)
    assert requests(portal)[0].state is RequestState.NEEDS_TRANSFER
    assert is_there(portal)
