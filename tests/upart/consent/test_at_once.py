# SPDX-License-Identifier: MIT
"""Two tabs, two browsers, a mail program that follows links: what comes at once is decided one after the other, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from choosing import offer_reminders, stands, who
from sqlalchemy import delete, func, select

from upart.accounts.models import Account, MailToken, Person, TokenPurpose
from upart.consent.actions import choose, save, say_age
from upart.consent.folding import history_of
from upart.consent.guardians import ask_guardian
from upart.consent.models import AgeBand, Band, ConsentEvent, Guardian
from upart.errors import Problem
from upart.testing import Installation

TIMES = 6


@pytest.fixture
def school(installation) -> Installation:
    """Athena, where Lena learns."""
    with installation.everywhere() as session:
        session.add(account := Account(email="lena@example.org", password_hash="none"))
        session.flush()
        session.add(Person(academy_id=installation.academy("athena").id, account_id=account.id, name="Lena", email="lena@example.org", roles=["learner"]))
    offer_reminders(installation)
    return installation


def at_once(school: Installation, *acts) -> None:
    """Do these, each in a door of its own, as far as possible at the same time; raises what one of them raises."""

    def run(act) -> None:
        with school.app.test_request_context(), school.writing("athena") as session:
            act(session)

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result(timeout=60)


def count(school: Installation, model) -> int:
    with school.reading("athena") as session:
        return session.scalar(select(func.count(model.id)))


def test_a_stranger_who_agrees_twice_becomes_one_guest(school):
    wanted = {("newsletter", "email"): True}
    at_once(school, *[lambda session: save("vic@example.org", wanted, "link", band=Band.ADULT)] * TIMES)
    assert (count(school, Person), count(school, AgeBand)) == (2, 1)
    assert stands(school, "vic@example.org") == {"newsletter|email": "given"}


def test_her_age_said_in_two_tabs_is_kept_once(school):
    at_once(school, *[lambda session, band=band: say_age(who(session), band) for band in (*Band, *Band)])
    assert count(school, AgeBand) == 1


def test_yes_and_no_at_once_come_to_one_of_them_and_the_history_tells_them_in_turn(school):
    at_once(school, *[lambda session, yes=bool(at % 2): choose(who(session), "updates", "email", yes, "page") for at in range(TIMES)])
    with school.reading("athena") as session:
        told = [one.choice.value == "given" for one in history_of(who(session))]
    assert len(told) > 0
    assert all(one is not other for one, other in zip(told, told[1:], strict=False))


def test_two_guardians_named_at_once_one_of_them_is_asked(school):
    at_once(school, lambda session: say_age(who(session), Band.CHILD))
    names = [f"guardian{at}@example.org" for at in range(TIMES)]
    at_once(school, *[lambda session, name=name: ask_guardian(who(session), [("reminders", "email")], name) for name in names])
    with school.reading("athena") as session:
        assert session.scalar(select(func.count(MailToken.id)).where(MailToken.purpose == TokenPurpose.GUARDIAN)) == 1


def test_who_is_erased_meanwhile_decides_nothing(school):
    with school.app.test_request_context(), school.writing("athena") as session:
        lena = who(session)
        session.execute(delete(Person).where(Person.id == lena.id).execution_options(synchronize_session=False))
        for act in (lambda: choose(lena, "updates", "email", True, "page"), lambda: say_age(lena, Band.ADULT)):
            with pytest.raises(Problem, match="no longer here"):
                act()
    assert (count(school, ConsentEvent), count(school, Guardian)) == (0, 0)
