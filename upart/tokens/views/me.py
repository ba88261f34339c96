# SPDX-License-Identifier: MIT
"""Who is calling, for programs."""

from __future__ import annotations

import msgspec
from flask import Response

from upart.context import context
from upart.hooks.routes import Blueprint, signed_in
from upart.tokens.bearing import API

me = Blueprint("me", __name__)


@me.get(f"{API}/me", policy=signed_in, scope="core:me")
def read() -> Response:
    """The person who acts, as this academy knows them."""
    one = context.person
    email = None if one.email is None else str.__str__(one.email)
    told = {"id": one.id, "name": one.name, "email": email, "roles": one.roles, "zone": one.zone, "language": one.language}
    return Response(msgspec.json.encode({"data": told}), mimetype="application/json")
