# SPDX-License-Identifier: MIT
"""`Idempotency-Key`: a request that is sent again is not done again (IETF draft-ietf-httpapi-idempotency-key-header).

The answer is kept by the transaction of what was done, so both are there or neither. An answer that says no is not kept, since nothing was done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Response, g, request
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.context import context
from upart.db import insert_once, session, uuid7, writing
from upart.errors import Problem, UpartError
from upart.keys import fingerprint, fingerprints, ring
from upart.tokens.models import ApiAnswer

HEADER = "Idempotency-Key"
LIVES = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""After that a request that has not ended is taken for one whose process has died, and another may do it."""

LONGEST_KEY, LONGEST_ANSWER = 200, 256 * 1024
SEAL = "answer"
EMPTY = "{}"
"""In place of an answer that is not given twice: it held a secret, or is about somebody who is hidden since."""


@dataclass
class Claim:
    """One try at a request; `given` is the answer if it was done before."""

    id: UUID | None = None
    claim: UUID = field(default_factory=uuid4)
    given: Response | None = None
    kept: bool = False

    def keep(self, response: Response) -> None:
        """Keep the answer, in the transaction of what was done. Raises Problem 409 when another try has overtaken this one."""
        if self.id is None:
            return
        text = "" if g.get("upart_shown_once") or response.is_streamed or response.direct_passthrough else response.get_data(as_text=True)
        kept = ring().seal(SEAL, text, context.academy.id) if text and len(text) <= LONGEST_ANSWER else None
        values = {"status": response.status_code, "location": response.headers.get("Location", ""), "answer": kept, "epoch": _epoch()}
        done: Any = session.execute(update(ApiAnswer).where(*self._mine()).values(**values).execution_options(synchronize_session=False))
        if done.rowcount != 1:
            raise in_flight()
        self.kept = True

    def let_go(self) -> None:
        """Nothing was done: the request may be tried again with the same key. Outside of the door of the request."""
        with suppress(DBAPIError), writing(context.academy):
            session.execute(delete(ApiAnswer).where(*self._mine()).execution_options(synchronize_session=False))

    def _mine(self) -> tuple[Any, ...]:
        return ApiAnswer.id == self.id, ApiAnswer.claim == self.claim, ApiAnswer.status.is_(None)


def shown_once() -> None:
    """The answer to this request holds a secret: it is not kept, and nobody gets it again."""
    g.upart_shown_once = True


def in_flight() -> Problem:
    """The same request is being worked on."""
    return Problem(409, "This request is being worked on.", remedy="Wait a moment and send it once more.", code="in_flight", retry=1)


@contextmanager
def once(person: Person | None, *, heeded: bool) -> Iterator[Claim]:
    """In the block the request is done, unless it was done before: then `given` is its answer. Opened before the door. Raises Problem 400, 409, 422."""
    key = request.headers.get(HEADER)
    if not heeded or key is None or request.method != "POST":
        yield Claim()
        return
    if person is None:
        raise Problem(400, "An Idempotency-Key needs a sender.", remedy="Send a token, or leave the key away.", code="idempotency_key")
    if not (key.isascii() and key.isprintable() and key.strip() and len(key) <= LONGEST_KEY):
        raise Problem(
            400, "This Idempotency-Key cannot be used.", remedy=f"Send up to {LONGEST_KEY} visible characters, new ones each time.", code="idempotency_key"
        )
    claim, done = _claimed(person, key), False
    try:
        yield claim
        done = claim.kept
    finally:
        if claim.id is not None and not done:
            claim.let_go()


def _claimed(person: Person, key: str) -> Claim:
    academy, now, claim = context.academy, clock.now(), Claim(uuid7())
    name, asked = f"{person.id} {key}{_allowed()}", _asked()
    with writing(academy):
        known = select(ApiAnswer).where(ApiAnswer.digest.in_(fingerprints(name, academy.id)))
        row = session.scalars(known).first()
        if row is None:
            values = {"person_id": person.id, "digest": fingerprint(name, academy.id), "request": ring().digest(SEAL, asked, academy.id), "claim": claim.claim}
            if insert_once(ApiAnswer, id=claim.id, **values):
                return claim
            row = session.scalars(known).one()
        return _again(row, claim, asked, now)


def _again(row: ApiAnswer, claim: Claim, asked: str, now: datetime) -> Claim:
    """What somebody else has begun, or done."""
    over = row.at < now - LIVES
    if not over and row.request not in ring().digests(SEAL, asked, row.academy_id):
        raise Problem(422, "This Idempotency-Key was sent with another request.", remedy="Make up a new one for each request.", code="idempotency_key")
    if row.status is not None and not over:
        return Claim(given=_once_more(row))
    if not over and row.at > now - LEASE:
        raise in_flight()
    taken = update(ApiAnswer).where(ApiAnswer.id == row.id, ApiAnswer.claim == row.claim)
    values = {"claim": claim.claim, "request": ring().digest(SEAL, asked, row.academy_id), "status": None, "answer": None, "at": now}
    done: Any = session.execute(taken.values(**values).execution_options(synchronize_session=False))
    if done.rowcount != 1:
        raise in_flight()
    return Claim(row.id, claim.claim)


def _once_more(row: ApiAnswer) -> Response:
    """The kept answer. If the academy has changed since, somebody may be hidden or erased: then only that it was done, and where it is."""
    text = EMPTY
    if row.answer is not None and row.epoch == context.academy.epoch:
        with suppress(UpartError):
            text = ring().open(SEAL, row.answer, row.academy_id)
    again = Response(text, row.status, mimetype="application/json")
    again.headers["Idempotent-Replayed"] = "true"
    if row.location:
        again.headers["Location"] = row.location
    return again


def _allowed() -> str:
    """What the token may do: one that may do less is another sender, and gets no answer that was made for this one."""
    return "" if context.scopes is None else f"\0{' '.join(sorted(context.scopes))}"


def _asked() -> str:
    """What is asked for, so that a key cannot be used for something else."""
    body = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    return f"{request.method} {request.full_path} {request.mimetype} {body}"


def _epoch() -> int:
    """The academy's epoch as this transaction leaves it. It rises when somebody is hidden or erased, whose data an answer may hold."""
    return session.scalar(select(Academy.epoch).where(Academy.id == context.academy.id)) or 0
