# SPDX-License-Identifier: MIT
"""Who runs machines for an installation, as the setting UPART_INFRASTRUCTURE names them."""

from __future__ import annotations

import re
from typing import NamedTuple

FORM = re.compile(r"(server|database|files|mail|ledger|backup): *(\S.*?), *([A-Z]{2})(?:, *(.+))?")


class Operator(NamedTuple):
    """Somebody who runs machines: for which task, in which country (ISO 3166-1), what protects data there, or nothing."""

    task: str
    name: str
    country: str
    safeguard: str = ""


def read(value: str) -> tuple[Operator, ...]:
    """All that are named. Raises ValueError with the form that is expected."""
    found = [FORM.fullmatch(part.strip()) for part in value.split(";") if part.strip()]
    if not all(found):
        raise ValueError("task: name, country, safeguard; for example: server: Donau Hosting, AT; mail: Postbote AG, CH, adequacy decision 2000/518/EC")
    return tuple(Operator(one[1], one[2].strip(), one[3], one[4] or "") for one in found if one)
