# SPDX-License-Identifier: MIT
"""How things stand: owners see their academy's matters, the platform the installation's; a check that fails stops no other."""

from __future__ import annotations

from datetime import timedelta

from people import night, sign_in, work

from upart import clock
from upart.academies.actions import disable_plugin
from upart.hooks.health import Finding, HealthCheck
from upart.jobs.models import Job, JobState
from upart.manage.models import HealthResult

PAGE = "/manage/health"


def has(portal, **words) -> None:
    """Give the courses plugin a check."""
    portal.state.plugins.get("courses").checks.append(HealthCheck(label="Chalk", **{"key": "courses.chalk", **words}))


def finds(verdict: str, text: str):
    return lambda: [Finding(verdict=verdict, text=text, remedy="Buy some.")]


def breaks():
    raise RuntimeError("lena@example.org")


def test_ada_reads_of_her_academy_and_nothing_of_the_installation(portal):
    page = sign_in(portal, "ada").get(PAGE)

    assert page.status_code == 200
    assert "No request about privacy is late." in page.text
    assert "Backups" not in page.text
    assert str(portal.state.config.instance) not in page.text


def test_pia_reads_of_the_installation_once_a_worker_has_looked(portal):
    pia = sign_in(portal, "pia")
    assert "Not looked at yet" in pia.get(PAGE).text
    night(portal)

    page = pia.get(PAGE).text
    assert "Not looked at yet" not in page
    assert "Each page of upart.sqlite is whole." in page
    assert "No backup was ever made here." in page


def test_nobody_else_learns_that_the_page_exists(portal):
    assert [sign_in(portal, name).get(PAGE).status_code for name in ("lena", "theo")] == [404, 404]
    assert portal.visitor("athena").get(PAGE).status_code == 303


def test_a_check_of_a_plugin_says_what_is_wrong_and_what_to_do(portal):
    has(portal, run=finds("critical", "No chalk is left."))
    page = sign_in(portal, "ada").get(PAGE).text

    assert "One thing is critical" in page
    assert "No chalk is left.<br><b>What to do:</b> Buy some." in page
    assert "No chalk is left." not in sign_in(portal, "pia").get(PAGE).text


def test_a_check_that_fails_is_shown_as_that_and_the_others_go_on(portal):
    has(portal, run=breaks)
    has(portal, key="courses.sponge", run=finds("recommended", "The sponge is dry."))
    page = sign_in(portal, "ada").get(PAGE).text

    assert "This check has failed itself: RuntimeError." in page
    assert "The sponge is dry." in page
    assert "lena@example.org" not in page.partition("<main")[2]


def test_a_check_that_finds_something_else_is_shown_as_that(portal):
    has(portal, run=lambda: ["fine"])

    assert "A check found str instead of a Finding." in sign_in(portal, "ada").get(PAGE).text


def test_a_slow_check_is_made_when_ada_asks_for_it_and_kept(portal):
    has(portal, run=finds("critical", "No chalk is left."), slow=True)
    ada = sign_in(portal, "ada")
    assert "No chalk is left." not in ada.get(PAGE).text
    assert ada.post(PAGE).status_code == 303
    work(portal)

    assert "No chalk is left." in ada.get(PAGE).text
    assert "One check says that something is critical" in ada.get("/manage/").text


def test_of_a_plugin_that_is_off_nothing_is_looked_at_or_kept(portal):
    has(portal, run=finds("critical", "No chalk is left."), slow=True)
    night(portal)
    with portal.writing("athena") as session:
        assert session.query(HealthResult).count() == 1
    with portal.writing("athena") as session:
        disable_plugin(session(), portal.academy("athena").id, "courses")
    night(portal)

    assert "chalk" not in sign_in(portal, "ada").get(PAGE).text
    with portal.writing("athena") as session:
        assert session.query(HealthResult).count() == 0


def test_ada_reads_that_work_has_failed(portal):
    with portal.writing("athena") as session:
        session.add(Job(task="mail.send", payload={}, run_at=clock.now() - timedelta(days=1), state=JobState.PARKED))

    assert "One piece of work has failed for good." in sign_in(portal, "ada").get(PAGE).text


def test_where_something_has_to_be_done_a_link_leads_there_and_nowhere_else(portal):
    has(portal, key="courses.board", run=finds("recommended", "The board is full."), page="health.look")
    has(portal, key="courses.keys", run=finds("recommended", "A key is lost."), page="nowhere.one")
    page = sign_in(portal, "ada").get(PAGE).text
    assert '<a href="/manage/health">Go there<' in page
    assert page.count("Go there") == 1
