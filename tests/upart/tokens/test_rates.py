# SPDX-License-Identifier: MIT
"""How often a program may call: per token, per network, per academy, over all processes; and what it is told."""

from __future__ import annotations

from contextlib import suppress

import pytest
from calling import bearer, exchanged, made, me, registered
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.errors import Problem
from upart.tokens import rates
from upart.tokens.minting import PERSONAL, mint


@pytest.fixture
def few(monkeypatch):
    """Limits that a test reaches."""
    monkeypatch.setattr(rates, "LIMITS", {"token": 6, "network": 12, "academy": 30, "wrong token": 3, "exchange": 3})


def statuses(portal, token: str, times: int, network: int = 1) -> list[int]:
    address = {"REMOTE_ADDR": f"10.0.{network}.7"}
    return [portal.visitor("athena").get("/api/v1/me", headers=bearer(token), environ_overrides=address).status_code for _ in range(times)]


def test_a_token_that_calls_too_often_waits_and_nobody_else_does(portal, few):
    eager, other = made(portal), made(portal, "theo")
    assert statuses(portal, eager, 8) == [200] * 6 + [429] * 2
    answer = me(portal, eager)
    assert (answer.mimetype, answer.json["code"]) == ("application/problem+json", "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert statuses(portal, other, 1, network=2) == [200]
    with clock.shifted(rates.WINDOW):
        assert statuses(portal, eager, 1) == [200]


def test_one_network_with_many_tokens_and_many_networks_at_one_academy(portal, few):
    tokens = [made(portal, name) for name in ("lena", "theo", "ada")]
    assert [status for token in tokens for status in statuses(portal, token, 5)] == [200] * 12 + [429] * 3
    assert [statuses(portal, tokens[0], 1, network)[0] for network in range(2, 22)].count(429) > 0
    assert portal.visitor("athena").get("/courses/").status_code == 200, "pages are no calls"


def test_guessing_is_over_soon_and_harms_nobody_with_a_token(portal, few):
    token = made(portal)
    assert [statuses(portal, mint(PERSONAL), 1)[0] for _ in range(5)] == [401] * 3 + [429] * 2
    assert statuses(portal, token, 1) == [200]


def test_codes_are_not_guessed(portal, few):
    key = registered(portal)
    assert [exchanged(portal, key, mint("upart_code_")).status_code for _ in range(5)] == [400] * 3 + [429] * 2


def test_processes_count_together(portal):
    limit, passed = rates.LIMITS["token"], 0
    with portal.app.app_context():
        processes = [rates.Meter() for _ in range(3)]
        for number in range(3 * limit):
            with suppress(Problem):
                processes[number % 3].count("token", "a")
                passed += 1
    assert limit <= passed <= limit + 2 * limit // rates.SHARE


def test_while_nobody_can_write_each_process_counts_for_itself(portal, few, monkeypatch):
    token = made(portal)
    monkeypatch.setattr(rates, "add", lambda *values, **more: (_ for _ in ()).throw(OperationalError("UPDATE", None, Exception("locked"))))
    assert statuses(portal, token, 8) == [200] * 6 + [429] * 2
