# SPDX-License-Identifier: MIT
"""The sign-in address changes when both the old and the new one have confirmed."""

from __future__ import annotations

from people import mails, sign_in, token_in


def test_an_address_changes_when_both_have_confirmed(portal):
    lena = sign_in(portal, "lena")
    lena.post("/account/email", data={"email": "lena@new.example"})
    old, new = token_in(mails(portal, "lena@example.org")[0]), token_in(mails(portal, "lena@new.example")[0])
    assert lena.get(f"/account/email/confirm?token={new}").status_code == 200
    lena.post("/account/email/confirm", data={"token": new})
    assert "lena@example.org" in lena.get("/account/email").text
    assert "has changed" in lena.post("/account/email/confirm", data={"token": old}).text
    assert "lena@new.example" in lena.get("/account/email").text
