# SPDX-License-Identifier: MIT
"""What needs a human stands in one list: what is due first, then what presses most; only what somebody may see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from people import sign_in

from upart import clock
from upart.accounts.models import Person
from upart.hooks.matters import Matter, Waiting
from upart.jobs.models import Job, JobState
from upart.manage.models import Work, WorkState


def waits(portal, *matters: Matter, permission: str = "", key: str = "courses.chalk") -> None:
    """Let the courses plugin have something that needs a human."""
    portal.state.plugins.get("courses").waiting.append(Waiting(key=key, matters=lambda: matters, permission=permission))


def matter(title: str, **words) -> Matter:
    return Matter(title=title, url="/manage/", verb="Look at it", **words)


def listed(portal, name: str = "ada") -> list[str]:
    """The headings of the list."""
    page = sign_in(portal, name).get("/manage/").text
    return re.findall(r"<h3>([^<]*)</h3>", page[page.index('id="needs"') :].partition("</section>")[0])


def test_what_is_due_first_stands_first_then_what_presses_most(portal):
    day = datetime(2030, 5, 1, tzinfo=UTC)
    late, soon = matter("Late", due=day.date(), kind="info"), matter("Soon", due=day + timedelta(days=1), kind="info")
    waits(portal, matter("Some day", kind=""), matter("Broken", kind="bad"), soon, late)

    assert listed(portal)[:3] == ["Late", "Soon", "Broken"]
    assert listed(portal)[-1] == "Some day"


def test_only_who_has_the_permission_sees_it_and_other_academies_see_nothing(portal):
    waits(portal, matter("Secret"), permission="courses.nobody")
    waits(portal, matter("Open"), key="courses.sponge")

    assert "Open" in listed(portal)
    assert "Secret" not in listed(portal)
    assert "Open" not in listed(portal, "pia")


def test_a_source_that_fails_is_left_out_and_the_others_are_there(portal):
    portal.state.plugins.get("courses").waiting.append(Waiting(key="courses.sponge", matters=lambda: 1 // 0))
    waits(portal, matter("Open"))

    assert "Open" in listed(portal)
    assert portal.state.dispatcher.failures["courses"] == 1


def test_failed_work_is_counted_with_the_day_of_the_oldest(portal):
    with portal.writing("athena") as session:
        for days in (3, 1):
            session.add(Job(task="mail.send", payload={}, run_at=clock.now() - timedelta(days=days), state=JobState.PARKED))
    page = sign_in(portal, "ada").get("/manage/").text

    assert "2 pieces of work have failed" in page
    assert f'since <time datetime="{clock.now() - timedelta(days=3):%Y-%m-%d}' in page


def test_an_import_that_left_rows_out_waits_for_whoever_began_it(portal):
    with portal.writing("athena") as session:
        ada = session.query(Person).filter_by(name="Ada").one()
        session.add(Work(person_id=ada.id, task="x", title="Bring people in", state=WorkState.DONE, numbers={"added": 2, "left": 3}))
        session.add(Work(person_id=None, task="x", title="Another", state=WorkState.DONE, numbers={"left": 3}))
    page = sign_in(portal, "ada").get("/manage/").text

    assert "Ended: Bring people in" in page
    assert "3 rows were left out. See why." in page
    assert "Ended: Another" not in page
