# SPDX-License-Identifier: MIT
"""Whom a request is about: the person at its academy and, if wished, the account at the platform."""

from __future__ import annotations

from uuid import UUID

from upart.rights.engine.subjects import DataSubject
from upart.rights.models import RightsRequest


def subjects_of(request: RightsRequest, person_id: UUID | None, account_id: UUID | None) -> list[DataSubject]:
    """The data subjects of a request. The ids come from the job: the request's own links go before its work is over."""
    addresses = tuple(request.addresses)
    found = [DataSubject(request.academy_id, person_id, account_id, addresses)] if person_id is not None else []
    if request.with_account and account_id is not None:
        found.append(DataSubject(None, None, account_id, addresses))
    return found
