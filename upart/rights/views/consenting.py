# SPDX-License-Identifier: MIT
"""The proof of a decision, signed by the same code as the receipt of an erasure; for the person, or by the link to their choices."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Response, request

from upart.accounts.models import TokenPurpose
from upart.accounts.views.doors import token_in
from upart.consent.asking import whose
from upart.consent.record import record_of
from upart.context import context
from upart.db import unmasked
from upart.errors import NotHere, SignInNeeded
from upart.hooks.routes import Blueprint, anyone_uncached
from upart.keys import new_token
from upart.rights.receipts.signing import sign
from upart.rights.receipts.verifying import CONSENT, HALF, commitment

consenting = Blueprint("consenting", __name__)


@consenting.post("/privacy/choices/proof", policy=anyone_uncached)
@unmasked("whoever opens the mailed link has shown that the mailbox is theirs", keep=True)
def proof() -> Response:
    """One decision as a signed file, with a random half that is kept nowhere here: with it, and the address, it is shown whose it is."""
    token = request.form.get("token", "")
    person = whose(token_in(token, TokenPurpose.CHOICES)) if token else context.person
    if person is None:
        raise NotHere if token else SignInNeeded
    try:
        decision = UUID(request.form.get("decision", ""))
    except ValueError:
        raise NotHere from None
    half = new_token()
    about = commitment(half, str.__str__(person.email) if person.email else str(person.id))
    made = sign(CONSENT, {**record_of(person, decision), "subject": about, "pii_principal_id": about})
    text = json.dumps({**made, HALF: half}, indent=2, sort_keys=True, ensure_ascii=False)
    return Response(
        text, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="consent-{decision}.json"', "Cache-Control": "no-store"}
    )
