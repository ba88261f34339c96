# SPDX-License-Identifier: MIT
"""Ada sees what the portal could not do, why, and what to do about it; nobody else does."""

from __future__ import annotations

import pytest
from people import PASSWORD, idle, sign_in
from sink import listening, mail_goes
from toil import later, work

from upart.jobs.models import Job


def ask_for_mail(portal, email: str = "lena@example.org") -> None:
    portal.visitor("athena").post("/reset-password", data={"email": email})


@pytest.fixture
def parked(portal):
    """Lena's link could not be sent for hours: there is no mail server."""
    mail_goes(portal, "smtp://127.0.0.1:1")
    ask_for_mail(portal)
    for n in range(8):
        with later(hours=8 * n):
            work(portal)


def test_ada_finds_the_cause_and_lets_it_be_tried_again(portal, parked):
    ada = sign_in(portal, "ada")
    assert "One piece of work has failed" in ada.get("/manage/").text
    page = ada.get("/manage/jobs").text
    assert "Send a message" in page
    assert "The mail server cannot be reached." in page
    assert "UPART_MAIL_URL" in page
    path = page.partition('action="/manage/jobs/')[2].partition('"')[0]
    with listening() as sink:
        mail_goes(portal, sink.url())
        assert ada.post(f"/manage/jobs/{path}").status_code == 303
        work(portal)
        assert [message["To"] for message in sink.messages] == ["lena@example.org"]
    assert "Nothing has failed" in ada.get("/manage/jobs").text


def test_what_failed_at_athena_is_nobody_elses_business(portal, parked):
    odin, theo = sign_in(portal, "odin"), sign_in(portal, "theo")
    assert "Nothing has failed" in odin.get("/manage/jobs").text
    assert theo.get("/manage/jobs").status_code == 404
    with portal.everywhere() as session:
        id = session.query(Job).filter_by(task="mail.send").one().id
    assert odin.post(f"/manage/jobs/{id}/again").status_code == 404
    assert theo.post(f"/manage/jobs/{id}/again").status_code == 404


def test_ada_sees_which_messages_did_not_arrive_and_what_to_do(portal):
    with listening() as sink:
        mail_goes(portal, sink.url())
        sink.says["RCPT"] = "550 no such user"
        ask_for_mail(portal)
        work(portal)
    ada = sign_in(portal, "ada")
    assert "One message did not arrive" in ada.get("/manage/").text
    page = ada.get("/manage/mail").text
    assert "lena@example.org" in page
    assert "This address does not exist or takes no mail." in page
    assert "550" in page
    assert "All mail has arrived" in sign_in(portal, "odin").get("/manage/mail").text


def test_addresses_are_shown_only_shortly_after_the_password(portal):
    ada = idle(sign_in(portal, "ada", remember=True))
    asked = ada.get("/manage/mail")
    assert asked.status_code == 303
    assert ada.post("/sign-in/again", data={"password": PASSWORD, "next": "/manage/mail"}).headers["Location"] == "/manage/mail"


def test_what_is_tried_again_by_itself_says_so(portal):
    mail_goes(portal, "smtp://127.0.0.1:1")
    ask_for_mail(portal)
    work(portal)
    page = sign_in(portal, "ada").get("/manage/jobs").text
    assert "Tried again by itself" in page
    assert "Nothing has failed" in page
