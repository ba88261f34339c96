# SPDX-License-Identifier: MIT
"""Officers are reminded 7 and 2 days before the deadline and after it; the platform hears of 21 days of silence."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from erasing import who
from people import mails, sign_in
from queueing import acts_of, make_officer, on, path, run, waiting

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.rights.actions.deciding import take
from upart.rights.actions.reminding import last_reminder
from upart.rights.models import RightsRequest

CAME = datetime(2027, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def to(portal, name, words) -> int:
    return len([mail for mail in mails(portal, f"{name}@example.org") if words in mail["Subject"]])


def test_ada_hears_7_and_2_days_before_and_after_it_once_each(portal):
    id = waiting(portal, at=CAME)  # due on 28 February
    heard = {}
    for day in range(18, 38):
        with on(CAME + day * DAY):
            run(portal, times=2)
            heard[(CAME + day * DAY).date()] = to(portal, "ada", "waits for you")
    assert [day for day, before in heard.items() if before > heard.get(day - DAY, 0)] == [
        date(2027, 2, 21),
        date(2027, 2, 26),
        date(2027, 3, 1),
        date(2027, 3, 8),
    ]
    assert acts_of(portal, id).count("reminded") == 4


@pytest.mark.parametrize(("today", "since"), [
    ("2028-02-21", None), ("2028-02-22", "2028-02-22"), ("2028-02-26", "2028-02-22"), ("2028-02-27", "2028-02-27"), ("2028-02-29", "2028-02-27"),
    ("2028-03-01", "2028-03-01"), ("2028-03-07", "2028-03-01"), ("2028-03-08", "2028-03-08"),
])  # fmt: skip
def test_in_a_leap_year_the_days_are_counted_from_29_february(today, since):
    with on(datetime.fromisoformat(f"{today}T12:00+00:00")):
        assert last_reminder(date(2028, 2, 29)) == (date.fromisoformat(since) if since else None)


def test_the_mail_says_which_right_and_when_and_names_nobody(portal):
    waiting(portal, at=CAME)
    with on(CAME + 21 * DAY):
        run(portal)
        text = mails(portal, "ada")[-1].get_body(("plain",)).get_content()
    assert ("Authority: answer by 28 February 2027, 7 days are left" in text, "Lena" in text) == (True, False)


def test_after_more_time_was_taken_ada_is_reminded_of_the_new_day(portal):
    id = waiting(portal, at=CAME)
    with on(CAME + 20 * DAY):
        sign_in(portal, "ada").post(path(id, "extend"), data={"why": "Three archives."})
    with on(CAME + 28 * DAY):
        run(portal)
        assert acts_of(portal, id).count("reminded") == 0
    with on(datetime(2027, 4, 23, 12, tzinfo=UTC)):
        run(portal)
        assert acts_of(portal, id).count("reminded") == 1


def test_day_21_without_a_human_is_told_to_the_platform_once_without_a_name(portal):
    id = waiting(portal, at=CAME)
    with on(CAME + 20 * DAY):
        run(portal)
        assert to(portal, "pia", "has not looked") == 0
    with on(CAME + 21 * DAY):
        run(portal, times=2)
        told = [mail for mail in mails(portal, "pia") if "Athena has not looked at a request for 21 days" in mail["Subject"]]
    text = told[0].get_body(("plain",)).get_content()
    assert len(told) == 1
    assert ("Authority: received on 31 January 2027" in text, "Lena" in text, "Orion" in text) == (True, False, False)
    assert acts_of(portal, id).count("reported") == 1


def test_an_act_of_ada_is_enough(portal):
    id = waiting(portal, at=CAME)
    with on(CAME + 3 * DAY):
        sign_in(portal, "ada").post(path(id, "note"), data={"note": "Looking at it."})
    with on(CAME + 30 * DAY):
        run(portal)
        assert to(portal, "pia", "has not looked") == 0


def test_a_run_that_died_between_mail_and_history_doubles_nothing(portal, monkeypatch):
    came = datetime(2027, 3, 1, 12, tzinfo=UTC)  # day 21 is no day of a reminder
    id = waiting(portal, at=came)
    with on(came + 21 * DAY), monkeypatch.context() as broken:
        broken.setattr("upart.rights.actions.reminding.enter", lambda *args: 1 / 0)
        run(portal)
        assert acts_of(portal, id) == ["received"]
    with on(came + 21 * DAY):
        run(portal)
        assert (to(portal, "pia", "has not looked"), acts_of(portal, id)) == (1, ["received", "reported"])


def test_nobody_is_bothered_with_what_ended_or_is_unproven(portal):
    ended = waiting(portal, at=CAME)
    with on(CAME + DAY):
        sign_in(portal, "ada").post(path(ended, "refuse"), data={"reason": "LegalClaimImpaired", "refused": "No."})
        portal.visitor("athena").post("/privacy/requests/new", data={"email": "lena@example.org", "kind": "access"})
    with on(CAME + 30 * DAY):
        run(portal)
        assert (to(portal, "ada", "wait"), to(portal, "pia", "has not")) == (0, 0)


def test_two_workers_remind_once(school):
    id = waiting(school, at=clock.now() - 25 * DAY)
    with school.writing("platform") as session:
        session.add(Person(name="Pia", email="pia@example.org", roles=["owner"]))
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _worker: run(school), range(2)))
    assert (to(school, "ada", "waits for you"), to(school, "pia", "has not looked")) == (1, 1)
    assert (acts_of(school, id).count("reminded"), acts_of(school, id).count("reported")) == (1, 1)


def test_two_officers_take_one_request_and_the_second_is_told(school):
    make_officer(school)
    id, theo = waiting(school), sign_in(school, "theo")
    with ThreadPoolExecutor(1) as other:
        with school.app.test_request_context(), school.writing("athena") as session, context.knowing(who(session, "Ada"), fresh=True):
            take(session.get(RightsRequest, {"academy_id": school.academy("athena").id, "id": id}))
            session.flush()
            second = other.submit(theo.post, path(id, "take"))
            time.sleep(0.7)  # theo's transaction has begun, and waits for ada's
        assert second.result().status_code == 409
    assert acts_of(school, id).count("taken") == 1
