# SPDX-License-Identifier: MIT
"""Carry an erasure out, step by step; every failure is tried again, and nothing but all steps done makes it done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from upart.academies.actions import raise_epoch
from upart.context import context
from upart.db import bare, everywhere, reading, session
from upart.db.scrub import scrub
from upart.disclosure.actions import FIRST_WAIT
from upart.events.noting import note_end
from upart.jobs.actions import NotNow, enqueue
from upart.jobs.leases import is_at_work
from upart.rights import outside
from upart.rights.actions.attempting import attempt, open_steps, settle
from upart.rights.actions.first_part import goes_first, settle_first
from upart.rights.actions.proving import search
from upart.rights.actions.steps import BYTES, RESIDUAL, scope_of
from upart.rights.engine.erasing import Eraser, merge
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.engine.removing import Counts
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RequestState, RightsRequest, RightsStep
from upart.rights.parted import Parted, erase_there, parted
from upart.rights.purposes import asked_part, purpose_of
from upart.rights.receivers import BY_HAND, STORE
from upart.rights.scanning.database import StillRead
from upart.rights.states import ENDED
from upart.rights.subjects import subjects_of
from upart.storage.removing import remove_bytes


class Ids(NamedTuple):
    """Who is erased: ids of the person and the account; none once all their rows are gone."""

    person: UUID | None = None
    account: UUID | None = None


LAST = (BYTES, RESIDUAL)
"""Steps for which nothing may name the person any more, not even the job that does them."""


def schedule(request: UUID, person_id: UUID | None, account_id: UUID | None, run_at: datetime | None = None) -> None:
    """Let a worker carry a request out. The ids travel with the job: the request forgets whom it was about before the work is over."""
    enqueue("rights.erase", run_at=run_at, request=request, person_id=person_id, account_id=account_id)


def erase(request: str, person_id: str | None, account_id: str | None) -> Callable[[], None]:
    """Task: do all steps that are not done yet. Opens its own doors; what it returns settles the request.

    The bytes come in a job of their own: this one still names the person until it is finished.
    """
    ids = Ids(UUID(person_id) if person_id else None, UUID(account_id) if account_id else None)
    with reading(context.academy):
        row = session.scalars(select(RightsRequest).where(RightsRequest.id == UUID(request))).one()
        subjects = {scope_of(subject): subject for subject in subjects_of(row, ids.person, ids.account)}
        if row.state in ENDED:
            return partial(_settle, row.id, ids, 0)
        steps, part, waits = open_steps(row.id), asked_part(row), row.state is RequestState.NEEDS_TRANSFER
    _wait_for_others(ids)
    held, failed, tries = holdings(), False, 0
    steps = [step for step in steps if not waits or goes_first(held, step[1])]
    if ids == Ids() and any(holder not in LAST for _id, holder, _attempts in steps):
        return lambda: None  # the rest has begun since: its own job knows the person
    only = part(held) if part is not None else None
    with reading(context.academy):
        told = parted(ids.person, purpose_of(row), only) if only is not None else None
    for id, holder, attempts in steps:
        if failed and not _is_free(holder):
            continue  # what the failed step still needs must not go
        if holder in LAST and ids != Ids():
            return partial(_go_on, row.id)
        tries = max(tries, attempts + 1)
        do = partial(search, row.id) if holder == RESIDUAL else partial(_do, held, subjects, only, told, id, holder)
        failed |= not attempt(id, holder, do)
    return partial(_settle, row.id, ids, tries)


def _wait_for_others(ids: Ids) -> None:
    """A job about the person that is being carried out ends first. Raises NotNow."""
    if ids.person is not None:
        with bare("is a job about somebody being carried out?") as connection:
            if is_at_work(connection, context.academy.id, ids.person):
                raise NotNow("Another job of this person is not finished yet.", wait=FIRST_WAIT)


def _go_on(request: UUID) -> None:
    """All rows are gone; the next job, which names nobody, sees to the bytes."""
    raise_epoch(session(), context.academy.id)
    schedule(request, None, None)


def _is_free(holder: str) -> bool:
    """May this step go on when another one has failed? Not what others are found by: people, the request itself, the bytes."""
    return holder not in LAST and holder.partition(":")[2] not in ("person", "account", RightsRequest.__tablename__)


def _do(
    held: Holdings, subjects: dict[str, DataSubject], only: Selection | None, told: dict[str, Parted] | None, step: UUID, holder: str
) -> None:  # fmt: skip
    scope, _, name = holder.partition(":")
    if holder == BYTES:
        remove_bytes()
        if not scrub(sorted(held.tables), _changed(step)):
            raise StillRead("Somebody still reads an older state of the database.", remedy="It is tried again by itself.")
    elif scope == STORE:
        erase_there(name, next(iter(subjects.values())), told)
    elif scope == BY_HAND:
        raise outside.CannotBeTold(f"No store reaches {name}.", remedy="Somebody of the academy tells them.")
    else:
        Eraser(Finder(held, subjects[scope]), partial(_note, step), only).erase(held.entry(name))


def _changed(step: UUID) -> set[str]:
    """The tables of which the steps before this one have changed rows."""
    with everywhere("which tables has an erasure changed?") as opened:
        request = select(RightsStep.request_id).where(RightsStep.id == step).scalar_subquery()
        return {table for counts in opened.scalars(select(RightsStep.counts).where(RightsStep.request_id == request)) for table in counts}


def _note(step: UUID, opened: Session, counts: Counts) -> None:
    row = opened.scalars(select(RightsStep).where(RightsStep.id == step)).one()
    row.counts = merge(row.counts, counts)
    opened.flush()


def _settle(request: UUID, ids: Ids, tries: int) -> None:
    """The request is done, or goes on later, or waits for a new owner."""
    raise_epoch(session(), context.academy.id)
    row = session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one()
    if row.state is RequestState.NEEDS_TRANSFER:
        settle_first(row, tries, partial(schedule, request, row.person_id, row.account_id))
    elif settle(request, tries, partial(schedule, request, ids.person, ids.account)).state is RequestState.DONE:
        note_end(request)
