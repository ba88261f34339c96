# SPDX-License-Identifier: MIT
"""The access archive: a ZIP with all that is held, readable and as data, and a part to take elsewhere (GDPR art. 15, 20)."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, Any, cast
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from upart.privacy.register import TableEntry
from upart.rights.engine.portable import Portable, schema_of
from upart.rights.engine.reading import Reader, Shown, undeclared_paths

SAMPLE = 25
"""Rows of a table that the readable summary shows."""

IN_MEMORY = 512 * 1024
"""Bytes of a part that is written beside another, before it goes to the disk."""

ENCODE = msgspec.json.Encoder().encode

FORMULA = frozenset("=+-@\t\r")
"""How a cell begins that a spreadsheet would carry out (CWE-1236)."""


@dataclass
class Written:
    """What an archive holds of one table."""

    plugin: str
    table: str
    title: str
    columns: list[Shown]
    withheld: dict[str, str]
    rows: int = 0
    portable: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    undeclared: set[str] = field(default_factory=set)
    files: set[UUID] = field(default_factory=set)


class ArchiveWriter:
    """Writes one archive into anything that has `write`; memory stays flat however much there is."""

    def __init__(self, out: Any) -> None:
        self.onward = _Onward(out)
        self.zip = zipfile.ZipFile(cast(IO[bytes], self.onward), "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.sums: dict[str, str] = {}
        self.tables: list[Written] = []
        self.linked: dict[str, set[UUID]] = {}
        """Rows of others' tables to which the portable rows link."""

    def table(self, opened: Session, reader: Reader) -> Written:
        """Add a table: JSON and CSV under access/, and what may be taken along under portable/; without rows it is only named."""
        with closing(reader.blocks(opened)) as blocks:
            return self._table(reader, blocks)

    def _table(self, reader: Reader, blocks: Iterator[list[dict[str, Any]]]) -> Written:
        entry = reader.entry
        written = Written(entry.plugin, entry.table, entry.title, reader.shown(), reader.withheld)
        self.tables.append(written)
        if (first := next(blocks, None)) is None:
            return written
        name = f"{entry.plugin}/{entry.table}"
        portable = Portable(reader)
        json_paths = {c.name: d.paths for c, d in reader.columns if d.kind == "personal_json"}
        files = [shown.name for shown in written.columns if shown.kind == "file"]
        with _beside() as as_csv, _beside() as as_portable:
            lines = _csv(as_csv, [shown.name for shown in written.columns])
            put, take = _json(self.part(f"access/{name}.json")), _json(nullcontext(as_portable))
            for block in chain((first,), blocks):
                put(text := ENCODE(block))
                lines(block)
                if portable.columns:
                    mine = portable.rows(block)
                    take(text if mine is block else ENCODE(mine))
                    written.portable += len(mine)
                    for target, ids in portable.linked(mine):
                        self.linked.setdefault(target.table, set()).update(ids)
                written.rows += len(block)
                written.sample += block[: SAMPLE - len(written.sample)]
                written.files |= {row[name] for name in files for row in block if row.get(name)}
                for column, paths in json_paths.items():
                    written.undeclared |= {f"{column}.{path}" for row in block for path in undeclared_paths(row.get(column), paths)}
            put(None)
            take(None)
            self.copy(f"access/{name}.csv", as_csv)
            if written.portable:
                self.copy(f"portable/{name}.json", as_portable)
                self.text(f"portable/{name}.schema.json", msgspec.json.format(msgspec.json.encode(_schema(written, entry, portable.columns))).decode())
        return written

    @contextmanager
    def part(self, name: str) -> Iterator[Any]:
        """A part of the archive to write into; its checksum is noted."""
        with self.zip.open(name, "w", force_zip64=True) as out:
            hashed = _Hashed(out)
            yield hashed
        self.sums[name] = hashed.sum.hexdigest()

    def copy(self, name: str, source: IO[bytes]) -> None:
        """Add a part from the beginning of an open file."""
        source.seek(0)
        with self.part(name) as out:
            while block := source.read(1 << 16):
                out.write(block)

    def text(self, name: str, text: str) -> None:
        """Add a part of text."""
        with self.part(name) as out:
            out.write(text.encode())

    def close(self) -> None:
        """Write the checksums and end."""
        lines = "".join(f"{sum}  {name}\n" for name, sum in sorted(self.sums.items()))
        self.zip.writestr("checksums.sha256", lines)
        self.zip.close()

    def abandon(self) -> None:
        """Write nothing more: a ZIP that was not closed would still try to end itself when it is forgotten."""
        self.onward.out = None


class _Onward:
    """Only ever writes on, so that the bytes can be digested on their way; nowhere once there is no `out`."""

    def __init__(self, out: Any) -> None:
        self.out = out

    def write(self, data: Any) -> int:
        return int(self.out.write(data)) if self.out is not None else len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


class _Hashed(io.RawIOBase):
    """Writes through, and sums up."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.sum = out, hashlib.sha256()

    def write(self, data: Any) -> int:
        self.sum.update(data)
        return self.out.write(data)


@contextmanager
def _beside() -> Iterator[IO[bytes]]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as opened:
        yield opened


def _json(part: AbstractContextManager[Any]) -> Callable[[bytes | None], None]:
    """Rows as a JSON array, a block at a time, each as an array of its own; None ends it."""
    out, began = part.__enter__(), [False]

    def put(block: bytes | None) -> None:
        if block is None:
            out.write(b"\n]\n" if began[0] else b"[]\n")
            part.__exit__(None, None, None)
        elif len(block) > len(b"[]"):
            out.write((b",\n" if began[0] else b"[\n") + block[1:-1])
            began[0] = True

    return put


def _csv(out: IO[bytes], columns: list[str]) -> Callable[[list[dict[str, Any]]], None]:
    """Rows as CSV (RFC 4180), in UTF-8 with a mark so that spreadsheets read it right; no cell is a formula."""
    out.write(codecs.BOM_UTF8)

    def put(rows: Iterable[Iterable[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        out.write(text.getvalue().encode())

    put([columns])
    return lambda block: put([_cell(row.get(name)) for name in columns] for row in block)


def _cell(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return f"'{value}" if value[:1] in FORMULA else value
    if kind is dict or kind is list:
        return _cell(msgspec.json.encode(value).decode())
    return value


def _schema(written: Written, entry: TableEntry, names: Iterable[str]) -> dict[str, Any]:
    said = {s.name: {"description": s.category, "x-origin": s.origin} for s in written.columns if s.category}
    return schema_of(entry, names, lambda name: said.get(name, {}))
