# SPDX-License-Identifier: MIT
"""Row 11: the search after an erasure, for ten identifiers, in rows, stored files and the bytes of the database."""

from __future__ import annotations

import os
import random
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Table, insert

from benchmarks.measuring import Row
from benchmarks.rights import plugin
from upart.accounts.models import Person
from upart.cli import migrating
from upart.db import Model, engine, everywhere, uuid7
from upart.rights.engine.holdings import holdings
from upart.rights.scanning.scan import scanned
from upart.storage.places import place
from upart.testing import Installation, install

SIZE = int(os.environ.get("UPART_BENCH_SCAN", str(512 * 1024 * 1024)))
"""Bytes that are searched, half of them in the database (its rows are read as rows, and its file as bytes)."""

TEN = {
    "address": ["lena@example.org", "lena.fischer@work.example", "l.fischer@third.example", "lf@fourth.example"],
    "phone": ["+43 1 234 567", "+43 660 1234567"],
    "id": ["01970000-aaaa-7bbb-8ccc-dddddddddddd", "01970000-aaaa-7bbb-8ccc-ddddddddddde"],
    "name": ["Lena Fischer", "Magdalena Huber"],
}
WORDS = (
    "what", "somebody", "wrote", "about", "music", "at", "noon", "when", "nobody", "else", "was", "there", "to", "listen", "in", "the", "old", "house",
)  # fmt: skip


def rows(folder: Path) -> list[Row]:
    """Row 11, on SQLite: seconds for 1 GB of rows, files and database bytes, and the peak of memory."""
    made = install(folder, academies=("athena",), plugins=[plugin(folder / "packages")])
    tables = [table for name, table in Model.metadata.tables.items() if name.startswith("bulk_t")]
    with migrating.owner_engine(made.state) as owner, owner.begin() as connection:
        Model.metadata.create_all(connection, tables=tables)
    with made.app.app_context():
        _fill(made, tables)
        read = 2 * Path(engine().url.database or "").stat().st_size + sum(stored.size for stored in place().list())
        took, peak = _measured(made)
    made.close()
    gigabytes = read / 1e9
    value = f"{took / gigabytes:.1f} s for 1 GB ({gigabytes:.2f} GB read, {gigabytes * 1000 / took:.0f} MB/s), peak +{peak:.0f} MiB"
    return [Row(11, "search after an erasure, 10 identifiers, SQLite", value, "<= 10 s, < +32 MiB")]


def _measured(made: Installation) -> tuple[float, float]:
    academy, best = made.academy("athena").id, 1e9
    for _ in range(2):
        begin = time.process_time()
        found = scanned(holdings(), TEN, academy)
        best = min(best, time.process_time() - begin)
        assert found.as_data() == [], found.as_data()
    tracemalloc.start()
    scanned(holdings(), TEN, academy)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return best, peak


def _fill(made: Installation, tables: list[Table]) -> None:
    """Half the bytes in rows of prose, each with somebody's address, half in files of the same."""
    academy, now, chance = made.academy("athena").id, datetime(2026, 1, 1, tzinfo=UTC), random.Random(3)
    with made.writing("athena") as session:
        person = Person(name="Person", email="person@example.org")
        session.add(person)
        session.flush()
        id = person.id
    number, size = 0, 0
    while size < SIZE // 2:
        values = []
        for _ in range(5000):
            text = f"{' '.join(chance.choices(WORDS, k=100))} person{number}@example.org"
            values.append({"academy_id": academy, "id": uuid7(), "learner_id": id, "title": f"Title {number}", "text": text, "number": number, "at": now})
            number, size = number + 1, size + len(text)
        with everywhere("fill tables to measure", write=True) as session:
            session.connection().execute(insert(tables[number // 5000 % len(tables)]), values)
    place().room()
    for _ in range(8):
        (source := place().incoming / "one").write_text(" ".join(chance.choices(WORDS, k=SIZE // 2 // 8 // 5)))
        place().put(academy, uuid7(), source)
