# SPDX-License-Identifier: MIT
"""Correct a value: the person says what is right, a human decides, a step puts it into the row (GDPR art. 16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.rights.actions.asking import received
from upart.rights.actions.attempting import Finish
from upart.rights.actions.joining import corrected
from upart.rights.actions.pending import lock
from upart.rights.actions.working import plan
from upart.rights.engine.correcting import Corrector
from upart.rights.engine.holdings import holdings
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.states import ENDED, move
from upart.theming.locales import gettext as _

CORRECTION = "correction"
"""Holder of the step that puts the values in."""


def ask_to_correct(person: Person, table: str, row: UUID, values: Mapping[str, Mapping[str, Any]], words: str = "") -> RightsRequest:
    """Ask for a correction of one line. Needs a write session; sending it twice makes one request.

    `values`: by key, what stands there ("from") and what is right ("to"); `words` say what cannot be typed in. Raises
    Problem 409 while another correction of the same line waits.
    """
    lock(person)
    details = {"scope": "row", "name": table, "row": str(row), "values": {key: dict(change) for key, change in values.items()}}
    for known in _open_about(person, table, row):
        if (known.details, known.words) == (details, words):
            return known
        raise Problem(409, _("Another correction of this line waits for its answer."), remedy=_("Take that request back first, then ask again."))
    request = received(person, RequestKind.RECTIFY, details=details, words=words)
    plan(request, [CORRECTION])
    move(request, RequestState.NEEDS_DECISION)
    return request


def _open_about(person: Person, table: str, row: UUID) -> list[RightsRequest]:
    mine = select(RightsRequest).where(RightsRequest.person_id == person.id, RightsRequest.kind == RequestKind.RECTIFY, RightsRequest.state.not_in(ENDED))
    return [known for known in session.scalars(mine) if (known.details.get("name"), known.details.get("row")) == (table, str(row))]


def check_correction(request: RightsRequest) -> None:
    """Before it is granted: can it be carried out? Raises Problem 409 when the line is gone, or says something else by now."""
    if wanted := request.details.get("values"):
        corrector = _corrector(request)
        corrector.check(corrector.row(session()), wanted)


def correct(request: UUID) -> Finish:
    """Step: all values go in together with the mark that they are in, or none."""

    def finish() -> None:
        row = session.get_one(RightsRequest, {"academy_id": context.academy.id, "id": request})
        if wanted := row.details.get("values"):
            _corrector(row).correct(session(), wanted)
        person = session.scalars(select(Person).where(Person.id == row.person_id)).one()
        corrected(row, person, sorted({f"{row.details['name']}.{key.partition('.')[0]}" for key in wanted or ()}))

    return finish


def _corrector(request: RightsRequest) -> Corrector:
    held, table = holdings(), request.details["name"]
    if table not in held.tables:
        raise Problem(409, _("The line that should be corrected is gone."), remedy=_("Refuse the request, and say so."))
    subject = DataSubject(request.academy_id, request.person_id, request.account_id, tuple(request.addresses))
    return Corrector(Finder(held, subject), held.entry(table), UUID(request.details["row"]))
