# SPDX-License-Identifier: MIT
"""The vocabulary of declarations: what a column holds is said where the column is made.

Each word returns a mapped column whose type comes from its annotation; the declaration travels in
`Column.info["declaration"]`. The register (`upart/privacy/register.py`) reads it from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import MappedColumn, mapped_column

from upart.db import uuid7
from upart.privacy.taxonomy import Basis, Category, ErasePolicy, Needed, OnErase, Origin, Purpose, default_origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What one column holds, as plain data; `kind` is the word that made it."""

    kind: str
    category: str = ""
    about: tuple[str, ...] = ()
    by: str = ""
    origin: str = ""
    needed: str = ""
    role: str = ""
    on_erase: ErasePolicy | None = None
    acts_for: str = ""
    source: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    recipients: tuple[str, ...] = ()
    never_share: bool = False
    secret: bool = False
    review: bool = False
    blank: Any = None
    has_blank: bool = False
    why: str = ""
    floor: int = 0
    days: int = 0
    found_by: str = ""
    leads: bool | None = None
    follows: bool = False
    strip: bool = True
    processing: Processing | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """How long: a number of months or of days, or an event that ends it."""

    months: int = 0
    until: str = ""
    days: int = 0

    def __str__(self) -> str:
        return f"{self.months} months" if self.months else f"{self.days} days" if self.days else f"until {self.until}"

    @property
    def is_counted(self) -> bool:
        """Does time end it? Else something that happens."""
        return bool(self.months or self.days)


def period_of(text: str) -> Period:
    """A period from its words ("24 months", "until it is done")."""
    found = re.fullmatch(r"(\d+) (month|day)s?", text)
    if found is None:
        return Period(until=text.removeprefix("until "))
    return Period(months=int(found[1])) if found[2] == "month" else Period(days=int(found[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """Why and how long a table is kept: purpose, legal basis, period. The academy decides among `allowed`."""

    purpose: Purpose
    basis: Basis
    retain: Period
    after: str = ""
    allowed: tuple[Basis, ...] = ()
    interest: str = ""
    special_ground: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldsNothing:
    """A plugin's word that it keeps no personal data, and why."""

    why: str


BLANKED = ("personal", "personal_json", "snapshot", "copy", "sealed", "file")
"""Words whose columns are emptied when a row stays without one of its subjects."""

UNSET: Any = object()


def _column(declaration: Declaration, column: dict[str, Any], **info: Any) -> MappedColumn[Any]:
    if column.pop("index", False):
        info["indexed"] = True
    return mapped_column(column.pop("type_", None), info={"declaration": declaration, **info}, **column)


def key(**column: Any) -> MappedColumn[Any]:
    """The row's own id: UUIDv7 (RFC 9562), never reused."""
    return _column(Declaration(kind="key"), {"primary_key": True, "default": uuid7, "sort_order": -1, **column})


def ref(table: str, *, leads: bool | None = None, follows: bool = False, ondelete: str | None = None, **column: Any) -> MappedColumn[Any]:
    """A link to a row of `table` in the same academy, by a composite key that refuses any other.

    A chain of links to a row with a subject makes this row personal too. With several such links,
    `leads=True` says which one is the path. When the row it links to is erased, a link that may be empty is cut and
    any other takes this row along; `follows=True` takes it along anyway (a rendition of a picture).
    `ondelete` is SQL ("CASCADE", "SET NULL"), default none.
    """
    return _column(Declaration(kind="ref", leads=leads, follows=follows, source=table), column, target=table, ondelete=ondelete, indexed=True)


def subject(role: str, on_erase: ErasePolicy, *, acts_for: str = "", table: str = "person", **column: Any) -> MappedColumn[Any]:
    """This row is about that person (a row of `person`; with table="account", of the platform's accounts).

    `role` names who the person is to this row ("learner"). `on_erase` (GDPR art. 17): OnErase.DELETE,
    OnErase.UNLINK, OnErase.UNLINK(last=OnErase.DELETE), OnErase.KEEP(law="DE.invoice", document=True).
    `acts_for="child"` marks a guardian.
    """
    made = Declaration(kind="subject", role=role, on_erase=on_erase, acts_for=acts_for, source=table)
    return _column(made, column, target=table, indexed=True)


@dataclass(frozen=True, slots=True)
class SubjectsThrough:
    """Many people behind one row: the link table's column, who they are, what erasure does."""

    path: str
    role: str
    on_erase: ErasePolicy


def subjects_through(path: str, role: str, on_erase: ErasePolicy) -> SubjectsThrough:
    """Many people behind one row (group work): `__subjects__ = (subjects_through("group_member.person_id", "member", …),)`.

    `path` is the column, in a table that links to this one, which names the person.
    """
    if path.count(".") != 1:
        raise ValueError('subjects_through() takes "table.column", for example "group_member.person_id".')
    return SubjectsThrough(path, role, on_erase)


def personal(
    category: Category, *, about: str | Sequence[str] = (), by: str = "", origin: Origin | None = None, needed: Needed = Needed.CONTRACT,
    never_share: bool = False, secret: bool = False, review: bool = False, recipients: Sequence[str] = (), blank: Any = UNSET,
    processing: Processing | None = None, **column: Any,
) -> MappedColumn[Any]:  # fmt: skip
    """This column is personal data of `category`.

    `about`: role(s) it is about, obligatory with two or more subjects. `by`: role that wrote it.
    `origin`, `needed`: art. 13, 14 (defaults by category). `never_share`: no way out
    but by the person's own permission or a request by an authority. `secret`: never
    exported. `review`: leaves only after a human looked. `recipients`: names of those to whom alone it may go.
    `blank`: value after UNLINK of a NOT NULL column. `processing`: overrides the table's. Further arguments go to `mapped_column`.
    """
    made = Declaration(
        kind="personal", category=Category(category).value, about=(about,) if isinstance(about, str) and about else tuple(about), by=by,
        origin=(origin or default_origin(category)).value, needed=needed.value, never_share=never_share, secret=secret, review=review,
        recipients=tuple(recipients), blank=None if blank is UNSET else blank, has_blank=blank is not UNSET, processing=processing,
    )  # fmt: skip
    return _column(made, column, private=Category(category).is_private)


def personal_json(paths: Mapping[str, Category], *, about: str | Sequence[str] = (), by: str = "", blank: Any = UNSET, **column: Any) -> MappedColumn[Any]:
    """A JSON column declared by path (`{"answers.*.value": Category.EDU_RESULT}`); an undeclared path counts as personal.

    `blank` is the value after UNLINK of a NOT NULL column.
    """
    roles = (about,) if isinstance(about, str) and about else tuple(about)
    made = Declaration(
        kind="personal_json", paths={p: Category(c).value for p, c in paths.items()}, about=roles, by=by,
        blank=None if blank is UNSET else blank, has_blank=blank is not UNSET,
    )  # fmt: skip
    column.setdefault("type_", JSON().with_variant(JSONB(), "postgresql"))
    return _column(made, column)


def file(category: Category, *, strip: bool = True, review: bool = False, about: str | Sequence[str] = (), **column: Any) -> MappedColumn[Any]:
    """A link to a row of the core's `file` table; the bytes and their derivatives follow this row."""
    roles = (about,) if isinstance(about, str) and about else tuple(about)
    made = Declaration(kind="file", category=Category(category).value, strip=strip, review=review, about=roles, source="file")
    return _column(made, column, target="file", indexed=True)


def copy_of(source: str, *, about: str | Sequence[str] = (), blank: Any = UNSET, **column: Any) -> MappedColumn[Any]:
    """A copy of "table.column" (index, cache): follows its erasure, masking and corrections."""
    return _column(_taken("copy", source, about, blank), column)


def snapshot_of(source: str, *, about: str | Sequence[str] = (), blank: Any = UNSET, **column: Any) -> MappedColumn[Any]:
    """The value of "table.column" as it was: follows erasure and masking, not corrections."""
    return _column(_taken("snapshot", source, about, blank), column)


def _taken(kind: str, source: str, about: str | Sequence[str], blank: Any) -> Declaration:
    roles = (about,) if isinstance(about, str) and about else tuple(about)
    return Declaration(kind=kind, source=source, about=roles, blank=None if blank is UNSET else blank, has_blank=blank is not UNSET)


def sealed(why: str, *, days: int, **column: Any) -> MappedColumn[Any]:
    """An opaque body (an incoming webhook): found by reference or age, erased whole after `days`."""
    return _column(Declaration(kind="sealed", why=_said(why), days=days), column)


def found_by(how: str, *, on_erase: ErasePolicy = OnErase.DELETE, **column: Any) -> MappedColumn[Any]:
    """About people but without a link: the `pseudonym()` of an address or id; `how` says of which.

    Access and erasure compute it from what is known of the person and find the row by it. It is erased whole,
    or with `on_erase=OnErase.KEEP(law=…)` stays as it is (a suppression list, a proof of consent).
    """
    return _column(Declaration(kind="found_by", found_by=_said(how), on_erase=on_erase), column)


def any_link(type_column: str, **column: Any) -> MappedColumn[Any]:
    """The id half of a polymorphic link; `type_column` holds the table's name."""
    return _column(Declaration(kind="any_link", source=type_column), column, indexed=True)


def not_personal(why: str, *, floor: int = 0, **column: Any) -> MappedColumn[Any]:
    """This column says nothing about a person, and why. `floor`: smallest count that may be shown."""
    return _column(Declaration(kind="not_personal", why=_said(why), floor=floor), column)


def holds_nothing(why: str) -> HoldsNothing:
    """For a manifest: this plugin keeps no personal data, and why. The loader checks it."""
    return HoldsNothing(_said(why))


def months(number: int) -> Period:
    """A period of calendar months."""
    if number < 1:
        raise ValueError("months() takes a whole number from 1.")
    return Period(months=number)


def days(number: int) -> Period:
    """A period of days."""
    if number < 1:
        raise ValueError("days() takes a whole number from 1.")
    return Period(days=number)


def until(event: str) -> Period:
    """A period that ends with something: until("consent is withdrawn")."""
    return Period(until=_said(event))


def processing(
    purpose: Purpose, basis: Basis, *, retain: Period, after: str = "", allowed: Sequence[Basis] = (), interest: str = "", special_ground: str = "",
    recipients: Sequence[str] = (),
) -> Processing:  # fmt: skip
    """Why a table is kept (`__processing__`): purpose, legal basis, how long after which indexed datetime column.

    `allowed`: bases the academy may choose instead. `interest`: named when the basis is legitimate
    interest (art. 6(1)(f)). `special_ground`: art. 9(2), when a special category is held. `recipients`: names of
    `Recipient`s, to whom alone anything of these columns may go.
    """
    made = (Basis(basis), *(Basis(b) for b in allowed))
    return Processing(
        purpose=Purpose(purpose), basis=made[0], retain=retain, after=after, allowed=made[1:], interest=interest, special_ground=special_ground,
        recipients=tuple(recipients),
    )  # fmt: skip


def _said(why: str) -> str:
    if not isinstance(why, str) or not why.strip():
        raise ValueError("A declaration needs a reason in words.")
    return why


__all__ = [
    "Basis", "Category", "Declaration", "HoldsNothing", "Needed", "OnErase", "Origin", "Period", "Processing", "Purpose", "any_link", "copy_of",
    "days", "file", "found_by", "holds_nothing", "key", "months", "not_personal", "personal", "personal_json", "processing", "ref", "sealed",
    "snapshot_of", "subject", "subjects_through", "until",
]  # fmt: skip
