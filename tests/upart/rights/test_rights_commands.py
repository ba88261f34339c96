# SPDX-License-Identifier: MIT
"""Officers and operators see requests from the command line, and try what is open now."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from erasing import given_to, who
from people import work
from sqlalchemy import select
from toil import command

from upart import clock
from upart.rights.actions import archiving
from upart.rights.actions.archiving import ask_for_archive
from upart.rights.actions.asking import ask_to_erase
from upart.rights.models import RequestState, RightsRequest

KEYS = {"request", "academy", "kind", "state", "received_on", "due_on", "person"}


@pytest.fixture
def upart(portal):
    instance = portal.state.config.instance
    (instance / "upart.toml").touch()
    return lambda *words: command(instance, "rights", *words)


def test_list_and_show_name_nobody(portal, upart):
    with portal.writing("athena") as session:
        id = ask_to_erase(who(session, "Lena"), waits=True).id
    [row] = json.loads(upart("list", "--academy", "athena", "--json").output)
    assert set(row) == KEYS
    assert (row["request"], row["kind"], row["state"]) == (str(id), "erase", "planned")
    shown = upart("show", str(id), "--json")
    assert set(json.loads(shown.output)) == KEYS | {"steps", "receipt"}
    assert "Lena" not in shown.output
    assert json.loads(upart("list", "--academy", "orion", "--json").output) == []


def test_what_is_no_request_is_said(portal, upart):
    answer = upart("show", str(uuid4()))
    assert answer.exit_code == 1
    assert "There is no request" in answer.output
    assert upart("show", "no-id").exit_code == 2
    assert "No requests." in upart("list").output


def test_run_tries_an_open_step_now_and_does_not_wait_for_its_time(portal, upart, monkeypatch):
    def broken(*values, **more):
        raise OSError("the archive cannot be written")

    with portal.writing("athena") as session:
        ask_for_archive(who(session, "Lena"))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(archiving, "write_archive", broken)
        for hour in range(3):
            with clock.shifted(timedelta(hours=hour)):
                work(portal)
    with portal.reading("athena") as session:
        assert session.scalars(select(RightsRequest.state)).one() is RequestState.PARTIALLY_DONE
    assert "No step is left open." in upart("run").output


def test_before_an_erasure_it_is_said_who_outside_will_be_told(portal, upart):
    given_to(portal, "Lena", "Choir Ltd")
    words = ("erase", "lena@example.org", "--academy", "athena", "--dry-run")
    assert "Choir Ltd: told by somebody of the academy" in upart(*words).output
    found = json.loads(upart(*words, "--json").output)
    assert found["recipients"] == [{"name": "Choir Ltd", "received": ["person.email"]}]
    assert {"name": "mail files", "recipient": None, "received": []} in found["stores"]
