# SPDX-License-Identifier: MIT
"""Restriction at the session (GDPR art. 18): others see that there is a row, but not what it says about somebody restricted.

Hiding the rows themselves was measured to break what counts on them: free seats, sums, unique keys. So rows stay, and
of those that are about a restricted person

- objects are loaded and refreshed with masks, and a masked value cannot be written;
- a statement that names a hidden column does not see the row, or it could be asked what the row holds (`naming.py`).

Only doors that are opened for a page do so (`Door.masks`). Jobs, commands, look-ups beside a page's own session and
blocks of `unmasked()` act as the system: they see values, and hand on ids and numbers only; what goes out (mail,
disclosure, publishing) asks again there. An academy with nobody restricted pays for one comparison per statement.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select, Table, event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.sql.lambdas import LambdaElement

from upart.context import context
from upart.db.engine import DOOR, Door
from upart.db.masks import Covered, Plan, Sight, hidden_columns, mask_of, opened, sight
from upart.db.model import AcademyOwned, Model
from upart.db.naming import named, spared, sparing
from upart.errors import RESTRICTED, Problem, WallError

SPARED = "upart_spared"
"""Execution option of a statement that has been looked at."""

UNMASKED = "upart_unmasked"
"""Execution option of a statement that counts for the system."""

STATEMENTS = (sa.Select, sa.CompoundSelect, sa.Update, sa.Delete, FromStatement)
_once = threading.Lock()
_listening = False


def listen(session_class: type[Session]) -> None:
    """Attach to a session class."""
    event.listen(session_class, "do_orm_execute", _spare)
    event.listen(session_class, "before_flush", _refuse_writes)


def guard(engine: Engine) -> Engine:
    """Attach to an engine: for statements that go around the session."""
    event.listen(engine, "before_execute", _spare_core, retval=True)
    return engine


def of_session(session: Session) -> Sight | None:
    """What the acting person may not see in this session."""
    door: Door = session.info["door"]
    if not door.masks:
        return None
    academy, viewer, seen = context.academy_or_none, context.person, opened.get()
    known = session.info.get("sight")
    if known is None or known[0] is not academy or known[1] is not viewer or known[2] is not seen:
        known = session.info["sight"] = (academy, viewer, seen, sight(door))
    found: Sight | None = known[3]
    return found


def _spare(state: ORMExecuteState) -> None:
    found = of_session(state.session)
    if found is None or state.execution_options.get(UNMASKED):
        return
    _load_with_masks()
    state.update_execution_options(**{SPARED: True})
    if not state.is_select:
        _forget_what_was_reached(state.session)
    if state.is_insert:
        state.statement = sparing(state.statement, found)
    if state.is_insert or state.is_column_load or not isinstance(state.statement, STATEMENTS):
        return
    if state.is_delete:
        _refuse_gone(state.session, state.statement, found, state.parameters)
    if state.is_update and isinstance(state.parameters, list):
        _refuse_rows(state, found)
    state.statement = spared(state.statement, found, loads=state.is_orm_statement)


def _spare_core(connection: Connection, statement: Any, many: Any, one: Any, options: Any) -> tuple[Any, Any, Any]:
    door: Door | None = options.get(DOOR)
    if door is not None and door.masks and SPARED not in options and UNMASKED not in options and isinstance(statement, (*STATEMENTS, sa.Insert, LambdaElement)):
        found = sight(door)
        if found is not None:
            if isinstance(statement, LambdaElement):
                raise WallError("A lambda statement on a connection hides what it names.", remedy="Write it with select(), or run it through the session.")
            if isinstance(statement, sa.Delete):
                _refuse_gone(connection, statement, found, one)
            statement = (
                sparing(statement, found) if isinstance(statement, sa.Insert) else spared(statement, found, loads=False, given=(many[0] if many else one) or ())
            )
    return statement, many, one


def _load_with_masks() -> None:
    """Listen to loads from the first time on that somebody is restricted: each row that is loaded pays for it."""
    global _listening
    with _once:
        if not _listening:
            event.listen(Model, "load", _loaded, propagate=True)
            event.listen(Model, "refresh", _loaded, propagate=True)
            _listening = True


def _loaded(row: Any, query: Any, names: Any = None) -> None:
    if query is not None:  # what is merged in was read through another door
        _mask(row, query.session)


def _mask(row: Any, session: Session) -> None:
    """Put masks on what the acting person may not see of a row."""
    found = of_session(session) if isinstance(row, AcademyOwned) and "door" in session.info else None
    if found is None:
        return
    for covered, attributes in _plan(type(row), found):
        if _is_about(row, covered, found, session):
            for name, mask in attributes:
                if name in row.__dict__:
                    set_committed_value(row, name, mask.copy() if isinstance(mask, list | dict) else mask)
                    masked(session).setdefault(row, set()).add(name)


def _plan(kind: type[Any], found: Sight) -> Plan:
    """The attributes of a class that are hidden now, with what stands in their place, by the rows in which that is so."""
    if (plan := found.plans.get(kind)) is None:
        mapper: Mapper[Any] = sa.inspect(kind)
        table: Any = mapper.local_table
        neutral = {hidden.name: hidden.neutral for hidden in hidden_columns().get(table.name, ())}
        together: dict[Covered, list[tuple[str, Any]]] = {}
        for name, covered in found.covered(table.name).items():
            together.setdefault(covered, []).append((mapper.get_property_by_column(table.c[name]).key, mask_of(table.c[name], neutral[name])))
        plan = found.plans[kind] = list(together.items())
    return plan


def masked(session: Session) -> WeakKeyDictionary[Any, set[str]]:
    """The rows of a session that have masks, and which of their attributes."""
    known: WeakKeyDictionary[Any, set[str]] = session.info.setdefault("masked", WeakKeyDictionary())
    return known


def is_masked(row: Any) -> bool:
    """Is something of this row hidden from the acting person?"""
    session = sa.orm.object_session(row)
    return session is not None and row in masked(session)


def _is_about(row: Any, covered: Covered, found: Sight, session: Session) -> bool:
    table: Any = sa.inspect(type(row)).local_table
    known = found.reached.get((table, covered))
    if known is None:
        known = found.reached[table, covered] = [(column, _values(values, session)) for column, values in covered.reaches(table, found.academy_id)]
    return any(_value(row, table, column, session) in values for column, values in known)


def _value(row: Any, table: Table, column: str, session: Session) -> Any:
    """A link of the row, also when it was not loaded with it."""
    if column in row.__dict__:
        return row.__dict__[column]
    academy_id, id = sa.inspect(row).identity
    return session.connection().execute(sa.select(table.c[column]).where(table.c.academy_id == academy_id, table.c.id == id), execution_options=LOOKS).scalar()


LOOKS = {UNMASKED: True}


def _values(values: Any, session: Session) -> frozenset[Any]:
    """The values that a link may have; a query of them is asked again only after something was written."""
    if not isinstance(values, Select):
        return frozenset(values)
    return frozenset(session.connection().execute(values, execution_options=LOOKS).scalars())


def _refuse_writes(session: Session, flush: Any, instances: Any) -> None:
    """A masked value was never read, so what is written over it can only be wrong."""
    _forget_what_was_reached(session)
    if any(_is_kept(row, session) for row in session.deleted):
        raise restricted()
    for row, names in list(session.info.get("masked", {}).items()):
        if row in session.dirty and of_session(session) is not None and any(sa.inspect(row).attrs[name].history.has_changes() for name in names):
            raise restricted()


def _is_kept(row: Any, session: Session) -> bool:
    """Is this row about somebody whose data may only be stored now?"""
    found = of_session(session) if isinstance(row, AcademyOwned) else None
    return found is not None and any(_is_about(row, covered, found, session) for covered in found.kept(sa.inspect(type(row)).local_table.name))


def _refuse_gone(opened: Session | Connection, statement: Any, found: Sight, parameters: Any) -> None:
    """A DELETE over rows of which some must be kept deletes none. One that names what is hidden does not see them, and deletes the others."""
    table = Model.metadata.tables.get(statement.table.name)
    if table is None or not (kept := found.kept(table.name)) or table.name in named(statement, loads=False):
        return
    mine = statement.table.c
    about = sa.or_(*(sa.not_(covered.spares(table, statement.table, found.academy_id)) for covered in kept))
    doomed = sa.select(sa.literal(1)).select_from(statement.table).where(*statement._where_criteria, mine.academy_id == found.academy_id, about).limit(1)
    if opened.execute(doomed, parameters if isinstance(parameters, dict) else {}, execution_options=LOOKS).first() is not None:
        raise restricted()


def _forget_what_was_reached(session: Session) -> None:
    if (known := session.info.get("sight")) is not None and known[3] is not None:
        known[3].reached.clear()


def restricted() -> Problem:
    """What somebody is told who would change the data of a restricted person."""
    return Problem(
        409, "The data of this person are restricted: they are kept, but nobody may use or change them now.",
        remedy="Wait until the restriction is lifted, or ask the person or the privacy officer.", code=RESTRICTED,
    )  # fmt: skip


def _refuse_rows(state: ORMExecuteState, found: Sight) -> None:
    """An update by key takes no conditions: it must not name a hidden column of a restricted row."""
    mapper = state.bind_mapper
    table: Any = mapper.local_table if mapper is not None else None
    rows: Any = state.parameters
    columns = {name for row in rows for name in row}
    for name, covered in found.covered(table.name).items() if table is not None else ():
        if mapper is not None and mapper.get_property_by_column(table.c[name]).key in columns:
            ids = [row["id"] for row in rows]
            spares = covered.spares(table, table, found.academy_id)
            mine = sa.select(sa.func.count()).select_from(table).where(table.c.academy_id == found.academy_id, table.c.id.in_(ids), spares)
            if state.session.connection().execute(mine, execution_options=LOOKS).scalar_one() < len(set(ids)):
                raise restricted()


def show(session: Session, *, keep: bool) -> Callable[[], None]:
    """Read the real values of rows that have masks; what it returns puts masks on again, also on what was loaded since. For `unmasked()`.

    `keep`: what was loaded since keeps its values as long as the session lives.
    """
    known: set[Any] = set(session.identity_map.values()) if keep else set()
    for row, names in list(masked(session).items()):
        if row in session:
            session.expire(row, names)
    masked(session).clear()

    def hide() -> None:
        if of_session(session) is None:
            return
        kept: WeakSet[Any] = session.info.setdefault("kept", WeakSet())
        for row in list(session.identity_map.values()):
            if keep and row not in known:
                kept.add(row)
            elif row not in kept:
                _mask(row, session)

    return hide


def counts_only(statement: Any) -> bool:
    """Does a SELECT put out nothing but ids and counts or sums? Then it may count for the system."""
    return all(isinstance(raw, sa.sql.elements.ColumnElement) and _is_harmless(raw) for raw in statement._raw_columns)


def _is_harmless(column: Any) -> bool:
    inner = column.element if isinstance(column, sa.Label) else column
    if isinstance(inner, sa.ScalarSelect):
        return isinstance(inner.element, sa.Select) and counts_only(inner.element)
    if isinstance(inner, sa.sql.functions.coalesce):
        return all(_is_harmless(one) for one in inner.clauses)
    counts = isinstance(inner, sa.sql.functions.FunctionElement) and str(getattr(inner, "name", "")) in ("count", "sum")
    return counts or not named(inner, loads=False)


__all__ = ["UNMASKED", "counts_only", "guard", "is_masked", "listen", "masked", "opened", "restricted", "show"]
