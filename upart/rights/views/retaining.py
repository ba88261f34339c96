# SPDX-License-Identifier: MIT
"""A staff page: what goes when, when it was looked last, and what stays longer."""

from __future__ import annotations

from flask import Response

from upart.context import context
from upart.hooks.routes import Blueprint, may
from upart.policy.showing import RECORDS
from upart.rights.showing import retention as showing
from upart.theming.render import render

retention = Blueprint("retention", __name__)


@retention.get("/manage/privacy/retention", policy=may(RECORDS))
def everything() -> Response:
    """Periods of all tables, in numbers; nobody is named."""
    found = showing.lines(context.academy)
    return render(
        "rights/retention.html", lines=found, owners=list(dict.fromkeys(line.owner for line in found)), runs=showing.runs(), timing=showing.timing(),
        going=sum(line.going for line in found), stays=sum(line.by_law + line.spared for line in found),
    )  # fmt: skip
