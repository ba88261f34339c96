# SPDX-License-Identifier: MIT
"""Choices in any order, by every way there is: the gate says what the last one came to, and nothing that was decided is ever changed."""

from __future__ import annotations

import itertools
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from upart import clock
from upart.accounts.models import Person
from upart.consent.actions import choose, end, lapse, say_age, stop
from upart.consent.folding import history_of
from upart.consent.gate import may_use
from upart.consent.models import Band
from upart.db import reading, writing
from upart.errors import Problem
from upart.privacy.taxonomy import Purpose
from upart.testing import Installation

BOXES = (("newsletter", "email"), ("updates", "email"), ("personalise", ""))
NUMBERS = itertools.count(1)


class Choices(RuleBasedStateMachine):
    """Rules are what may happen to one person; `agreed` and `young` are what should be so."""

    def __init__(self, made: Installation) -> None:
        super().__init__()
        self.made, self.agreed, self.young = made, set(), False
        self.seen: set = set()
        self.academy = made.academy("athena")
        with made.writing("athena") as session:
            session.add(person := Person(name="Nina", email=f"nina{next(NUMBERS)}@example.org"))
            session.flush()
            self.id = person.id

    def act(self, do):
        with self.made.app.test_request_context(), writing(self.academy) as session:
            return do(session.get_one(Person, (self.academy.id, self.id)))

    @rule(box=sampled_from(BOXES), given=booleans())
    def choose(self, box, given):
        """On a page; somebody young is told no. The clock may have been put back since the last time."""
        with clock.shifted(timedelta(hours=-1 if len(self.seen) % 2 else 0)):
            try:
                self.act(lambda person: choose(person, *box, given, "page"))
            except Problem:
                assert given
                assert self.young
                return
        (self.agreed.add if given else self.agreed.discard)(box)

    @rule(box=sampled_from(BOXES[:2]))
    def stop(self, box):
        """By the link in a letter."""
        self.act(lambda person: stop(person.id, box[0]))
        self.agreed.discard(box)

    @rule(box=sampled_from(BOXES))
    def object(self, box):
        """By using a right."""
        self.act(lambda person: end(person, Purpose(box[0])))
        self.agreed.discard(box)

    @rule(box=sampled_from(BOXES))
    def lapse(self, box):
        """What it means changes, for everybody."""
        with clock.shifted(timedelta(hours=-1 if len(self.seen) % 3 else 0)):
            self.act(lambda person: lapse([box[0]], "It means more now."))
        self.agreed.discard(box)

    @rule(band=sampled_from(Band))
    def say_age(self, band):
        """Young or not: what was agreed to before somebody turned out to be young stays ended."""
        self.act(lambda person: say_age(person, band))
        self.young = band is not Band.ADULT
        if self.young:
            self.agreed.clear()

    @invariant()
    def the_gate_says_what_the_last_one_came_to_and_nothing_that_was_decided_changes(self):
        with self.made.app.app_context(), reading(self.academy):
            assert {box for box in BOXES if may_use(self.id, *box)} == self.agreed
            history = {(one.id, one.purpose, one.channel, one.choice, one.at) for one in history_of(self.id)}
        assert self.seen <= history
        self.seen = history


def test_choices_in_any_order_come_to_what_the_last_one_says(portal):
    few = settings(max_examples=6, stateful_step_count=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    run_state_machine_as_test(lambda: Choices(portal), settings=few)
