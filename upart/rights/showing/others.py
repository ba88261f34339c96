# SPDX-License-Identifier: MIT
"""Who outside has really received something of the person who looks (GDPR art. 15(1)(c))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from upart.privacy.countries import COUNTRIES
from upart.rights.receivers import Received, received
from upart.theming import wording
from upart.theming.locales import gettext as _


@dataclass(frozen=True, slots=True)
class Other:
    """One recipient in words: what it got, what for, where it is, when last; `notes` are permissions, decisions of authorities, what it keeps."""

    name: str
    what: str
    reasons: str
    where: str
    at: datetime
    notes: tuple[str, ...]


def others(person_id: UUID) -> list[Other]:
    """All of them, by name."""
    return [_other(one) for one in received(person_id)]


def _other(one: Received) -> Other:
    what = ", ".join(dict.fromkeys(wording.column(field.partition(".")[2]) for field in one.fields))
    reasons = ", ".join(_(wording.PURPOSES.get(purpose, purpose)) for purpose in one.purposes)
    where = COUNTRIES[one.declared.country] if one.declared is not None else "–"
    if one.declared is not None and one.declared.safeguard:
        where += f" ({one.declared.safeguard})"
    notes = [
        *(_("You agreed: %(words)s", words=words) for words in one.permissions),
        *(_("An authority asked: %(words)s", words=words) for words in one.authorities),
    ]
    if one.declared is not None and one.declared.keeps:
        notes.append(_("It keeps: %(what)s", what=one.declared.keeps))
    return Other(one.name, wording.sentence(what), wording.sentence(reasons), where, one.at, tuple(notes))
