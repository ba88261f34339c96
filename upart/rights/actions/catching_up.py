# SPDX-License-Identifier: MIT
"""Before the first answer and the first job: is the ledger whole, and has this database seen all of it? What it has not is done again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from upart.accounts.models import Account, Person
from upart.context import CurrentAcademy, context
from upart.db import everywhere, session, writing
from upart.jobs.actions import NotNow, take_back
from upart.rights.actions import carrying_out
from upart.rights.actions.replaying import replay as replay_line
from upart.rights.actions.working import ERASE
from upart.rights.ledger.book import Book, book
from upart.rights.ledger.keeping import advance, await_others, replaying
from upart.rights.ledger.lines import DONE, LedgerRefused, Line, Place
from upart.rights.ledger.models import LedgerPosition
from upart.rights.ledger.standing import ACTS, check, positions, unseen
from upart.rights.models import RequestState, RightsRequest

log = logging.getLogger("upart.rights.ledger")

Begun = tuple[CurrentAcademy, UUID, UUID | None, UUID | None]
"""A request that a replay has begun: academy, its id, ids of person and account."""


def catch_up(app: Flask) -> int:
    """Once a process, before it answers or works: check the ledger and do again what this database has not seen.

    Returns how many acts were done again. Raises LedgerRefused with a remedy; then nothing may be served.
    """
    with app.app_context():
        mine = book()
        if mine.caught_up:
            return 0
        with mine.starting:
            if mine.caught_up:
                return 0
            done = replay()
            mine.caught_up = True
            return done


def replay(since: datetime | None = None) -> int:
    """Do again what the ledger knows and this database does not; `since`: only what was written from then on. Returns how many acts.

    Each act and the note that the database has seen it are one commit, so whoever is stopped goes on where it ended. Erasures that were
    begun are carried out at once, as far as nothing stands in their way; a worker does the rest. Raises LedgerRefused.
    """
    mine = book()
    lines, known = mine.verify(), positions()
    if lines or any(known):
        check(mine, lines, known)
    people, waiting = _People(mine), unseen(lines, known, since)
    for one in [_again(mine, line, people) for line in waiting]:
        if one is not None:
            _carry_out(*one)
    _end_what_is_done(mine, lines)
    if waiting:
        log.warning("%d acts of the ledger were done again: this database had not seen them", len(waiting))
    return len(waiting)


class _People:
    """Who is meant by a line: by id, else by address those who were here before it happened."""

    def __init__(self, mine: Book) -> None:
        self._mine = mine
        self._known: dict[UUID, tuple[dict[str, UUID], dict[str, tuple[UUID, datetime]]]] = {}

    def meant(self, line: Line, academy_id: UUID) -> UUID | None:
        """The id of a person of this academy, or None: then nothing is left to be done."""
        ids, addresses = self._known.get(academy_id) or self._read(academy_id)
        if (found := next((ids[one] for one in line.who if one in ids), None)) is not None:
            return found
        return next((id for id, since in (addresses[one] for one in line.addresses if one in addresses) if since < line.since), None)

    def _read(self, academy_id: UUID) -> tuple[dict[str, UUID], dict[str, tuple[UUID, datetime]]]:
        ids: dict[str, UUID] = {}
        addresses: dict[str, tuple[UUID, datetime]] = {}
        with everywhere("whom does the ledger mean?") as opened:
            known = select(Person.id, Person.created_at, Person.email, Account.email).outerjoin(Account, Account.id == Person.account_id)
            for id, since, *mails in opened.execute(known.where(Person.academy_id == academy_id)):
                ids[self._mine.digest(id, academy_id)] = id
                addresses |= {self._mine.digest(str.__str__(mail), academy_id): (id, since) for mail in mails if mail}
        self._known[academy_id] = ids, addresses
        return ids, addresses


def _again(mine: Book, line: Line, people: _People) -> Begun | None:
    """Do one act again, unless an academy or a person is not there to whom it could be done."""
    academy = current_app.extensions["upart"].directory.by_id(line.academy_id) if line.academy_id is not None else None
    id = people.meant(line, academy.id) if academy is not None else None
    begun: Begun | None = None
    with replaying(line.since), writing(academy):
        try:
            await_others(session(), alone=True)
        except OperationalError:
            raise LedgerRefused("Another process is writing to the ledger.", remedy="Start again in a minute.") from None
        if (session.scalar(select(LedgerPosition.line).where(LedgerPosition.chain == line.chain)) or 0) >= line.number:
            return None  # it was being done just now
        person = session.scalars(select(Person).where(Person.id == id)).first() if id is not None else None
        if person is not None and academy is not None:
            ids = person.id, person.account_id
            request = replay_line(line, person)
            begun = (academy, request.id, *ids) if request is not None else None
        advance(session(), Place(line.chain, line.number, line.digest), mine.chains.fingerprint)
    return begun


def _carry_out(academy: CurrentAcademy, request: UUID, person: UUID | None, account: UUID | None) -> None:
    """What its jobs would do, now; whatever cannot be done yet is left to them."""
    try:
        for ids in ((person, account), (None, None)):
            with context.set(academy):
                settle = carrying_out.erase(str(request), *(str(id) if id else None for id in ids))
            with writing(academy):
                take_back(ERASE, request=request)  # a job that waits still names the person
                settle()
    except NotNow as reason:
        log.warning("an erasure goes on with its job: %s", reason)


def _end_what_is_done(mine: Book, lines: Sequence[Line]) -> None:
    """A process that ended just before it could say so has done all of an act: the line is added."""
    done = {line.id for line in lines if line.kind == DONE}
    for academy_id in {line.academy_id for line in lines if line.academy_id and line.kind in ACTS and line.id and line.id not in done}:
        wanted = {line.id for line in lines if line.academy_id == academy_id} - done
        with everywhere("which requests are done?") as opened:
            ended = select(RightsRequest.id).where(RightsRequest.academy_id == academy_id, RightsRequest.state == RequestState.DONE)
            found = [id for id in opened.scalars(ended) if mine.digest(id, academy_id) in wanted]
        for id in found:
            mine.write_end(academy_id, id)
