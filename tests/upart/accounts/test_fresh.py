# SPDX-License-Identifier: MIT
"""Private data refuse to be printed for somebody who is merely recognised, also on a page whose author forgot to ask."""

from __future__ import annotations

import pytest
from people import idle, sign_in
from sqlalchemy import select

from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.db.types import Private
from upart.errors import SignInNeeded
from upart.hooks.plan import Dispatcher
from upart.hooks.routes import may, signed_in


@pytest.mark.parametrize(
    ("endpoint", "path", "forgetful"), [("account.email", "/account/email", signed_in), ("people.everybody", "/manage/people/", may("people.manage"))]
)
def test_a_page_that_forgot_to_ask_for_the_password_asks_all_the_same(portal, endpoint, path, forgetful):
    portal.state.policies[endpoint] = forgetful
    ada = idle(sign_in(portal, "ada", remember=True))
    answer = ada.get(path)
    assert answer.headers["Location"] == f"/sign-in/again?next={path}"
    assert "@example.org" not in answer.text
    assert "ada@example.org" in sign_in(portal, "ada").get(path).text


def test_a_page_may_say_why_it_shows_private_data_to_whoever_holds_a_link(portal):
    shown = {endpoint: policy.shows for endpoint, policy in portal.state.policies.items() if policy.shows}
    assert set(shown) == {
        "sign.confirm", "sign.confirm_sign_up", "sign.invitation", "sign.accept_invitation", "sign.hand_off",
        "account.confirm_email", "account.take_email", "links.follow", "links.act", "choices.mailed", "choices.change_by_link", "guarding.look", "guarding.answer",
    }  # fmt: skip
    assert all(len(why) > 20 for why in shown.values())


def test_an_address_is_text_everywhere_but_on_such_a_page(portal):
    with portal.reading("athena"):
        address = session.scalar(select(Person.email).where(Person.name == "Lena"))
        assert type(address) is Private
        assert address == "lena@example.org"
        assert address.__html__() == "lena@example.org"
        with context.knowing(None, fresh=False), pytest.raises(SignInNeeded):
            address.__html__()


def test_a_part_of_a_page_with_private_data_stays_away_and_its_plugin_unharmed(portal):
    dispatcher: Dispatcher = portal.state.dispatcher
    plugin = portal.state.plugins.get("courses")
    with context.knowing(None, fresh=False):
        assert dispatcher.isolated(plugin, Private("lena@example.org").__html__, "home.section") is None
    assert dispatcher.failures["courses"] == 0
