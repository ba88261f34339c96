# SPDX-License-Identifier: MIT
"""From which age somebody agrees alone is said by the law of the academy's country, and by the highest age where nobody knows."""

from __future__ import annotations

import pytest
from choosing import HELD, became, choose, letter, offer_reminders, who
from people import sign_in

from upart.academies.actions import set_setting
from upart.consent.folding import band_of
from upart.consent.models import Band
from upart.errors import BadSetting


def move(portal, country: str) -> None:
    """Athena has its seat elsewhere now."""
    with portal.everywhere() as session:
        set_setting(session, portal.academy("athena").id, "country", country)


@pytest.mark.parametrize(("country", "words"), [("AT", "younger than 14"), ("SI", "younger than 15"), ("DE", "younger than 16"), ("US", "younger than 16")])
def test_lena_is_asked_as_her_academys_country_says(portal, country, words):
    lena = sign_in(portal, "lena")
    assert "younger than 16" in lena.get("/privacy/choices").text
    move(portal, country)
    assert words in lena.get("/privacy/choices").text


def test_a_country_that_is_none_is_refused(portal):
    with portal.everywhere() as session, pytest.raises(BadSetting, match="country"):
        set_setting(session, portal.academy("athena").id, "country", "Austria")


def test_who_said_14_to_17_in_austria_may_be_a_child_in_germany_until_she_says_it_again(portal):
    offer_reminders(portal)
    move(portal, "AT")
    lena = sign_in(portal, "lena")
    choose(lena, HELD, shown=(HELD,), age="young")
    letter(portal, "reminders")
    move(portal, "DE")
    assert became(portal) == [("refused", "consent")]
    assert "younger than 16" in lena.get("/privacy/choices").text
    choose(lena, HELD, shown=(HELD,), age="young")
    letter(portal, "reminders", subject="A lesson waits")
    assert became(portal, "A lesson waits") == [("sent", "")]
    move(portal, "AT")
    with portal.reading("athena") as session:
        assert band_of(who(session)) is Band.YOUNG
