# SPDX-License-Identifier: MIT
"""A new password, chosen or after the old one was forgotten, signs out everywhere."""

from __future__ import annotations

from people import NEW, PASSWORD, is_in, mails, sign_in, token_in


def test_a_copied_cookie_ends_with_a_new_password(portal):
    lena, other = sign_in(portal, "lena"), sign_in(portal, "lena", remember=True)
    assert lena.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303
    assert is_in(lena)
    assert not is_in(other)
    assert is_in(sign_in(portal, "lena", password=NEW))
    assert "password was changed" in mails(portal, "lena")[0].get_body(("plain",)).get_content()


def test_a_forgotten_password_is_set_by_a_link_once_and_signs_out_everywhere(portal):
    lena, browser = sign_in(portal, "lena"), portal.visitor("athena")
    known = browser.post("/reset-password", data={"email": "lena@example.org"})
    unknown = browser.post("/reset-password", data={"email": "nobody@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert mails(portal, "nobody") == []
    token = token_in(mails(portal, "lena")[0])
    assert browser.get(f"/reset-password/new?token={token}").status_code == 200
    assert is_in(lena)
    assert browser.post("/reset-password/new", data={"token": token, "password": NEW}).status_code == 303
    assert not is_in(lena)
    assert browser.post("/reset-password/new", data={"token": token, "password": "another new one"}).status_code == 410
    assert is_in(sign_in(portal, "lena", password=NEW))
