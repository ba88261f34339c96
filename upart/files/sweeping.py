# SPDX-License-Identifier: MIT
"""The sweep: the net below all other ways in which files go. Whatever was killed half-way is put right here, or reported."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from upart import clock
from upart.db import Model, columns_there, everywhere
from upart.hooks.models import PluginRecord
from upart.hooks.plugged import plugged
from upart.storage.models import File, FileState
from upart.storage.places import Stored, place
from upart.storage.removing import BATCH, FILE, Link, links, remove_bytes, remove_rows, unlinked

log = logging.getLogger("upart.files")

UNFINISHED = timedelta(hours=1)
"""Nobody has written to it for so long: the request that received it is over."""

ALONE = timedelta(days=1)
"""How long a row may wait for somebody who links to it, and bytes for the commit of their row."""


@dataclass
class Swept:
    """What a sweep did: uploads that were never finished, files that nobody linked to, bytes without a row; and rows whose
    bytes are gone or cut short, or came back."""

    unfinished: int = 0
    unlinked: int = 0
    without_row: int = 0
    without_bytes: int = 0
    came_back: int = 0


def sweep() -> Swept:
    """Put right what can be put right without losing anything, and report the rest. Safe to repeat, also beside others."""
    swept = Swept(unfinished=_unfinished(), unlinked=_unlinked())
    remove_bytes()
    swept.without_row = _without_row()
    swept.without_bytes, swept.came_back = _without_bytes()
    if swept != Swept():
        log.info("files swept: %s", asdict(swept))
    return swept


def all_links() -> list[Link]:
    """Every column that links to files: of the core and of every plugin that was ever healthy here, also without its code."""
    with everywhere("find all links to files") as opened:
        return sorted(set(links(all_declared(opened))))


def all_declared(opened: Session) -> list[dict[str, Any]]:
    """What is declared of every table and column that are there, of the core and of every plugin that was ever healthy here, then and now.

    A table may come more than once.
    """
    known = plugged().register
    declared = [entry for owner in {entry.plugin for entry in known.tables.values()} for entry in known.as_data(owner)]
    declared += [entry for kept in opened.scalars(select(PluginRecord.declarations)) for entry in kept]
    columns = columns_there(opened.connection())
    return [{**one, "columns": [c for c in one["columns"] if c["name"] in columns[one["table"]]]} for one in declared if one["table"] in columns]


def _unfinished() -> int:
    count, before = 0, (clock.now() - clock.offset() - UNFINISHED).timestamp()
    for path in place().incoming.glob("*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            count += 1
    return count


def let_go(id: UUID, known: Sequence[Link] | None = None) -> bool:
    """Delete the row of a file, unless some row links to it. Its bytes go with `remove_bytes`."""
    alone = select(FILE.c.id).where(FILE.c.id == id, unlinked(all_links() if known is None else known))
    try:
        with everywhere("let go of a file that nobody links to", write=True) as opened:
            if found := opened.scalar(alone):
                remove_rows(opened, [found])
            return found is not None
    except IntegrityError:
        log.warning("file %s is linked to by a column that nobody declared, or was linked to just now", id)
        return False


def _unlinked() -> int:
    known = all_links()
    with everywhere("find files that nobody links to") as opened:
        old = opened.scalars(select(FILE.c.id).where(FILE.c.created_at < clock.now() - ALONE, unlinked(known))).all()
    return sum(let_go(id, known) for id in old)


def _without_row() -> int:
    count, before = 0, (clock.now() - clock.offset() - ALONE).timestamp()
    old = (found for found in place().list() if found.since < before)
    with everywhere("which academies are there?") as opened:
        ours = set(opened.execute(select(Model.metadata.tables["academy"].c.id)).scalars())
    for academy_id, of_one in groupby(old, key=lambda found: found.academy_id):
        if academy_id not in ours:  # the folder of another installation, or the wrong database
            log.warning("there are files of an academy %s, which is not in the database; they are left alone", academy_id)
            continue
        for batch in _batches(of_one):
            with everywhere("compare stored bytes with their rows") as opened:
                asked = select(File.id).where(File.academy_id == academy_id, File.id.in_([found.id for found in batch]))
                stand = set(opened.scalars(asked))
            count += sum(place().delete(academy_id, found.id) for found in batch if found.id not in stand)
    return count


def _batches(found: Iterator[Stored]) -> Iterator[list[Stored]]:
    while batch := list(islice(found, BATCH)):
        yield batch


def _without_bytes() -> tuple[int, int]:
    lost = came_back = 0
    for rows in _rows():
        for state, wrong in ((FileState.GONE, FileState.STORED), (FileState.STORED, FileState.GONE)):
            changed = [row for row in rows if row.state is wrong and _state(row) is state]
            for row in changed:
                log.error("the bytes of file %s of academy %s are %s", row.id, row.academy_id, "gone or cut short" if state is FileState.GONE else "back")
            _note(changed, state)
            lost, came_back = lost + len(changed) * (state is FileState.GONE), came_back + len(changed) * (state is FileState.STORED)
    return lost, came_back


def _rows() -> Iterator[Sequence[Any]]:
    after: tuple[Any, Any] | None = None
    while True:
        asked = select(File.academy_id, File.id, File.size, File.state).order_by(File.academy_id, File.id).limit(BATCH)
        with everywhere("compare rows of files with their bytes") as opened:
            rows = opened.execute(asked.where(tuple_(File.academy_id, File.id) > after) if after else asked).all()
        if not rows:
            return
        yield rows
        after = (rows[-1].academy_id, rows[-1].id)


def _state(row: Any) -> FileState:
    return FileState.STORED if place().size(row.academy_id, row.id) == row.size else FileState.GONE


def _note(rows: Sequence[Any], state: FileState) -> None:
    if not rows:
        return
    with everywhere("note whether the bytes of files are there", write=True) as opened:
        for row in rows:
            same = (File.academy_id == row.academy_id, File.id == row.id)
            opened.execute(update(File).where(*same).values(state=state).execution_options(synchronize_session=False))
