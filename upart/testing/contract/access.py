# SPDX-License-Identifier: MIT
"""Access: a copy is made as the product does, and compared with what was planted."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from upart.accounts.models import Person
from upart.db import session
from upart.rights.actions.archiving import write_archive
from upart.rights.canary.copied import compared_copy
from upart.rights.canary.foreseen import Rows
from upart.rights.canary.rows import Breach, Party, Row
from upart.rights.canary.truth import Truth
from upart.rights.subjects import with_account_of
from upart.testing.installation import Installation


def look(made: Installation, truth: Truth, rows: Sequence[Row], now: Rows, party: Party, *, account: bool) -> Iterator[Breach]:
    """Make the copy of a party, if wished with the account, and compare it with what was planted."""
    yield from compared_copy(truth, rows, _copy(made, party, account=account), now, party, account=account)


def _copy(made: Installation, party: Party, *, account: bool) -> bytes:
    out = io.BytesIO()
    with made.reading(party.academy.slug):
        person = session.get(Person, {"academy_id": party.academy.id, "id": party.person_id})
        assert person is not None, "The check's own people are gone."
        write_archive(out, with_account_of(person, account), party.name)
    return out.getvalue()
