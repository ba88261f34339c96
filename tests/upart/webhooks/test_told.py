# SPDX-License-Identifier: MIT
"""Programs are told what happens: signed, once more when they were away, and nothing of who is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hooking import endpoint, happens, log, receiver, said, set_up
from people import mails, sign_in, work
from restricting import restrict_at
from sqlalchemy import select, update
from standardwebhooks import Webhook, WebhookVerificationError

from upart import clock
from upart.accounts.models import Person
from upart.hooks.models import Installation
from upart.jobs.models import Job
from upart.testing.faults import every_kill
from upart.webhooks.delivering import RETRIES, clear_log, next_try
from upart.webhooks.feeding import DELIVER
from upart.webhooks.models import Delivery, DeliveryState, Reason


def test_adas_program_is_told_and_a_library_that_is_not_ours_believes_it(portal):
    with receiver(portal) as program:
        secret = set_up(portal, program.url)
        id = happens(portal)
        work(portal)
        (told,) = program.read(secret)
    (one,) = log(portal)
    lena = str(person(portal).id)
    assert {**told, "at": ""} == {
        "id": str(id),
        "type": "people.joined",
        "at": "",
        "academy": "athena",
        "object": {"table": "person", "id": lena},
        "actor": lena,
    }
    assert program.ids == [f"msg_{one.id.hex}"]
    assert (one.state, one.status, one.tries) == (DeliveryState.DELIVERED, 200, 1)
    assert portal.breaches() == []


def test_nobody_else_can_speak_as_the_portal(portal):
    with receiver(portal) as program:
        secret = set_up(portal, program.url)
        happens(portal)
        work(portal)
    headers, body = program.got[0]
    for changed in (
        (headers, body.replace(b"athena", b"orion!")),
        ({**headers, "webhook-id": "msg_other"}, body),
        ({**headers, "webhook-timestamp": "1"}, body),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed[1], changed[0])


def test_a_message_holds_ids_and_nothing_else_of_lena(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        happens(portal)
        work(portal)
    headers, body = program.got[0]
    assert set(said(body)) == {"id", "type", "at", "academy", "object", "actor"}
    assert not any(word in (body + str(headers).encode()).lower() for word in (b"lena", b"example.org"))


def test_while_the_secret_is_changed_both_count_and_after_a_day_only_the_new_one(portal):
    with receiver(portal) as program:
        former = set_up(portal, program.url)
        page = sign_in(portal, "ada").post(f"/manage/webhooks/{endpoint(portal).id}/rotate").text
        new = page.replace("&#43;", "+").partition("whsec_")[2].partition("<")[0]
        happens(portal)
        work(portal)
        assert program.read(f"whsec_{new}") == program.read(former)
        with clock.shifted(timedelta(hours=25)):
            happens(portal)
            work(portal)
        assert len(program.got[-1][0]["webhook-signature"].split()) == 1


def test_a_program_that_was_away_for_a_day_misses_nothing(portal):
    with receiver(portal) as program:
        secret = set_up(portal, program.url)
        program.status = None
        happens(portal)
        for hours in (0, 0.01, 0.1, 1, 4, 10, 20):
            with clock.shifted(timedelta(hours=hours)):
                work(portal)
        (one,) = log(portal)
        assert (one.state, one.status, one.problem) == (DeliveryState.WAITING, None, "connection")
        assert one.tries >= 6
        program.status = 200
        program.got.clear()
        with clock.shifted(timedelta(hours=34)):
            work(portal)
        assert [headers["webhook-id"] for headers, _body in program.got] == [f"msg_{one.id.hex}"]
    assert secret
    assert log(portal)[0].state is DeliveryState.DELIVERED
    assert endpoint(portal).failing_since is None


def test_what_was_given_up_is_sent_again_when_ada_asks_with_the_same_id(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        with portal.everywhere() as session:
            happens(portal)
            session.execute(update(Delivery).values(state=DeliveryState.FAILED, next_at=None, tries=10).execution_options(synchronize_session=False))
        work(portal)
        assert program.got == []
        ada, path = sign_in(portal, "ada"), f"/manage/webhooks/{endpoint(portal).id}"
        assert "Send again the one that was given up" in ada.get(path).text
        assert ada.post(f"{path}/replay").status_code == 303
        ada.post(f"{path}/replay", data={"delivery": log(portal)[0].id})
        work(portal)
        assert program.ids == [f"msg_{log(portal)[0].id.hex}"]


def test_retries_take_three_days_and_then_it_is_over():
    now = clock.now()
    waits = [(next_try(tries, now) - now).total_seconds() for tries in range(1, len(RETRIES))]
    assert [round(wait / base) for wait, base in zip(waits, RETRIES[1:], strict=True)] == [1] * 9
    assert all(base <= wait <= base * 1.1 for wait, base in zip(waits, RETRIES[1:], strict=True))
    assert next_try(len(RETRIES), now) is None


def test_a_program_that_says_it_is_gone_is_left_alone_and_ada_is_told(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        program.status = 410
        happens(portal)
        work(portal)
        happens(portal)
        work(portal)
        assert len(program.got) == 1
    assert endpoint(portal).reason is Reason.GONE
    assert "answered that it is gone" in mails(portal, "ada")[-1].get_body(("plain",)).get_content()
    assert portal.breaches() == []


def test_a_program_that_takes_nothing_for_days_is_switched_off_and_ada_is_told(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        program.status = 500
        happens(portal)
        work(portal)
        with clock.shifted(timedelta(days=3, hours=1)):
            work(portal)
            (mail,) = [mail for mail in mails(portal, "ada") if "webhook" in mail["Subject"]]
    assert "For three days nothing has arrived there" in mail.get_body(("plain",)).get_content()
    assert (endpoint(portal).reason, log(portal)[0].state) == (Reason.FAILING, DeliveryState.FAILED)


def test_one_that_does_not_answer_holds_up_no_other(portal):
    with receiver(portal) as dead, receiver(portal) as alive:
        set_up(portal, dead.url)
        set_up(portal, alive.url)
        dead.status = None
        for _ in range(5):
            happens(portal)
        work(portal)
        assert (len(dead.got), len(alive.got)) == (1, 5)


def test_nobody_is_sent_elsewhere(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        program.status = 302
        happens(portal)
        work(portal)
        assert len(program.got) == 1
    assert (log(portal)[0].status, log(portal)[0].problem) == (302, "redirect")


def test_an_inner_address_is_called_only_where_the_operator_permits_it(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        portal.app.extensions["upart_config"] = portal.state.config
        happens(portal)
        work(portal)
        assert program.got == []
    assert log(portal)[0].problem == "address"


def test_of_somebody_restricted_nothing_goes_out(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        happens(portal)
        restrict_at(portal, "Lena")
        work(portal)
        assert program.got == []
    assert log(portal)[0].state is DeliveryState.WITHHELD


def test_odin_sees_nothing_of_it_and_is_told_nothing(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        happens(portal, "Odin", academy="orion")
        work(portal)
        assert program.got == []
        odin = sign_in(portal, "odin")
        path = f"/manage/webhooks/{endpoint(portal).id}"
        assert program.url not in odin.get("/manage/webhooks/").text
        answers = [odin.get(path), odin.get(f"{path}/edit"), *(odin.post(f"{path}/{act}") for act in ("edit", "rotate", "switch", "replay", "remove"))]
        assert {answer.status_code for answer in answers} == {404}
        assert {sign_in(portal, name).get("/manage/webhooks/").status_code for name in ("theo", "lena")} == {404}


def test_a_copy_of_the_installation_tells_nobody(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        happens(portal)
        with portal.everywhere() as session:
            session.add(Installation(instance_id="somebody else"))
        work(portal)
        assert program.got == []


def test_a_worker_killed_between_sending_and_noting_sends_once_more_with_the_same_id(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        work(portal)
        ids = []
        for where in every_kill(lambda: work(portal), installation=portal, before=lambda: (program.got.clear(), happens(portal))):
            with portal.everywhere() as session:
                session.execute(update(Job).where(Job.task == DELIVER).values(lease_until=clock.now()).execution_options(synchronize_session=False))
            work(portal)
            ids.append((where, len(program.ids), len(set(program.ids))))
            assert portal.breaches() == []
        assert all(known == 1 for _where, _times, known in ids), ids
        assert max(times for _where, times, _known in ids) == 2, ids
    assert {one.state for one in log(portal)} == {DeliveryState.DELIVERED}


def test_the_log_goes_back_thirty_days(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        happens(portal)
        work(portal)
    with portal.app.app_context():
        clear_log()
        assert len(log(portal)) == 1
        with clock.shifted(timedelta(days=31)):
            clear_log()
    assert log(portal) == []


def person(portal, name="Lena"):
    with portal.reading("athena") as session:
        return session.scalars(select(Person).where(Person.name == name)).one()
