# SPDX-License-Identifier: MIT
"""What is searched for after an erasure: addresses, phone numbers, ids and names, gathered while they still stand in the rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.db import everywhere
from upart.privacy.register import PEOPLE, TableEntry
from upart.privacy.taxonomy import Category
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.subjects import DataSubject, Finder

LEAST = 4
"""Letters of an identifier that is searched for: a shorter one stands everywhere."""

MOST = 20
"""Values of one column that are searched for."""


class What(StrEnum):
    """What an identifier is. A name alone names nobody for certain: it is listed for a human and holds nothing up."""

    ADDRESS = "address"
    PHONE = "phone"
    ID = "id"
    NAME = "name"


BLOCKING = (What.ADDRESS, What.PHONE, What.ID)
"""What must not be left anywhere before an erasure is done."""

COLUMNS = {What.PHONE: Category.CONTACT_PHONE, What.NAME: Category.ID_NAME}
"""What is read from the rows themselves, by category; names only from the rows of people."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One text to search for."""

    what: What
    text: str

    def spellings(self) -> set[str]:
        """How it may be written, folded: an id with and without dashes, a phone number with and without blanks."""
        text = fold(self.text)
        if self.what is What.ID:
            return {text, text.replace("-", "")}
        return {text, re.sub(r"[\s()./-]", "", text)} if self.what is What.PHONE else {text}


Wanted = Mapping[str, list[str]]
"""Texts by what they are, as they are stored while an erasure runs."""


def fold(text: str) -> str:
    """A text without what two spellings of it may differ in: composed letters (NFC), case."""
    return unicodedata.normalize("NFC", text).casefold()


def gathered(held: Holdings, subjects: Iterable[DataSubject]) -> dict[str, list[str]]:
    """All identifiers of these subjects, from their rows. The account's id is the platform's: an academy's rows may go on naming it elsewhere."""
    found: dict[str, dict[str, None]] = {what.value: {} for what in What}
    with everywhere("gather what must be gone after an erasure") as opened:
        for subject in subjects:
            found[What.ADDRESS] |= dict.fromkeys(subject.addresses)
            own: UUID | None = subject.account_id if subject.academy_id is None else subject.person_id
            found[What.ID] |= {str(own): None} if own is not None else {}
            finder = Finder(held, subject)
            for entry in finder.tables():
                for what, value in _values(opened, finder, entry):
                    found[what][value] = None
    return {what: [text for text in texts if text.strip()] for what, texts in found.items()}


def _values(opened: Session, finder: Finder, entry: TableEntry) -> Iterator[tuple[What, str]]:
    table = finder.held.tables[entry.table]
    for what, category in COLUMNS.items():
        for column, d in entry.declared():
            if d.kind != "personal" or d.category != category.value or (what is What.NAME and entry.table not in PEOPLE):
                continue
            for match in (match for match in finder.matches(entry) if not d.about or match.role in d.about):
                mine = sa.select(table.c[column.name]).where(match.where, table.c[column.name].is_not(None)).distinct().limit(MOST)
                yield from ((what, str.__str__(value)) for value in opened.scalars(mine))


def identifiers(wanted: Wanted) -> list[Identifier]:
    """The texts that are long enough to be searched for."""
    return [Identifier(What(what), text) for what, texts in wanted.items() for text in texts if len(fold(text).strip()) >= LEAST]


def too_short(wanted: Wanted) -> list[What]:
    """What the others are: they are not searched for, which the result says."""
    return [What(what) for what, texts in wanted.items() if any(len(fold(text).strip()) < LEAST for text in texts)]
