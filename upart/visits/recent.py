# SPDX-License-Identifier: MIT
"""Where somebody was last, for "continue where you were": only of people who want it, and they see and clear it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from upart.accounts.models import Person
from upart.consent.gate import may_use
from upart.context import CurrentAcademy
from upart.db import session, uuid7, writing
from upart.privacy.taxonomy import Purpose
from upart.visits.models import RecentPage

PATIENCE = 1.0
"""Seconds for which pages wait for others who write; then they wait in memory."""

MOST = 20
"""Pages that are kept of each person; older ones go."""

LOOKED_AT, LONGEST = 4096, 200
"""Bytes of a page in which its title is sought, and characters of a title or path that are kept."""

TITLE = re.compile(rb"<title>([^<]{1,400})</title>")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that somebody has just opened."""

    academy: CurrentAcademy
    person: UUID
    path: str
    title: str
    at: datetime


def title_of(response: Response, academy: CurrentAcademy) -> str:
    """What a page is called in the browser, without the academy's name; "" for one without a title, or sent in pieces."""
    if response.is_streamed:
        return ""
    found = TITLE.search(response.get_data()[:LOOKED_AT])
    return html.unescape(found[1].decode(errors="replace")).removesuffix(f" · {academy.name}").strip()[:LONGEST] if found else ""


def write(opened: Sequence[Opened]) -> None:
    """Keep pages of those who want it, in a transaction for each academy."""
    for _, some in groupby(sorted(opened, key=lambda one: str(one.academy.id)), key=lambda one: one.academy.id):
        mine = list(some)
        with writing(mine[-1].academy, patience=PATIENCE):
            wanting = [id for id in _there({one.person for one in mine}) if may_use(id, Purpose.PERSONALISE)]
            _keep([one for one in mine if one.person in wanting and len(one.path) <= LONGEST])
            for id in wanting:
                _forget_older(id)


def _there(people: set[UUID]) -> Iterable[UUID]:
    """Those who have not gone meanwhile; whoever is being erased right now is waited for, or waits."""
    return session.scalars(select(Person.id).where(Person.id.in_(people)).with_for_update(read=True, key_share=True)).all()


def _keep(opened: Iterable[Opened]) -> None:
    newest = {(one.person, one.path): one for one in sorted(opened, key=lambda one: one.at)}
    insert: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(RecentPage)
    for one in newest.values():
        values = {"academy_id": one.academy.id, "id": uuid7(), "person_id": one.person, "path": one.path, "title": one.title, "at": one.at}
        session.execute(insert.values(**values).on_conflict_do_update(["academy_id", "person_id", "path"], set_={"title": one.title, "at": one.at}))


def _forget_older(person: UUID) -> None:
    newest = select(RecentPage.id).where(RecentPage.person_id == person).order_by(RecentPage.at.desc(), RecentPage.id).limit(MOST)
    kept = session.scalars(newest).all()
    if len(kept) == MOST:
        older = delete(RecentPage).where(RecentPage.person_id == person, RecentPage.id.not_in(kept))
        session.execute(older.execution_options(synchronize_session=False))


def pages_of(person: Person, most: int = MOST) -> Sequence[RecentPage]:
    """Pages that somebody opened last, the newest first."""
    return session.scalars(select(RecentPage).where(RecentPage.person_id == person.id).order_by(RecentPage.at.desc(), RecentPage.id).limit(most)).all()


def clear(person: Person) -> None:
    """Forget them all, because the person says so. Needs a write session."""
    session.execute(delete(RecentPage).where(RecentPage.person_id == person.id).execution_options(synchronize_session=False))
