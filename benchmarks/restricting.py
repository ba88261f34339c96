# SPDX-License-Identifier: MIT
"""Row 16: what a page's door costs because somebody could be restricted, beside a door that looks at nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.measuring import Row, counted, portal
from upart.accounts.models import Person
from upart.db import prepared, reading, uuid7
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground

PEOPLE, ROUNDS, CALLS = 50, 40, 20
NAMES = prepared(select(Person.id, Person.name))


def rows(folder: Path) -> list[Row]:
    """With nobody restricted, with somebody at another academy of the process, with one of fifty."""
    made = portal(folder / "portal")
    with made.everywhere() as session:
        academy = made.academy("athena").id
        session.add_all(Person(academy_id=academy, id=uuid7(), name=f"Learner {n}", email=f"learner{n}@example.org") for n in range(PEOPLE))
    nobody, same = _ratio(made), _statements(made)
    _restrict(made, "orion", "Odin")
    elsewhere = _ratio(made)
    _restrict(made, "athena", "Learner 7")
    one = _ratio(made)
    return [
        Row(16, "doors that could mask, nobody restricted", f"{nobody:.3f} x, statements {'equal' if same else 'differ'}", "<= 1.02 x, equal"),
        Row(16, "the same, somebody at another academy", f"{elsewhere:.3f} x", "<= 1.05 x"),
        Row(16, "the same, one of fifty restricted", f"{one:.2f} x", "told, no goal"),
    ]


def _restrict(made: Any, slug: str, name: str) -> None:
    with made.writing(slug) as session:
        restrict(session.scalars(select(Person).where(Person.name == name)).one(), Ground.ACCURACY)


def _work(made: Any, *, masks: bool) -> Callable[[], None]:
    academy = made.academy("athena")

    def work() -> None:
        with reading(academy, masks=masks) as session:
            for _ in range(CALLS):
                session.expunge_all()
                list(session.scalars(select(Person)))
                NAMES()
                session.execute(select(Person.email).where(Person.name == "Learner 7")).all()

    return work


def _ratio(made: Any) -> float:
    """CPU time of the one beside the other, the least of rounds that take turns."""
    plain, masking = _work(made, masks=False), _work(made, masks=True)
    best = {plain: 1e9, masking: 1e9}
    with made.app.app_context():
        for _ in range(ROUNDS):
            for work in (plain, masking):
                begin = time.process_time()
                work()
                best[work] = min(best[work], time.process_time() - begin)
    return best[masking] / best[plain]


def _statements(made: Any) -> bool:
    sent = []
    for masks in (False, True):
        with counted(made.app) as seen:
            _work(made, masks=masks)()
            sent.append(list(seen))
    return sent[0] == sent[1]
