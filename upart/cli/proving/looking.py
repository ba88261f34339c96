# SPDX-License-Identifier: MIT
"""How the proof looks: into every byte of an installation, into all that an academy holds, and into the source of a plugin."""

from __future__ import annotations

import ast
import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from upart.rights.scanning.finding import pieces
from upart.rights.scanning.matching import Matcher
from upart.rights.scanning.wanted import Identifier, What

MOVING = ("job", "visit")
"""Tables that change by themselves: a worker moves its schedules on, and to look at a page is a visit, written down a moment later."""

NAMED = re.compile(r"export|eras|delet|forget|purge|anonymi|pseudonymi[sz]e|redact|wipe|gdpr|upart_external_stores", re.I)
"""How code is called that exports or erases."""

CALLED = {"delete", "update"}
"""What it would call."""


class Found(NamedTuple):
    """What a search looked at, and the files in which something stands."""

    files: int
    size: int
    hits: list[str]


def search(folder: Path, address: str, words: str) -> Found:
    """Every file of a folder, byte for byte: the address in each disguise that the search after an erasure knows, the words as they are."""
    matcher, files, size, hits = Matcher([Identifier(What.ADDRESS, address)], ends=False), 0, 0, []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            found = [bool(matcher.found(piece) or words.encode() in piece) for piece in pieces(stream)]
        files, size = files + 1, size + path.stat().st_size
        hits += [str(path.relative_to(folder))] if any(found) else []
    return Found(files, size, hits)


def fingerprints(database: Path, slug: str) -> dict[str, str]:
    """A SHA-256 of each table's rows of an academy, whatever is declared of it; tables in which it has none are left out."""
    with opened(database) as looked:
        (academy,) = looked.execute("SELECT id FROM academy WHERE slug = ?", (slug,)).fetchone()
        names = [name for (name,) in looked.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        owned = [name for name in names if name not in MOVING and "academy_id" in {row[1] for row in looked.execute(f'PRAGMA table_info("{name}")')}]
        rows = {name: sorted(map(repr, looked.execute(f'SELECT * FROM "{name}" WHERE academy_id = ?', (academy,)))) for name in owned}
    return {name: hashlib.sha256("\n".join(found).encode()).hexdigest() for name, found in rows.items() if found}


def parts(looked: sqlite3.Connection) -> dict[str, int]:
    """How many parts of the requests of people are in which state ("done", "waiting")."""
    return dict(looked.execute("SELECT state, count(*) FROM rights_step GROUP BY state").fetchall())


def opened(database: Path) -> closing[sqlite3.Connection]:
    """A connection for a block that only reads."""
    return closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10))


def lines_that_carry_rights_out(folder: Path) -> tuple[int, int]:
    """Lines of a plugin's Python, and those of them in functions, classes or calls that export or erase.

    Counted in the syntax tree, so neither comments nor `OnErase.DELETE`, which is a declaration, are such lines.
    """
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))]
    return sum(len(source.splitlines()) for source in sources), sum(len(set(_lines(ast.parse(source)))) for source in sources)


def _lines(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and NAMED.search(node.name):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if isinstance(node, ast.Call) and str(getattr(node.func, "id", getattr(node.func, "attr", ""))).lower() in CALLED:
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
