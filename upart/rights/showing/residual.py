# SPDX-License-Identifier: MIT
"""What the search after an erasure has found, in words: places and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from upart.rights.actions.proving import proof_of
from upart.rights.models import RightsStep
from upart.rights.scanning.finding import holds_up
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

KINDS = {"address": "the address", "phone": "a phone number", "id": "an id", "name": "the name"}


def texts_of(step: RightsStep) -> Iterator[str]:
    """One text for each place, what holds the erasure up first; then what was not looked at."""
    proof = proof_of(step.request_id)
    if proof is None or proof.scanned_at is None:
        return
    blocking = holds_up(proof.found)
    if not blocking:
        yield _("no address, phone number or id was found")
    yield from map(_line, blocking)
    yield from (_line(one) for one in proof.found if one not in blocking)
    yield _("not looked at: %(places)s", places=", ".join(proof.not_seen))


def _line(one: dict[str, Any]) -> str:
    where = ".".join(filter(None, (one["table"], one["column"])))
    plugin = f" ({one['plugin']})" if one["plugin"] not in ("", "core") else ""
    text = ngettext("%(what)s stands once in %(where)s", "%(what)s stands %(num)s times in %(where)s", one["count"], what=_(KINDS[one["what"]]), where=where)
    return text + plugin + (", " + _("kept by a law") if one["kept"] else "")
