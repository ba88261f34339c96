# SPDX-License-Identifier: MIT
"""What nobody has agreed to is not stored: columns that an upgrade has added stay empty until the academy agrees to them.

Which these are says `CurrentAcademy.held_back` ("column:quizbank_answer.mood"). In a row that is added or changed through the
session such a column is emptied before it is written, with a warning in the log; where it cannot be empty, as the link to the
person in a new table, the row is refused. A statement that names one (`insert()`, `update()`) is refused. Sessions over all
academies, which rights and commands use, are not asked. With nothing held back, this costs one comparison.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Column, Table, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from upart.context import context
from upart.db.engine import Door
from upart.db.model import AcademyOwned
from upart.errors import NotAgreed

log = logging.getLogger("upart.db")


def listen(session_class: type[Session]) -> None:
    """Attach to a session class."""
    event.listen(session_class, "before_flush", _empty)
    event.listen(session_class, "do_orm_execute", _refuse)


def _held_back(session: Session) -> frozenset[str]:
    door: Door = session.info["door"]
    academy = context.academy_or_none
    return academy.held_back if academy is not None and not door.everywhere and door.academy_id == academy.id else frozenset()


def _empty(session: Session, flush: Any, instances: Any) -> None:
    held = _held_back(session)
    if not held:
        return
    for row in (*session.new, *session.dirty):
        if isinstance(row, AcademyOwned):
            _empty_row(row, held, new=row in session.new)


def _empty_row(row: Any, held: frozenset[str], *, new: bool) -> None:
    mapper: Any = inspect(type(row))
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if f"column:{column.table.name}.{column.name}" in held:
            history = inspect(row).attrs[attribute.key].history
            if new or history.has_changes():
                blank = _blank(column)
                if getattr(row, attribute.key) not in (None, blank):
                    log.warning("%s.%s stays empty: nobody has agreed yet that it is kept", column.table.name, column.name)
                setattr(row, attribute.key, blank)


def _blank(column: Column[Any]) -> Any:
    """What stands in a column that is kept empty: nothing, its declared blank, else its default. Raises NotAgreed where none is."""
    declaration: Any = column.info.get("declaration")
    if column.nullable:
        return None
    if getattr(declaration, "has_blank", False):
        return declaration.blank
    default: Any = column.default
    if default is None or not (default.is_scalar or default.is_callable):
        raise refused(column.table)
    return default.arg if default.is_scalar else default.arg(None)


def _refuse(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update):
        return
    held = _held_back(state.session)
    if not held:
        return
    statement: Any = state.statement
    table = statement.table
    given = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    names = {getattr(name, "name", name) for row in given for name in row} | {getattr(name, "name", name) for name in (statement._values or {})}
    names |= {getattr(name, "name", name) for many in statement._multi_values for row in many for name in row}
    if any(f"column:{table.name}.{name}" in held for name in names):
        raise refused(table)


def refused(table: Any) -> NotAgreed:
    """What somebody is told whose words cannot be stored yet."""
    name = table.name if isinstance(table, Table) else ""
    return NotAgreed(f"The academy has not agreed yet that this is kept ({name}). Nothing was stored.")
