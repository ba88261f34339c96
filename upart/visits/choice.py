# SPDX-License-Identifier: MIT
"""Whether visits of this browser are counted: the academy's setting, what its owner has chosen, the browser's signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upart.context import CurrentAcademy
from upart.cookies.choice import read
from upart.cookies.signals import counted

KEY = "visits"
"""What the answer is called in the cookie of choices."""


def chosen(environ: Mapping[str, Any]) -> str:
    """The answer that the browser has brought, or ""."""
    return read(environ).answers.get(KEY, "")


def may_count(environ: Mapping[str, Any], academy: CurrentAcademy) -> bool:
    """Is a visit of this browser counted here? A choice wins over the signal if it was made in spite of it; a page fetched in advance is none."""
    return bool(academy.settings["visits"]) and "HTTP_SEC_PURPOSE" not in environ and counted(environ)
