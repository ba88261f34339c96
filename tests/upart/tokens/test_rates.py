# SPDX-License-Identifier: MIT
"""How often a program may call: per token, per network, per academy, over all processes; and what it is told."""

from __future__ import annotations

import pytest
from calling import bearer, exchanged, made, me, registered
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.tokens import rates
from upart.tokens.minting import PERSONAL, mint


@pytest.fixture
def few(portal):
    """Limits that a test reaches."""
    portal.app.extensions[rates.METER].limits |= {"token": 6, "network": 12, "academy": 30, "wrong token": 3, "exchange": 3}


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
    limit = 300
    with portal.app.app_context():
        processes = [rates.Meter({"token": limit}) for _ in range(3)]
        passed = sum(processes[number % 3].count("token", "a").left >= 0 for number in range(3 * limit))
    assert limit <= passed <= limit + 2 * limit // rates.SHARE


def test_a_program_is_told_how_much_is_left(portal, few):
    token = made(portal)
    told = [me(portal, token).headers["RateLimit"] for _ in range(7)]
    assert [one.partition(";t=")[0] for one in told] == [f'"token";r={left}' for left in (5, 4, 3, 2, 1, 0, 0)]
    assert me(portal, token).headers["RateLimit-Policy"] == '"token";q=6;w=60'


def test_what_is_kept_for_all_visitors_is_not_counted(portal, few):
    vic = portal.visitor("athena")
    answers = [vic.get("/api/v1/courses") for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200}
    assert ["RateLimit" in answer.headers for answer in answers] == [True] + [False] * 39
    assert [vic.get(f"/api/v1/courses?limit={number}").status_code for number in range(1, 13)] == [200] * 11 + [429], "made anew each time"


def test_an_operator_sets_the_limits_or_takes_them_away(request, tmp_path):
    with request.getfixturevalue("_original_portal").copied(tmp_path, api_per_token=2, api_per_network=0, api_per_academy=0) as made_there:
        token, vic = made(made_there), made_there.visitor("athena")
        assert statuses(made_there, token, 3) == [200, 200, 429]
        answers = [vic.get(f"/api/v1/courses?limit={number % 100 + 1}&count=exact&sort=-title") for number in range(50)]
        assert {(answer.status_code, "RateLimit" in answer.headers) for answer in answers} == {(200, False)}


def test_while_nobody_can_write_each_process_counts_for_itself(portal, few, monkeypatch):
    token = made(portal)
    monkeypatch.setattr(rates, "add", lambda *values, **more: (_ for _ in ()).throw(OperationalError("UPDATE", None, Exception("locked"))))
    assert statuses(portal, token, 8) == [200] * 6 + [429] * 2
