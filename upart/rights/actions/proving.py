# SPDX-License-Identifier: MIT
"""The proof of an erasure: what it has to be searched for is noted before anything goes; at the end stand what was found, and a signed receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.accounts.actions.tokens import link
from upart.context import context
from upart.db import reading, session, writing
from upart.errors import Problem, UpartError
from upart.keys import fingerprint, fingerprints, new_token, ring
from upart.rights.actions.steps import answer
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.models import RequestState, RightsRequest, RightsStep, StepState
from upart.rights.receipts.models import RightsProof
from upart.rights.receipts.signing import sign
from upart.rights.receipts.verifying import HALF, commitment
from upart.rights.scanning.finding import Findings, holds_up
from upart.rights.scanning.scan import scanned
from upart.rights.scanning.wanted import Wanted, gathered
from upart.rights.subjects import subjects_of
from upart.theming.locales import gettext as _

SEALED = "what an erasure is searched for"
PATH = "/privacy/receipt"
ERASURE = "erasure"
"""Kind of the receipts of erasures."""


class Residue(UpartError):
    """Something of an erased person was found where nothing should be."""


class Forgotten(UpartError):
    """What an erasure has to be searched for is not known any more."""


def proof_of(request: UUID) -> RightsProof | None:
    """The proof of a request, if it has one."""
    return session.scalars(select(RightsProof).where(RightsProof.request_id == request)).first()


def half_of(request: RightsRequest) -> str:
    """The person's half of the receipt, which opens it: made at first, known until the erasure is done, then to nobody but them."""
    proof = proof_of(request.id)
    if proof is None:
        half = new_token()
        sealed = _sealed({HALF: [half]})
        session.add(RightsProof(request_id=request.id, digest=fingerprint(half, context.academy.id), wanted=sealed, made_at=request.received_at))
        return half
    return _opened(proof)[HALF][0] if proof.wanted is not None else ""


def link_of(request: RightsRequest) -> str:
    """The address at which the person finds the receipt; empty when it is not known any more."""
    half = half_of(request)
    return link(PATH, half) if half else ""


def note_wanted(held: Holdings, request: RightsRequest, person_id: UUID | None, account_id: UUID | None) -> None:
    """Note what is searched for when all is done. Comes before the first row goes."""
    half, subjects = half_of(request), subjects_of(request, person_id, account_id)
    session.flush()
    proof = session.scalars(select(RightsProof).where(RightsProof.request_id == request.id)).one()
    proof.wanted = _sealed({HALF: [half], **gathered(held, subjects)})
    proof.commitment = commitment(half, next(iter(request.addresses), str(person_id)))


def search(request: UUID) -> Callable[[], None] | None:
    """Step, outside of a session: search for what was noted. Raises Residue, after noting where something was found."""
    with reading(context.academy):
        proof, row = proof_of(request), session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one()
        if proof is None:
            return None  # it began before there were proofs
        if proof.wanted is None:
            raise Forgotten("What this erasure has to be searched for is not known any more.", remedy="Refuse this step, and say why.")
        wanted, platform = {what: texts for what, texts in _opened(proof).items() if what != HALF}, row.with_account
    found = scanned(holdings(), wanted, context.academy.id, platform=platform)
    if holds_up(found.as_data()):
        with writing(context.academy):
            _note(request, found)
        raise Residue("Something was found.", remedy="Look at the places, remove it there, and let the step be tried again.")
    return lambda: _note(request, found)


def _note(request: UUID, found: Findings) -> None:
    proof = proof_of(request)
    assert proof is not None  # it has just been read
    proof.found, proof.not_seen, proof.scanned_at = found.as_data(), found.not_seen, clock.now()


def conclude(request: RightsRequest) -> None:
    """A request has ended: what is searched for is forgotten; if it is done, the receipt is signed, else there is none."""
    proof = proof_of(request.id)
    if proof is None:
        return
    if request.state is RequestState.DONE:
        proof.wanted, proof.receipt = None, sign(ERASURE, _body(request, proof))
    else:
        session.delete(proof)


def _body(request: RightsRequest, proof: RightsProof) -> dict[str, Any]:
    """What is signed: numbers, places, reasons and dates (contract 4.2)."""
    done = answer(request.id)
    refused = select(RightsStep).where(RightsStep.request_id == request.id, RightsStep.state == StepState.REFUSED).order_by(RightsStep.position)
    body = {
        "request": request.id, "academy": context.academy.slug, "subject": proof.commitment, "state": request.state.value,
        "received_on": request.received_at.date(), "done_on": clock.now().date(), "tables": done["tables"], "stores": done["stores"],
        "recipients": done["recipients"], "refused": [{"part": step.holder, "reason": step.refusal} for step in session.scalars(refused)],
        "residual": proof.found, "not_seen": proof.not_seen,
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(json.dumps(body, default=str))
    return plain


def receipt_of(request: UUID) -> dict[str, Any] | None:
    """The receipt of a request, or None."""
    proof = proof_of(request)
    return dict(proof.receipt) if proof is not None and proof.receipt else None


def outcome(request: UUID) -> dict[str, Any]:
    """The receipt, or while there is none how far an erasure is, in the same shape (contract 4.2)."""
    proof = proof_of(request)
    if proof is not None and proof.receipt:
        return dict(proof.receipt)
    shape: dict[str, Any] = {"academy": context.academy.slug, "subject": None, "residual": [], "not_seen": [], "key": None, "signature": None}
    found = {"subject": proof.commitment or None, "residual": proof.found, "not_seen": proof.not_seen} if proof is not None else {}
    return {**answer(request), **shape, **found}


def proof_by(half: str) -> RightsProof:
    """The proof that somebody's half opens. Raises Problem 410."""
    proof = session.scalars(select(RightsProof).where(RightsProof.digest.in_(fingerprints(half, context.academy.id)))).first()
    if proof is None:
        raise Problem(410, _("There is no proof behind this link."), remedy=_("Was the request taken back? Else write to the academy, and quote the request."))
    return proof


def _sealed(wanted: Wanted) -> bytes:
    return ring().seal(SEALED, json.dumps(wanted), context.academy.id)


def _opened(proof: RightsProof) -> dict[str, list[str]]:
    opened: dict[str, list[str]] = json.loads(ring().open(SEALED, proof.wanted or b"", context.academy.id))
    return opened
