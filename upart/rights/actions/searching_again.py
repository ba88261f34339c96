# SPDX-License-Identifier: MIT
"""In the nights after an erasure it is searched once more: a job that was late, a file put back, or a log may have brought something back.

By then nobody is known any more by name, address or number. What is left are keyed digests of ids and addresses in the ledger; so each
address and id that stands somewhere is digested and compared. Names, phone numbers and the bytes of the database are not looked at.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Account, Person
from upart.context import CurrentAcademy
from upart.db import everywhere, writing
from upart.events.actions import emit
from upart.events.noting import Kind
from upart.mail.actions import send
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.reminding import officers
from upart.rights.engine.holdings import holdings
from upart.rights.ledger.book import book
from upart.rights.ledger.lines import DONE, VOID
from upart.rights.scanning.finding import Findings, holds_up
from upart.rights.scanning.folders import search_files, search_folder
from upart.rights.scanning.known import Known
from upart.rights.scanning.rows import Scope, search_rows
from upart.rights.scanning.wanted import What

log = logging.getLogger("upart.rights")

NIGHTS = timedelta(days=7)
"""How long after an erasure it is searched again."""

Gone = Mapping[str, What]
"""Digests of those who were erased at an academy."""


def search_again() -> None:
    """Task, once a day, outside of any session: search each academy at which somebody was erased in the last seven days."""
    for id, gone in _gone().items():
        academy = current_app.extensions["upart"].directory.by_id(id)
        try:
            if academy is not None and (found := _came_back(academy, gone)):
                _tell(academy, found)
        except Exception:  # the next night tries it again
            log.exception("searching an academy again failed")


def _gone() -> dict[UUID, dict[str, What]]:
    """Whose erasure was done in the last nights, by academy. Who is being erased just now is searched for by the erasure itself."""
    lines = book().verify()
    done, void = {line.id for line in lines if line.kind == DONE}, {line.id for line in lines if line.kind == VOID}
    recent = (line for line in lines if line.kind == Kind.ERASURE and line.id in done and line.at >= clock.now() - NIGHTS)
    found: dict[UUID, dict[str, What]] = defaultdict(dict)
    for line in recent:
        if line.academy_id is not None and f"{line.chain}:{line.number}" not in void:
            found[line.academy_id] |= {**dict.fromkeys(line.who, What.ID), **dict.fromkeys(line.addresses, What.ADDRESS)}
    return found


def _came_back(academy: CurrentAcademy, gone: Gone) -> list[dict[str, Any]]:
    """The places at which something of them stands. An address that somebody has now, here or with an account, is theirs."""
    digest = partial(book().digest, academy_id=academy.id)
    with everywhere("whose addresses are in use?") as opened:
        used = select(Person.email).where(Person.academy_id == academy.id, Person.email.is_not(None)).union(select(Account.email))
        living = {digest(str.__str__(address)) for address in opened.scalars(used) if address}
    matcher, found = Known({one: what for one, what in gone.items() if one not in living}, digest), Findings()
    if matcher.digests:
        search_rows(holdings(), Scope(academy.id), matcher, (), found)
        search_files(academy.id, matcher, found)
        search_folder(academy.id, matcher, found)
    return holds_up(found.as_data())


def _tell(academy: CurrentAcademy, found: list[dict[str, Any]]) -> None:
    """Officers get the places, each night until nothing is there any more."""
    places = [(".".join(filter(None, (one["table"], one["column"]))), one["count"]) for one in found]
    log.error("something of somebody who was erased came back: %s", ", ".join(place for place, _count in places))
    with writing(academy):
        emit("rights.came_back", places=len(places))
        for officer in officers():
            key = f"rights.came_back:{clock.now():%Y-%m-%d}:{officer.id}"
            send(officer, Purpose.RIGHTS, template="rights/mail/came-back.txt", values={"places": places}, dedupe_key=key)
