# SPDX-License-Identifier: MIT
"""The wall between academies: a filter for ORM statements and a guard for all that goes around it.

The filter adds `academy_id = …` to every ORM statement. What it does not reach (Core, text, bulk
statements, `exists`, a plain connection) passes the guard, which reads the SQL that is about to
run: each table of an academy must be bound to *this* academy, or the statement is refused. It is a
net for honest mistakes; PostgreSQL's row-level security is the wall behind it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, TextClause, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from upart.db.engine import DOOR, Door
from upart.db.model import AcademyOwned, Model, is_owned
from upart.errors import WallError

PREPARED = "upart_prepared"
"""Execution option of a statement whose predicates `prepared` has added."""

PLACEHOLDER = r"(?:\?|%\(\w+\)s(?:::\w+)?)"
COLUMN = r"(?:(\w+)\.)?academy_id"
BOUND = re.compile(rf"(\bOR )?\b{COLUMN} = ({PLACEHOLDER}|(\w+)\.academy_id\b)(?![\w:])(?! OR\b)")
BOUND_FIRST = re.compile(rf"({PLACEHOLDER}) = {COLUMN}\b")
ASSIGNED = re.compile(rf"\bacademy_id=({PLACEHOLDER})")
INSERT = re.compile(r"\s*INSERT INTO (\w+) \(([^)]*)\) VALUES (.*)", re.S)
STRINGS = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one SQL text does to tables of academies: which, what is wrong, which parameters must be the academy."""

    tables: tuple[str, ...] = ()
    problem: str = ""
    bound: tuple[int | str, ...] = ()


def listen(session_class: type[Session]) -> None:
    """Attach filter and flush check to a session class."""
    event.listen(session_class, "do_orm_execute", _filter)
    event.listen(session_class, "before_flush", _compare)
    event.listen(session_class, "after_begin", lambda session, transaction, connection: session.info.update(begun=True))
    event.listen(session_class, "after_transaction_end", lambda session, transaction: transaction.parent is None and session.info.update(begun=False))


def guard(engine: Engine) -> Engine:
    """Attach the guard to an engine."""
    event.listen(engine, "before_cursor_execute", _refuse_leaks)
    return engine


def _filter(state: ORMExecuteState) -> None:
    door: Door = state.session.info["door"]
    if door.everywhere or state.is_insert or state.is_column_load or state.is_relationship_load:
        return
    academy_id = door.academy_id
    if academy_id is None:
        return  # the guard refuses whatever touches an academy's table
    state.statement = state.statement.options(with_loader_criteria(AcademyOwned, lambda cls: cls.academy_id == academy_id, include_aliases=True))


def _compare(session: Session, flush: UOWTransaction, instances: Any) -> None:
    door: Door = session.info["door"]
    if not door.write and (session.new or session.deleted or any(session.is_modified(row) for row in session.dirty)):
        raise WallError("This page only reads, but something was changed.", remedy="Change data in a POST request, a job or a command.")
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, AcademyOwned) and not door.everywhere:
            if row.academy_id is None:
                row.academy_id = door.academy_id
            if row.academy_id != door.academy_id or door.academy_id is None:
                raise WallError(f"A row of {type(row).__name__} belongs to another academy than this session.")


def _refuse_leaks(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    door: Door | None = connection.get_execution_options().get(DOOR)
    if door is not None and door.everywhere:
        return
    reading = read(statement, len(Model.metadata.tables))
    if not reading.tables:
        return
    names = ", ".join(reading.tables)
    if door is None or door.academy_id is None:
        raise WallError(f"A statement touches {names} outside of an academy.", remedy="Use `session` inside a door, or everywhere('why').")
    compiled = getattr(context, "compiled", None)
    if compiled is None or _is_text(compiled.statement):
        raise WallError(f"A text statement touches {names}.", remedy="Write it with select(), or use everywhere('why').")
    if reading.problem:
        raise WallError(reading.problem, remedy="Query the mapped class through `session`, use prepared(select(…)), or everywhere('why').")
    # A multi-row INSERT announces many rows but carries one flat list of parameters.
    for row in parameters if isinstance(parameters, list) else (parameters,):
        _same_academy(reading, row, door.academy_id, names)


def _same_academy(reading: Reading, row: Sequence[Any] | Mapping[str, Any], academy_id: UUID, names: str) -> None:
    for place in reading.bound:
        value = row[place]  # type: ignore[index]
        if str(value).replace("-", "") != academy_id.hex:
            raise WallError(f"A statement on {names} names another academy.", remedy="A session belongs to one academy; use everywhere('why').")


def _is_text(statement: Any) -> bool:
    return isinstance(statement, TextClause) or isinstance(getattr(statement, "element", None), TextClause)


@lru_cache(maxsize=4096)
def read(statement: str, schema_size: int) -> Reading:
    """Read one SQL text as SQLAlchemy renders it. `schema_size` renews the answer when tables are added."""
    text = STRINGS.sub("''", statement).replace('"', "")
    owned = {table.name for table in Model.metadata.tables.values() if is_owned(table)}
    if insert := INSERT.match(text):
        if insert[1] in owned:
            return _read_insert(insert[1], insert[2], insert[3], text)
        text = text[: insert.start(2)] + text[insert.start(3) - len("VALUES ") :]
    return _read_predicates(text, owned)


def _read_insert(table: str, columns: str, values: str, text: str) -> Reading:
    names = [name.strip() for name in columns.split(",")]
    if "academy_id" not in names:
        return Reading((table,), f"An INSERT into {table} names no academy.")
    at, start, bound = names.index("academy_id"), len(text) - len(values), []
    for row_at, row in _rows(values):
        offset, item = row[at] if at < len(row) else (0, "")
        if not re.fullmatch(PLACEHOLDER, item):
            return Reading((table,), f"An INSERT into {table} takes its academy from an expression.")
        bound.append(_place(text, start + row_at + offset, item))
    return Reading((table,), "" if bound else f"An INSERT into {table} takes its rows from a query.", tuple(bound))


def _rows(values: str) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """The rows of a VALUES list: where each begins, and its items with their offsets."""
    row: list[tuple[int, str]] = []
    depth, begin, item = 0, 0, 0
    for at, char in enumerate(values):
        if char == "(":
            depth += 1
            if depth == 1:
                begin, item, row = at, at + 1, []
        elif char in ",)" and depth == 1:
            raw = values[item:at]
            row.append((item - begin + len(raw) - len(raw.lstrip()), raw.strip()))
            item = at + 1
        if char == ")":
            depth -= 1
            if depth == 0:
                yield begin, row
        elif depth == 0 and char.isalpha():
            return  # RETURNING, ON CONFLICT


def _read_predicates(text: str, owned: set[str]) -> Reading:
    found, tables = Counter[str](), set[str]()
    for match in re.finditer(r"(?<![.\w])(?<!AS )(\w+)(?![\w.(=])(?: AS (\w+))?", text):
        if match[1] in owned:
            tables.add(match[1])
            found[match[2] or match[1]] += 1
    if not tables:
        return Reading()
    only = next(iter(found)) if len(found) == 1 else ""
    counted, bound, equal, anchored = Counter[str](), [], [], set[str]()
    for match in BOUND.finditer(text):
        name, other = match[2] or only, match[4]
        if match[1]:
            continue
        counted[name] += 1
        if other:
            counted[other] += 1
            equal.append((name, other))
        else:
            anchored.add(name)
            bound.append(_place(text, match.start(3), match[3]))
    for match in BOUND_FIRST.finditer(text):
        counted[match[2] or only] += 1
        anchored.add(match[2] or only)
        bound.append(_place(text, match.start(1), match[1]))
    bound += [_place(text, match.start(1), match[1]) for match in ASSIGNED.finditer(text)]
    for _ in equal:
        anchored |= {b for a, b in equal if a in anchored} | {a for a, b in equal if b in anchored}
    free = [name for name, times in found.items() if counted[name] < times or name not in anchored]
    problem = f"A statement reads or changes {', '.join(sorted(free))} of every academy." if free else ""
    return Reading(tuple(sorted(tables)), problem, tuple(bound))


def _place(text: str, at: int, item: str) -> int | str:
    """Where the value of a placeholder stands among the parameters."""
    return text.count("?", 0, at) if item == "?" else item[2 : item.index(")")]
