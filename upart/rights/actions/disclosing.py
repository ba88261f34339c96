# SPDX-License-Identifier: MIT
"""`disclose`: the only way out. It gives the minimum, to whom it is declared for, and notes what went where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from upart.accounts.models import Person
from upart.context import context
from upart.db import across, is_open, session, writing
from upart.disclosure.actions import noted
from upart.disclosure.rules import NotDisclosed, Wanted, require_agreed, require_recipient, require_shareable, wanted
from upart.hooks.guards import unopposed
from upart.hooks.plugged import plugged
from upart.hooks.recipients import recipient_named
from upart.policy.announcing import require_announced
from upart.privacy.register import PEOPLE
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.pending import lock, unfinished
from upart.rights.engine.holdings import loaded_holdings
from upart.rights.engine.reading import Reader, undeclared_paths
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RequestKind
from upart.rights.subjects import with_account_of

Values = dict[str, list[dict[str, Any]]]
"""Rows by table, each with the columns that were asked for: {"person": [{"email": "lena@example.org"}]}."""


def disclose(
    person: Person, fields: Sequence[str], recipient: str, purpose: Purpose | str, *, permission: str = "", authority: str = "",
    rows: Collection[UUID] | None = None,
) -> Values:  # fmt: skip
    """Give what of a person may go to a recipient, and note it in the disclosure log, in this transaction.

    `fields` are names of columns ("person.email"). Returns the rows about this person by table, each with these
    columns and no others; `rows` narrows them, in all tables but those of people, to the rows with these ids.
    `permission`: what the person agreed to, where, in words; it opens `never_share` columns. `authority`: the decision by
    which an authority asks; then `recipient` names that authority and need not be declared. Raises NotDisclosed
    for an unknown column or recipient, another purpose, a category the recipient is not declared for, columns that are
    secret, wait for review or are never shared, and for somebody who is being erased; Problem 409 with the reasons
    that `upart_objections("disclose", …)` gives, and for what the academy has not agreed to, published or announced for long enough yet
    (in a task: it waits). Needs a write session, and never a call to the outside while it is open;
    in a task with `outside=True` it opens and commits one of its own, so that what goes out is known before it goes.
    GDPR art. 5(1)(b) and (c), 13(1)(e), 19.
    """
    if purpose not in list(Purpose):
        raise NotDisclosed(f"There is no purpose '{purpose}'.", remedy=f"Choose one of: {', '.join(Purpose)}.")
    given = partial(_disclosed, person, fields, recipient, Purpose(purpose), permission.strip(), authority.strip(), rows)
    if is_open():
        return given()
    with writing(context.academy):
        return given()


def _disclosed(
    person: Person, fields: Sequence[str], recipient: str, purpose: Purpose, permission: str, authority: str, rows: Collection[UUID] | None
) -> Values:
    register = plugged().register
    columns = wanted(register, fields)
    require_shareable(columns, permitted=bool(permission or authority))
    if not authority:
        require_recipient(register, columns, recipient_named(recipient), recipient, purpose)
        require_agreed(register, columns, recipient)
        require_announced(recipient)
    lock(person)
    if unfinished(person, RequestKind.ERASE) is not None:
        raise NotDisclosed("This person is being erased.", remedy="Nothing goes out any more.")
    row = noted(person.id, recipient, purpose, fields, permission=permission, authority=authority)
    unopposed("disclose", row)
    with across("read what is disclosed about somebody"):
        found = values_of(session(), with_account_of(person, False)[0], columns, rows)
    row.fields = [one.name for one in columns if any(line[one.column.name] not in (None, "", [], {}) for line in found[one.entry.table])]
    if row.fields:
        session.add(row)
    return found


def values_of(opened: Session, subject: DataSubject, columns: Sequence[Wanted], rows: Collection[UUID] | None = None) -> Values:
    """The values of these columns in the rows about one subject; `opened` reads over all academies. Raises NotDisclosed."""
    finder = Finder(loaded_holdings(), subject)
    found: Values = {}
    for entry in {one.entry.table: one.entry for one in columns}.values():
        reader, mine = Reader(finder, entry), [one for one in columns if one.entry is entry]
        known = {shown.name for shown in reader.shown()}
        if not reader.matches or any(one.column.name not in known for one in mine):
            raise NotDisclosed(f"{entry.table} says nothing about people, or not to others.", remedy="Name columns of rows that are about this person.")
        lines = (line for line in reader.rows(opened) if rows is None or entry.table in PEOPLE or line.get("id") in rows)
        found[entry.table] = [{one.column.name: _declared(one, line.get(one.column.name)) for one in mine} for line in lines]
    return found


def _declared(one: Wanted, value: Any) -> Any:
    """The value, if all that is in it is declared."""
    if one.declaration.kind == "personal_json" and (found := undeclared_paths(value, one.declaration.paths)):
        raise NotDisclosed(f"{one.name} holds {found[0]}, which is not declared.", remedy="Declare the path in personal_json(...).")
    return value


def flat(found: Values) -> dict[str, Any]:
    """Values by "table.column": of a table with one row the value, of others the list of them."""
    return {f"{table}.{name}": _one(line[name] for line in lines) for table, lines in found.items() for name in (lines[0] if lines else ())}


def _one(values: Iterable[Any]) -> Any:
    every = list(values)
    return every[0] if len(every) == 1 else every
