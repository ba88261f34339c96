# SPDX-License-Identifier: MIT
"""Tell recipients what became of the data that they received: corrected, restricted, free again, erased in part (GDPR art. 16 to 19)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Person
from upart.context import context
from upart.db import everywhere, reading, session
from upart.disclosure.actions import FIRST_WAIT, comes_after, note_told, note_untold, open_notice, plan_notice, received_by
from upart.disclosure.rules import wanted
from upart.disclosure.words import NoticeAct
from upart.hooks.plugged import plugged
from upart.hooks.stores import store_named
from upart.jobs.actions import NotNow
from upart.rights import outside
from upart.rights.actions.disclosing import flat, values_of
from upart.rights.engine.subjects import DataSubject
from upart.rights.receivers import stores_of
from upart.rights.subjects import with_account_of

log = logging.getLogger("upart.rights")


@dataclass(frozen=True, slots=True)
class Corrected(DataSubject):
    """Whom a store is told about, with what is right now: `values` by "table.column", of tables with several rows as lists."""

    values: Mapping[str, Any] = field(default_factory=dict)


def restricted(person: Person) -> list[str]:
    """Let all who received something of a person be told not to use it. Needs a write session. GDPR art. 18, 19."""
    return _all(person, NoticeAct.RESTRICT)


def lifted(person: Person) -> list[str]:
    """Let them be told that they may use it again. Needs a write session."""
    return _all(person, NoticeAct.LIFT)


def pass_on(about: str, act: str) -> None:
    """Task: tell the recipients of a person that their data are restricted, or free again."""
    person = session.scalars(select(Person).where(Person.id == UUID(about))).first()
    if person is not None:
        {"restrict": restricted, "lift": lifted}[act](person)


def _all(person: Person, act: NoticeAct) -> list[str]:
    able = [store for store in stores_of(person.id) if getattr(store, act) is not None]
    names = set(received_by(person.id))
    for store in able:
        plan_notice(person, act, store=store.name, recipient=store.recipient)
    for name in sorted(names - {store.recipient for store in able}):
        plan_notice(person, act, recipient=name)
    return sorted(names)


def tell(notice: str) -> Callable[[], None] | None:
    """Task, outside of a session: tell one store one thing. Whatever was to be told it before comes first."""
    id = UUID(notice)
    with reading(context.academy):
        row = open_notice(id)
        person = session.scalars(select(Person).where(Person.id == row.person_id)).first() if row is not None else None
        if row is None or person is None:
            return None
        if comes_after(row):
            raise NotNow("Something is to be told before this.", wait=FIRST_WAIT)
        store, what, fields, earlier = row.store, row.act, list(row.fields), list(row.addresses)
        whom = with_account_of(person, False)[0]
    problem = ""
    try:
        outside.act(store_named(store), what, _subject(whom, fields, earlier))
    except Exception as error:  # it is noted, and tried again
        log.warning("store %s could not be told to %s: %s", store, what, type(error).__name__)
        problem = type(error).__name__
    return partial(note_untold, id, problem) if problem else partial(_told, id)


def _told(id: UUID) -> None:
    note_told(id)


def _subject(whom: DataSubject, fields: Sequence[str], earlier: Sequence[str]) -> Corrected:
    addresses = tuple(dict.fromkeys([*whom.addresses, *earlier]))
    values: dict[str, Any] = {}
    if fields:
        with everywhere("read what is right now") as opened:
            values = flat(values_of(opened, whom, wanted(plugged().register, fields)))
    return Corrected(whom.academy_id, whom.person_id, whom.account_id, addresses, values)
