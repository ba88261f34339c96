# SPDX-License-Identifier: MIT
"""Who looked at whom: a page that shows private data of somebody else leaves a line for them, before it goes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import everywhere, session, uuid7, writing
from upart.db.types import Private
from upart.errors import Problem
from upart.hooks.records import ROLES
from upart.privacy.register import PEOPLE, TableEntry
from upart.privacy.words import Declaration
from upart.rights.engine.groups import behind
from upart.rights.engine.holdings import Holdings, loaded_holdings
from upart.rights.models import Looked
from upart.theming.locales import gettext as _

Seen = dict[UUID, set[str]]
"""Kinds of private data that were seen, by whose they are."""


AT_ONCE = 1000
"""People of one statement: a list that is taken out may hold all of an academy, and databases take some thousands of values at a time."""


def write_down(shown: Sequence[Private], looker: Person, page: str) -> None:
    """Note whose private data a page has shown to `looker`: one line for each person, by one statement for a thousand of them. Opens its own door.

    Nothing is noted of what they see of themselves. Raises Problem 503 when it cannot be noted: then it is not shown.
    """
    seen = _whose(shown, looker.academy_id)
    seen.pop(looker.id, None)
    if not seen:
        return
    people = list(seen)
    try:
        for at in range(0, len(people), AT_ONCE):
            _insert({id: seen[id] for id in people[at : at + AT_ONCE]}, looker, page)
    except (OperationalError, InternalError) as error:
        text = _("Who looks at people's private data is noted, and just now nothing can be.")
        raise Problem(503, text, remedy=_("Try again in a few seconds."), retry=5) from error


def _insert(seen: Seen, looker: Person, page: str) -> None:
    with writing(context.academy):
        # Whoever is being erased right now is waited for, or waits.
        there = set(session.scalars(select(Person.id).where(Person.id.in_({*seen, looker.id})).with_for_update(read=True, key_share=True)))
        common = {"academy_id": context.academy.id, "looker_id": looker.id if looker.id in there else None, "role": _role(looker), "page": page}
        lines = [{**common, "id": uuid7(), "person_id": id, "categories": sorted(kinds), "at": clock.now()} for id, kinds in seen.items() if id in there]
        if lines:
            session.execute(sa.insert(Looked).values(lines))


def sentence_of(view: Callable[..., Any]) -> str:
    """What a page is, in the first words of its view's docstring ("All people of the academy, by name")."""
    return re.split(r"[;.]", view.__doc__ or view.__name__, maxsplit=1)[0].replace("`", "").strip()


def _role(looker: Person) -> str:
    return next((role for role in ROLES if role in looker.roles), next(iter(looker.roles), ""))


def _whose(shown: Iterable[Private], academy_id: UUID) -> Seen:
    """The people of this academy to whom these values belong."""
    seen: Seen = {}
    held = loaded_holdings()
    by_column: dict[str, list[Private]] = {}
    for value in shown:
        by_column.setdefault(value.source, []).append(value)
    for source, values in by_column.items():
        name, _, column = source.partition(".")
        entry = held.register.tables.get(name)
        d = next((d for one, d in entry.declared() if one.name == column), None) if entry else None
        if entry is None or d is None:
            continue
        for at in range(0, len(values), AT_ONCE):
            for id in _people(held, entry, column, d, values[at : at + AT_ONCE], academy_id):
                seen.setdefault(id, set()).add(d.category)
    return seen


def _people(held: Holdings, entry: TableEntry, column: str, d: Declaration, values: Sequence[Private], academy_id: UUID) -> set[UUID]:
    """Whom the rows are about that have shown this column; rows of people are themselves. A value that came without its row is looked up."""
    ids, alone = {value.row for value in values if value.row is not None}, [str.__str__(value) for value in values if value.row is None]
    if entry.table == Person.__tablename__ and not alone:
        return ids
    table = held.tables[entry.table].alias()
    which = sa.or_(table.c.id.in_(ids), table.c[column].in_(alone))
    rows = sa.select(table.c.id).where(which, *([table.c.academy_id == academy_id] if entry.owned else []))
    with everywhere("whose private data has a page shown?") as opened:
        return {id for kind, chosen in _paths(held, entry, d, rows) for id in _here(opened, kind, chosen, academy_id)}


def _paths(held: Holdings, entry: TableEntry, d: Declaration, rows: sa.Select[Any]) -> Iterator[tuple[str, sa.Select[Any]]]:
    for path in entry.subjects:
        if not d.about or path.role in d.about:
            yield behind(held, entry, path.via, rows)


def _here(opened: Session, kind: str, chosen: sa.Select[Any], academy_id: UUID) -> Iterable[UUID]:
    """These people, or the people of this academy behind these accounts."""
    own = Person.id if kind == Person.__tablename__ else Person.account_id
    return opened.scalars(select(Person.id).where(Person.academy_id == academy_id, own.in_(chosen))) if kind in PEOPLE else ()
