# SPDX-License-Identifier: MIT
"""Fill, copy, erase, search: by the code and in the database that run, in a transaction that is rolled back whatever happens.

So nobody else ever sees the canary: no page, count, list, job, mail or backup reads what is not committed, and of a killed process
the database itself undoes it. What lies outside of the database takes no part; the statement says so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from upart.context import CurrentAcademy
from upart.db import Model, undone, uuid7
from upart.privacy.register import Register
from upart.rights.actions.steps import in_order
from upart.rights.canary.cases import populate
from upart.rights.canary.compared import compared_rows, staying
from upart.rights.canary.copied import compared_copy
from upart.rights.canary.foreseen import Rows, foresee_all
from upart.rights.canary.planting import Planter, Wish
from upart.rights.canary.rows import Breach, Party, Row, different, wrong
from upart.rights.canary.searched import Searched, standing
from upart.rights.canary.truth import Examined, Truth, counted
from upart.rights.contents import table_of
from upart.rights.engine.archive import ArchiveWriter
from upart.rights.engine.erasing import Eraser, hide
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.reading import readers_of
from upart.rights.engine.subjects import DataSubject, Finder
from upart.storage.removing import REMOVED

MOST = 25
"""Places that are told."""


class Flight(NamedTuple):
    """What came of it: how much was looked at, and what is not as it was promised."""

    examined: Examined
    breaches: list[Breach]


def fly(promised: Register, owner: str, held: Holdings) -> Flight:
    """Let the canary of one owner ("core" or a plugin) live and die; `held` is what the engine believes.

    Keeps nothing. Raises OperationalError when the database is busy.
    """
    truth = Truth(promised)
    with undone(f"show what becomes of somebody in the tables of '{owner}'") as opened:
        opened.execute(sa.select(sa.literal(1)))  # from here on it is our turn to write
        return _Scratch(truth, held, opened, owner).fly()


class _InOne(Eraser):
    """Erases within one transaction, which is not its own."""

    def __init__(self, finder: Finder, opened: Session) -> None:
        super().__init__(finder, lambda session, counts: None)
        self._opened = opened

    def door(self, reason: str, *, write: bool = False) -> AbstractContextManager[Session]:
        """The transaction of the canary."""
        return nullcontext(self._opened)


class _Scratch:
    def __init__(self, truth: Truth, held: Holdings, opened: Session, owner: str) -> None:
        self.truth, self.held, self.opened, self.owner = truth, held, opened, owner
        self.entries, self.since = truth.examined(owner), uuid7()
        self.planter, self.left = Planter(truth, opened), list[Row]()
        self.academies = [self._academy(name) for name in ("one", "two")]

    def fly(self) -> Flight:
        """All of it; whatever the database refuses is a finding, unless the database itself is gone."""
        found: list[Breach] = []
        try:
            found = list(islice(different(self._breaches()), MOST))
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            said = f"could not be carried out ({type(error.orig).__name__})."
            found = [Breach(self.owner, self.at, said, "Compare its models with its migrations and with the database: upart privacy check")]
        return Flight(counted(self.entries, self.planter.rows), found)

    def _academy(self, name: str) -> CurrentAcademy:
        slug, id = f"canary-{self.since.hex}-{name}", uuid7()
        self.planter.plant(self.truth.entry("academy"), id, Wish(preset={"id": id, "slug": slug, "name": f"Canary {name}"}))
        return CurrentAcademy(id=id, slug=slug, name=f"Canary {name}", kind="academy", epoch=1, host="")

    def _breaches(self) -> Iterator[Breach]:
        """Of somebody as the academy knows them; then, unless that has shown something, of somebody with the account."""
        self.at = "filling"
        cast = populate(self.planter, self.entries, *self.academies)
        rows: Sequence[Row] = self.planter.rows
        for party, account in ((cast.first, False), (cast.second, True)):
            found = list(self._gone(rows, party, account))
            yield from found
            if found:
                return
            rows = self.left

    def _gone(self, rows: Sequence[Row], party: Party, account: bool) -> Iterator[Breach]:
        self.at = "copy"
        before, subjects = self._rows(), _subjects(party, account)
        yield from compared_copy(self.truth, rows, self._copy(subjects), before, party, account=account)
        foreseen, self.left = foresee_all(self.truth, rows, before, party, account=account)
        self._erase(subjects)
        self.at = "search"
        yield from compared_rows(self.truth, before, self._rows(), foreseen, (REMOVED.name,))
        ids = [party.person_id, *([party.account_id] if account else [])]
        yield from self._left({mark for row in rows for mark in row.marks} - staying(rows, foreseen), rows, ids)

    def _rows(self) -> Rows:
        """The rows of the canary's academies, and those planted that belong to none."""
        found: Rows = {}
        planted: dict[str, list[UUID]] = {}
        for row in self.planter.rows:
            planted.setdefault(row.entry.table, []).append(row.id)
        for name, entry in self.truth.register.tables.items():
            table = Model.metadata.tables[name]
            mine = table.c.academy_id.in_([one.id for one in self.academies]) if entry.owned else table.c.id.in_(planted.get(name, []))
            for values in self.opened.execute(sa.select(table).where(mine)).mappings() if entry.owned or name in planted else ():
                plain: dict[str, Any] = {str.__str__(column): str.__str__(value) if isinstance(value, str) else value for column, value in values.items()}
                found[name, plain["academy_id"] if entry.owned else None, plain["id"]] = plain
        return found

    def _copy(self, subjects: Sequence[DataSubject]) -> bytes:
        out = io.BytesIO()
        writer = ArchiveWriter(out)
        for reader in readers_of(self.held, subjects):
            writer.table(self.opened, reader)
        writer.text("manifest.json", msgspec.json.encode({"tables": [table_of(written) for written in writer.tables]}).decode())
        writer.close()
        return out.getvalue()

    def _erase(self, subjects: Sequence[DataSubject]) -> None:
        hide(self.opened, Finder(self.held, subjects[0]))
        for subject, entry in in_order(self.held, subjects):
            self.at = entry.table
            _InOne(Finder(self.held, subject), self.opened).erase(self.held.entry(entry.table))

    def _left(self, gone: set[str], rows: Sequence[Row], ids: Sequence[UUID]) -> Iterator[Breach]:
        """Marks and ids that should be gone and still stand somewhere in the database."""
        planted = {mark: (row, column) for row in rows for mark, column in row.marks.items()}
        where = Searched(self.held, self.since, [one.id for one in self.academies])
        for text, places in standing(self.opened, where, gone, ids).items():
            said = f"still stands in {', '.join(sorted(places))}."
            if text in planted:
                yield wrong(planted[text][0].entry, planted[text][1], said, "Declare the column or table that holds it.")
            else:
                yield Breach("core", "person", f"the id {said}", "Declare columns that name people with subject(…) or any_link(…).")


def _subjects(party: Party, account: bool) -> list[DataSubject]:
    """As `upart.rights.subjects` finds them."""
    found = [DataSubject(party.academy.id, party.person_id, party.account_id, party.addresses)]
    return [*found, DataSubject(None, None, party.account_id, party.addresses)] if account else found
