# SPDX-License-Identifier: MIT
"""Whose data are restricted, why, and how far."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, Needed, OnErase, Purpose
from upart.privacy.words import key, months, not_personal, personal, processing, ref, subject


class Ground(StrEnum):
    """Why (GDPR art. 18(1)): the person says the data are wrong (a), or held unlawfully but not to be erased (b),
    needs them for claims (c), or has objected and that is being weighed (d)."""

    ACCURACY = "accuracy"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"


class Scope(StrEnum):
    """What is restricted: all that is held about the person, or that of one purpose, one table, one row."""

    ALL = "all"
    PURPOSE = "purpose"
    TABLE = "table"
    ROW = "row"


class Restriction(AcademyOwned, Model):
    """Data about somebody that are only stored for now. It ends with `lifted_at`, of which the person is told before."""

    __tablename__ = "restriction"
    __title__ = "Restrictions that you asked for"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="begun_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("person", on_erase=OnErase.DELETE)
    request_id: Mapped[UUID | None] = ref("rights_request", leads=False, ondelete=None, default=None)
    ground: Mapped[Ground] = personal(Category.PREF_PRIVACY, needed=Needed.LAW)
    scope: Mapped[Scope] = not_personal("all, purpose, table or row", default=Scope.ALL)
    name: Mapped[str] = not_personal("name of a purpose or a table", default="")
    row_id: Mapped[UUID | None] = not_personal("id of a row of that table; which table it is says `name`", default=None)
    goes_on: Mapped[bool] = personal(Category.PREF_PRIVACY, needed=Needed.OPTIONAL, default=False)
    note: Mapped[str] = personal(Category.CONTENT_PRIVATE, by="officer", needed=Needed.OPTIONAL, review=True, default="")
    begun_at: Mapped[datetime] = personal(Category.PREF_PRIVACY, needed=Needed.LAW, index=True, default=clock.now)
    told_at: Mapped[datetime | None] = personal(Category.PREF_PRIVACY, needed=Needed.LAW, default=None)
    lifts_at: Mapped[datetime | None] = personal(Category.PREF_PRIVACY, needed=Needed.LAW, default=None)
    lifted_at: Mapped[datetime | None] = personal(Category.PREF_PRIVACY, needed=Needed.LAW, default=None)
