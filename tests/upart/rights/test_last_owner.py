# SPDX-License-Identifier: MIT
"""The only owner of an academy asks to be erased: all goes but what an owner needs, and the rest when there is another one, or on day 30."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from erasing import answer_of, ask, outcome, text, who
from people import NEW, mails, sign_in, token_in, work
from sqlalchemy import select
from upart_quizbank.models import Answer

from upart import clock
from upart.accounts.models import Account, Person
from upart.cli import demo
from upart.cli.work import make_worker
from upart.jobs.worker import _is_on
from upart.mail.actions import send
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.beginning import cancel
from upart.rights.actions.custody import go_on
from upart.rights.models import RightsRequest

DAY = timedelta(days=1)


@pytest.fixture
def leaving(school):
    """Ada has answered a question and asked to be erased at once; what does not wait is done."""
    demo.fill(school.app, "platform")
    answer_of(school, "Ada")
    request = ask(school, "Ada")
    work(school)
    return school, request


def state(school, request, slug="athena") -> str:
    return outcome(school, request, slug)["state"]


def make_owner(school, name="Theo"):
    """Ada does it on the page of the person."""
    with school.reading("athena") as session:
        id = who(session, name).id
    answer = sign_in(school, "ada").post(f"/manage/people/{id}", data={"roles": ["owner", "teacher"]})
    assert answer.status_code == 303, answer.text


def test_her_other_data_go_at_once_and_she_stays_an_owner_who_is_told_what_to_do(leaving):
    school, request = leaving
    assert state(school, request) == "needs_transfer"
    with school.reading("athena") as session:
        assert session.scalars(select(Answer)).all() == []
        assert who(session, "Ada").roles == ["owner"]
    mail = mails(school, "ada@")[-1]
    said, day = mail.get_body(("plain",)).get_content(), (clock.now() + 30 * DAY).strftime("%-d %B %Y")
    assert mail["Subject"] == "Who shall own Athena?"
    assert day in said
    assert "lines are gone already" in said
    assert "Waits for a new owner" in sign_in(school, "ada").get(f"/privacy/requests/{request}").text
    assert sum(row["deleted"] for row in outcome(school, request)["tables"]) > 0


def test_the_rest_goes_by_itself_when_she_has_handed_over(leaving):
    school, request = leaving
    make_owner(school)
    work(school)
    assert state(school, request) == "done"
    assert "Ada" not in text(school).replace("ada@example.org", "")


def test_what_she_leaves_behind_while_she_waits_goes_too(leaving):
    school, request = leaving
    answer_of(school, "Ada", words="Written on day two.")
    make_owner(school)
    work(school)
    assert state(school, request) == "done"
    assert "Written on day two." not in text(school)


def test_on_day_30_the_academy_is_paused_and_she_is_gone(leaving):
    school, request = leaving
    with clock.shifted(29 * DAY):
        work(school)
        assert state(school, request) == "needs_transfer"
    with clock.shifted(30 * DAY + timedelta(hours=1)):
        work(school)
        assert state(school, request) == "done"
        told = [mail for mail in mails(school, "pia@") if mail["Subject"] == "Athena has no owner any more"]
        assert len(told) == 1
        vic = school.visitor("athena")
        assert [vic.get(path).status_code for path in ("/", "/courses/", "/sign-up", "/privacy/ask", "/sign-in")] == [503, 503, 200, 200, 200]
        assert "Athena is paused" in vic.get("/").text
    assert "Ada" not in text(school).replace("ada@example.org", "")


@pytest.fixture
def custody(leaving):
    """Day 30 is over."""
    school, _request = leaving
    with clock.shifted(30 * DAY + timedelta(hours=1)):
        work(school)
        yield school


def test_lena_can_still_use_her_rights_and_nothing_else(custody):
    lena = sign_in(custody, "lena")
    assert [lena.get(path).status_code for path in ("/privacy/mine", "/account/close", "/privacy/mine/erase", "/courses/")] == [200, 200, 200, 503]
    assert lena.post("/privacy/mine/archive").status_code == 303
    assert "copy" in mails(custody, "lena@")[-1]["Subject"].lower()
    assert lena.post("/privacy/mine/erase", data={"sure": "y", "now": "y"}).status_code == 200
    work(custody)
    assert "Lena" not in text(custody)


def test_no_mail_leaves_but_about_rights_and_safety(custody):
    with custody.writing("athena") as session:
        for purpose in (Purpose.NOTIFY, Purpose.SECURE):
            send(who(session, "Lena"), purpose, subject=f"About {purpose}", text="Words.")
    assert [mail["Subject"] for mail in mails(custody, "lena@")] == ["About secure"]


def test_a_job_of_a_plugin_waits_until_the_academy_has_an_owner(custody):
    plugin = next(plugin for plugin in custody.state.plugins.healthy() if plugin.id == "courses")
    assert not _is_on(plugin, custody.academy("athena"))
    with custody.writing("athena") as session:
        who(session, "Theo").roles = ["owner", "teacher"]
        go_on()
    custody.state.directory.close()
    assert _is_on(plugin, custody.academy("athena"))


def test_nobody_signs_up_while_it_is_paused(custody):
    answer = custody.visitor("athena").post("/sign-up", data={"name": "Mara", "email": "mara@example.org", "password": NEW})
    assert answer.status_code == 404


def test_the_platform_names_a_new_owner_and_all_answers_again(custody):
    pia = sign_in(custody, "pia")
    assert "Athena" in pia.get("/manage/").text
    assert "Athena" in pia.get("/manage/custody/").text
    assert pia.post("/manage/custody/", data={"academy": "athena", "name": "Nora", "email": "nora@example.org"}).status_code == 303
    nora = custody.visitor("athena")
    token = token_in(mails(custody, "nora@")[-1])
    assert nora.post("/invitation", data={"token": token, "name": "Nora", "email": "nora@example.org", "password": NEW}).status_code == 303
    work(custody)
    custody.state.directory.close()  # on PostgreSQL what is known of an academy may be half a second old
    assert custody.visitor("athena").get("/courses/").status_code == 200
    assert nora.get("/manage/").status_code == 200
    assert "Athena" not in pia.get("/manage/custody/").text


def test_custody_is_nobodys_business_but_the_platform_owners(custody):
    for name, at in (("lena", "athena"), ("odin", "orion")):
        browser = sign_in(custody, name, at)
        assert {browser.get("/manage/custody/").status_code, browser.post("/manage/custody/").status_code} <= {404, 503}
    asked = sign_in(custody, "pia").post("/manage/custody/", data={"academy": "orion", "name": "N", "email": "n@example.org"})
    assert asked.status_code == 422


def test_two_workers_do_each_of_it_once(leaving):
    school, request = leaving
    with clock.shifted(30 * DAY + timedelta(hours=1)), ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(make_worker(school.app).run_due) for _ in range(2)]:
            done.result(timeout=60)
        work(school)
        assert state(school, request) == "done"
        assert len([mail for mail in mails(school, "pia@") if "no owner any more" in mail["Subject"]]) == 1
    with school.reading("athena") as session:
        assert session.scalars(select(Person).where(Person.name == "Ada")).all() == []


def test_she_can_think_better_of_it_while_she_waits(leaving):
    school, request = leaving
    with school.app.test_request_context(), school.writing("athena") as session:
        cancel(session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one())
    with clock.shifted(31 * DAY):
        work(school)
    assert state(school, request) == "cancelled"
    assert sign_in(school, "ada").get("/manage/").status_code == 200


def test_her_account_waits_with_her(school):
    request = ask(school, "Ada", with_account=True)
    work(school)
    assert state(school, request) == "needs_transfer"
    make_owner(school)
    work(school)
    assert state(school, request) == "done"
    with school.everywhere() as session:
        assert "ada@example.org" not in session.scalars(select(Account.email)).all()


def test_of_two_owners_who_leave_together_one_stays_until_somebody_follows(school):
    with school.writing("athena") as session:
        who(session, "Theo").roles = ["owner", "teacher"]
    with ThreadPoolExecutor(2) as pool:
        asked = [one.result(timeout=60) for one in [pool.submit(ask, school, name) for name in ("Ada", "Theo")]]
    work(school)
    assert sorted(state(school, request) for request in asked) == ["done", "needs_transfer"]


def test_an_account_that_is_closed_on_the_platform_waits_for_the_academy_that_it_owns(school):
    demo.fill(school.app, "platform")
    with school.reading("orion") as session:
        account = who(session, "Odin").account_id
    with school.writing("platform") as session:
        session.add(Person(name="Odin", email="odin@example.org", account_id=account, roles=["learner"]))
    browser, ticked = sign_in(school, "odin", "platform"), [str(school.academy("orion").id)]
    assert browser.post("/account/close", data={"sure": "y", "now": "y", "academies": ticked}).status_code == 303
    work(school)
    assert states(school) == {"platform": ["needs_transfer"], "orion": ["needs_transfer"]}
    assert sign_in(school, "odin").get("/manage/").status_code == 200
    with clock.shifted(30 * DAY + timedelta(hours=2)):
        work(school)
    assert states(school) == {"platform": ["done"], "orion": ["done"]}
    with school.everywhere() as session:
        assert "odin@example.org" not in session.scalars(select(Account.email)).all()


def states(school) -> dict[str, list[str]]:
    found = {}
    for slug in ("platform", "orion"):
        with school.reading(slug) as session:
            found[slug] = [request.state.value for request in session.scalars(select(RightsRequest))]
    return found
