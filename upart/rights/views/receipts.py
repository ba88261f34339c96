# SPDX-License-Identifier: MIT
"""The receipt of an erasure, for whoever has the person's half; and the public keys that it is checked with, for everybody."""

from __future__ import annotations

import json

from flask import Response, request

from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.hooks.routes import Blueprint, anyone, anyone_uncached
from upart.rights.actions.proving import proof_by
from upart.rights.models import RightsRequest
from upart.rights.receipts.signing import published
from upart.rights.receipts.verifying import HALF
from upart.rights.showing.requests import lines_of
from upart.rights.views.copies import TOKEN
from upart.theming.locales import gettext as _
from upart.theming.render import render

receipts = Blueprint("receipts", __name__)


@receipts.get("/privacy/receipt", policy=anyone_uncached, query=("token",))
def one() -> Response:
    """Is the erasure done, and proven? The page names nobody."""
    half = request.args.get("token", "")[:TOKEN]
    proof = proof_by(half)
    row = session.get_one(RightsRequest, {"academy_id": context.academy.id, "id": proof.request_id})
    return render("rights/receipt.html", token=half, proof=proof, request=lines_of(row))


@receipts.get("/privacy/receipt.json", policy=anyone_uncached, query=("token",))
def file() -> Response:
    """The receipt as a file, with the person's half, which stands nowhere here."""
    half = request.args.get("token", "")[:TOKEN]
    proof = proof_by(half)
    if not proof.receipt:
        raise Problem(409, _("The proof is not made yet: the erasure is not done."), remedy=_("Come back when it is."))
    text = json.dumps({**proof.receipt, HALF: half}, indent=2, sort_keys=True, ensure_ascii=False)
    name = f"receipt-{proof.request_id}.json"
    return Response(text, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@receipts.get("/.well-known/upart-receipts.json", policy=anyone)
def keys() -> Response:
    """All public keys with which receipts were ever signed here (a JWK set)."""
    return Response(json.dumps(published(), indent=2), mimetype="application/json")
