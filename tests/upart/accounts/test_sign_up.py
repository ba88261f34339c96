# SPDX-License-Identifier: MIT
"""Sign up: the address is confirmed by whoever chose the password; nobody learns who has an account."""

from __future__ import annotations

from people import NEW, is_in, link_in, mails, sign_up, token_in


def test_mara_signs_up_confirms_and_is_in(portal):
    mara = sign_up(portal)
    link = link_in(mails(portal, "mara")[0])
    assert not is_in(mara)
    for _ in range(2):
        assert mara.get(link).status_code == 200
        assert mara.open(link, method="HEAD").status_code == 200
    assert not is_in(mara)

    answer = mara.post("/sign-up/confirm", data={"token": link.partition("token=")[2], "password": NEW})
    assert answer.headers["Location"].endswith("/sign-in/check?next=/courses/")
    assert mara.get(answer.headers["Location"]).headers["Location"] == "/courses/"
    assert is_in(mara)
    assert mara.get(link).status_code == 410


def test_whoever_confirms_must_know_the_password_that_was_chosen(portal):
    sign_up(portal, password="chosen by somebody else")
    token, victim = token_in(mails(portal, "mara")[0]), portal.visitor("athena")
    answer = victim.post("/sign-up/confirm", data={"token": token, "password": NEW})
    assert answer.status_code == 422
    assert not is_in(victim)


def test_signing_up_with_a_known_address_looks_alike(portal):
    new, known = sign_up(portal), sign_up(portal, email="lena@example.org")
    assert new.get("/sign-up/sent").data == known.get("/sign-up/sent").data
    assert "have an account" in mails(portal, "lena")[0]["Subject"]


def test_closed_means_closed(portal):
    with portal.everywhere() as session:
        from upart.academies.actions import raise_epoch
        from upart.academies.models import AcademySetting

        session.add(AcademySetting(academy_id=portal.academy("athena").id, key="sign_up", value="invited"))
        raise_epoch(session, portal.academy("athena").id)
    browser = portal.visitor("athena")
    assert "by invitation" in browser.get("/sign-up").text
    assert browser.post("/sign-up", data={"name": "Mara", "email": "mara@example.org", "password": NEW}).status_code == 404
