# SPDX-License-Identifier: MIT
"""Erasure: asked for as a person does, carried out by a worker, compared row by row and byte by byte with what was declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Person
from upart.errors import Problem
from upart.jobs.worker import Worker
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.carrying_out import schedule
from upart.rights.actions.dead_letters import dead_letters, told_by_hand
from upart.rights.actions.proving import Residue, proof_of
from upart.rights.actions.steps import RESIDUAL, plan_in_numbers
from upart.rights.canary.compared import compared_rows, staying
from upart.rights.canary.foreseen import Rows, foresee_all
from upart.rights.canary.planting import BYTES, WRITTEN
from upart.rights.canary.rows import Breach, Party, Row, wrong
from upart.rights.canary.truth import Truth
from upart.rights.engine.holdings import holdings
from upart.rights.models import RequestState, RightsRequest, RightsStep, StepState
from upart.rights.scanning.finding import holds_up
from upart.rights.subjects import with_account_of
from upart.testing.contract.traces import all_rows, standing
from upart.testing.installation import Installation

ADDED = ("rights_request", "rights_step", "rights_entry", "rights_proof", "receipt_key", "event", "job", "ledger_position")
"""Tables to which asking itself adds rows."""

LEASE = timedelta(minutes=1)
FATES = ("deleted", "unlinked", "kept")


class Erasure:
    """One erasure: `check()` gives what is not as declared; `left` are the planted rows as they are afterwards.

    `gone` are the marks that should stand nowhere after it, and `ids` the ids of whoever went, in both spellings.
    """

    def __init__(self, made: Installation, truth: Truth, rows: Sequence[Row], party: Party, *, account: bool) -> None:
        self.made, self.truth, self.rows, self.party, self.account = made, truth, list(rows), party, account
        self.left, self.gone = list(rows), set[str]()
        self.ids = {text for id in {party.person_id, *([party.account_id] if account else [])} for text in (str(id), id.hex)}

    def check(self) -> Iterator[Breach]:
        """Ask twice, work, compare; then work once more and see that nothing changes."""
        before = all_rows(self.made, self.truth)
        foreseen, self.left = foresee_all(self.truth, self.rows, before, self.party, account=self.account)
        self.gone = {mark for row in self.rows for mark in row.marks} - staying(self.rows, foreseen)
        plan = self._plan()
        yield from self._numbers("plan", plan, foreseen.counts)
        try:
            request = self._ask()
        except Problem as problem:
            yield Breach("core", "erasure", f"was refused: {problem.message}", "See upart_objections() of the plugins.")
            return
        self.work()
        self._tell_by_hand()
        if (failed := list(self._failed(request))) != []:
            yield from failed
            return
        after = all_rows(self.made, self.truth)
        yield from compared_rows(self.truth, before, after, foreseen, ADDED)
        yield from self._numbers("answer", self._answer(request), foreseen.counts)
        yield from self._traces()
        yield from self._again(request, after)
        yield from self._residue(request)

    def _person(self, opened: Any) -> Person:
        person = opened.get(Person, {"academy_id": self.party.academy.id, "id": self.party.person_id})
        assert isinstance(person, Person), "The check's own people are gone."
        return person

    def _plan(self) -> dict[str, Counter[str]]:
        with self.made.reading(self.party.academy.slug) as opened:
            return _counted(plan_in_numbers(holdings(), with_account_of(self._person(opened), self.account)))

    def _ask(self) -> UUID:
        """Twice, as from two tabs: the second time gives the request that runs."""
        asked = []
        for _tab in range(2):
            with self.made.writing(self.party.academy.slug) as opened:
                asked.append(ask_to_erase(self._person(opened), with_account=self.account).id)
        assert asked[0] == asked[1], "Asking twice made two requests."
        return asked[0]

    def work(self) -> None:
        """Let a worker do what is due, without schedules, which clean up by age."""
        Worker(self.made.app, self.made.state.directory.by_id, LEASE).run_due()

    def _tell_by_hand(self) -> None:
        """No store reaches the recipients that the check has made up: somebody of the academy tells them."""
        with self.made.writing(self.party.academy.slug):
            for letter in dead_letters():
                told_by_hand(letter.id)
        self.work()

    def _failed(self, request: UUID) -> Iterator[Breach]:
        with self.made.reading(self.party.academy.slug) as opened:
            row = opened.scalars(select(RightsRequest).where(RightsRequest.id == request)).one()
            steps = opened.scalars(select(RightsStep).where(RightsStep.request_id == request).order_by(RightsStep.position)).all()
            state, parts = row.state, [(step.holder.partition(":")[2] or step.holder, step.state, step.problem) for step in steps]
        for table, step, problem in parts:
            if step is StepState.FAILED and (table, problem) != (RESIDUAL, Residue.__name__):
                entry = self.truth.register.tables.get(table)
                remedy = "Compare nullable columns, links and their ON DELETE in its models with its migrations; the log has the whole error."
                yield Breach(entry.plugin if entry else "core", table, f"could not be erased ({problem}).", remedy)
        if state is not RequestState.DONE and all(step is not StepState.FAILED for _, step, _ in parts):
            yield Breach("core", "erasure", f"ended as {state.value}.", "See the log.")

    def _residue(self, request: UUID) -> Iterator[Breach]:
        """What the search after the erasure has found: the rows say more, so it is told after them."""
        with self.made.reading(self.party.academy.slug):
            proof = proof_of(request)
            places = holds_up(proof.found) if proof is not None else []
        for one in places:
            where = ".".join(filter(None, (one["table"], one["column"])))
            said = f"the search after the erasure has found: {one['what']}, {one['count']} times."
            yield Breach(one["plugin"] or "core", where, said, "Declare this column, or write nothing of people into it.")

    def _answer(self, request: UUID) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        with self.made.reading(self.party.academy.slug) as opened:
            for step in opened.scalars(select(RightsStep).where(RightsStep.request_id == request)):
                for table, counts in step.counts.items():
                    found[table] = found.get(table, Counter()) + Counter(counts)
        # The request is unlinked from whom it was about, too.
        found.get("rights_request", Counter())["unlinked"] -= 1
        found.get("rights_entry", Counter())["unlinked"] -= 2
        return {table: +counts for table, counts in found.items() if +counts}

    def _numbers(self, what: str, got: dict[str, Counter[str]], wanted: dict[str, Counter[str]]) -> Iterator[Breach]:
        for table in sorted({*got, *wanted}):
            mine, theirs = got.get(table, Counter()), wanted.get(table, Counter())
            for fate in FATES:
                if mine[fate] != theirs[fate]:
                    said = f"the {what} says {mine[fate]} {fate}, but by the declarations it is {theirs[fate]}."
                    yield wrong(self.truth.entry(table), "", said, "What is promised and what is done must be the same.")

    def _traces(self) -> Iterator[Breach]:
        """No mark that should be gone stands anywhere: not in tables that nobody declared, files, or raw bytes. Others' files stand."""
        here = {mark: (row, column) for row in self.rows for mark, column in row.marks.items()}
        found = standing(self.made, set(here), self.ids)
        for mark, places in found.items():
            where = ", ".join(sorted(set(places)))
            if mark not in here:
                yield Breach("core", "person", f"the id still stands in {where}.", "Declare columns that name people with subject(…) or any_link(…).")
            elif mark in self.gone:
                yield wrong(here[mark][0].entry, here[mark][1], f"still stands in {where}.", "Declare the column, file or store that holds it.")
        for row, column in (here[mark] for mark in here.keys() - self.gone if here[mark][1] in (BYTES, WRITTEN) and mark not in found):
            yield wrong(row.entry, column, "is gone although its row stays.", "Erasure must not reach what is about somebody else.")

    def _again(self, request: UUID, after: Rows) -> Iterator[Breach]:
        """A worker that died after its last step does all once more: nothing may change."""
        with self.made.writing(self.party.academy.slug):
            schedule(request, self.party.person_id, self.party.account_id)
        self.work()
        now = all_rows(self.made, self.truth)
        for place in {**now, **after}:
            if now.get(place) != after.get(place) and place[0] not in (*ADDED, "academy"):
                yield wrong(self.truth.entry(place[0]), "", "changed when the erasure was carried out once more.", "Erasure must be safe to repeat.")


def _counted(rows: Sequence[dict[str, Any]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found[row["table"]] = found.get(row["table"], Counter()) + Counter({fate: row[fate] for fate in FATES})
    return found
