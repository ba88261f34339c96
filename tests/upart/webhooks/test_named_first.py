# SPDX-License-Identifier: MIT
"""A company is told nothing by a webhook before the privacy policy has named it, with its country, for thirty days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hooking import endpoint, happens, log, receiver, set_up
from people import sign_in, work
from policies import publish, read

from upart import clock
from upart.webhooks.models import DeliveryState

CHAT = {"run_by": "Chat GmbH", "country": "DE"}


@pytest.fixture
def told(portal):
    """Ada's policy is published; afterwards she sets up a webhook of a company."""
    with receiver(portal) as program:
        set_up(portal, program.url, **CHAT)
        yield program


def test_a_company_is_told_nothing_before_the_policy_names_it(portal, told):
    happens(portal)
    work(portal)
    page = sign_in(portal, "ada").get(f"/manage/webhooks/{endpoint(portal).id}").text
    assert told.got == []
    assert (log(portal)[0].state, log(portal)[0].problem) == (DeliveryState.WITHHELD, "unnamed")
    assert "The privacy policy in force does not name Chat GmbH yet." in page
    assert "Your privacy policy names it" not in page
    assert portal.breaches() == []


def test_it_is_told_from_the_day_on_that_was_announced_and_not_earlier(portal, told):
    publish(portal)
    assert "Chat GmbH" in read(portal)
    happens(portal)
    work(portal)
    assert told.got == []
    with clock.shifted(timedelta(days=31)):
        happens(portal)
        work(portal)
        assert len(told.got) == 1
        assert "Your privacy policy names it" in sign_in(portal, "ada").get(f"/manage/webhooks/{endpoint(portal).id}").text


def test_it_is_not_told_in_a_country_that_the_policy_does_not_name(portal, told):
    publish(portal)
    with clock.shifted(timedelta(days=31)):
        moved = {"url": told.url, "events": ["people.joined"], **CHAT, "country": "US", "safeguard": "standard clauses"}
        ada = sign_in(portal, "ada")
        assert ada.post(f"/manage/webhooks/{endpoint(portal).id}/edit", data=moved).status_code == 303
        happens(portal)
        work(portal)
        assert told.got == []
        assert "names another country for Chat GmbH" in ada.get(f"/manage/webhooks/{endpoint(portal).id}").text


def test_what_was_held_back_cannot_be_sent_by_hand_before_its_day(portal, told):
    happens(portal)
    work(portal)
    ada, path = sign_in(portal, "ada"), f"/manage/webhooks/{endpoint(portal).id}/replay"
    assert ada.post(path, data={"delivery": log(portal)[0].id}).status_code == 409
    work(portal)
    assert told.got == []


def test_the_academys_own_program_is_told_at_once(portal):
    with receiver(portal) as program:
        set_up(portal, program.url)
        happens(portal)
        work(portal)
        assert len(program.got) == 1
