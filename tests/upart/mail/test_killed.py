# SPDX-License-Identifier: MIT
"""Killed at every step of sending: nobody is left out, and a message that is sent twice is known by its id."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from letters import files, states, write
from sink import listening, mail_goes
from toil import jobs, later, work

from upart.testing import every_kill


def test_into_files_each_message_is_written_once(toiling):
    rounds, where = 0, []

    def ask() -> None:
        nonlocal rounds
        rounds += 1
        write(toiling, f"Letter {rounds}", to=f"p{rounds}@example.org", dedupe_key=f"letter {rounds}")

    for at in every_kill(lambda: work(toiling), installation=toiling, before=ask):
        where.append(at)
        write(toiling, f"Letter {rounds}", to=f"p{rounds}@example.org", dedupe_key=f"letter {rounds}")
        with later(hours=1):
            work(toiling)
        assert Counter(message["To"] for message in files(toiling)) == {f"p{n}@example.org": 1 for n in range(1, rounds + 1)}, at
        assert set(states(toiling)) == {("sent", "")}
        assert jobs(toiling) == []
        assert toiling.breaches() == []
    print(f"killed at {len(where)} boundaries")
    assert "before os.rename" in where
    assert len(where) >= 5


@pytest.mark.parametrize("toiling", ["sqlite", *(["postgresql"] if os.environ.get("UPART_DEEP") else [])], indirect=True)
def test_over_a_server_each_message_arrives_and_a_second_copy_has_its_id(toiling):
    where = []
    with listening() as sink:
        mail_goes(toiling, sink.url())
        for at in every_kill(
            lambda: work(toiling), installation=toiling, before=lambda: write(toiling, f"Letter {len(where)}", to=f"p{len(where)}@example.org")
        ):
            where.append(at)
            with later(hours=len(where)):
                work(toiling)
            assert toiling.breaches() == [], at
        got = Counter(message["Message-ID"] for message in sink.messages)
        to = {message["Message-ID"]: message["To"] for message in sink.messages}
        assert set(states(toiling)) == {("sent", "")}
        assert sorted(to.values()) == sorted(f"p{n}@example.org" for n in range(len(where) + 1))
        assert set(got.values()) == {1, 2}, "a kill between the server's yes and our note must be among them"
        print(f"killed at {len(where)} boundaries")
        assert "before smtplib.send" in where
