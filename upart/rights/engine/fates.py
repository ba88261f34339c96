# SPDX-License-Identifier: MIT
"""What erasure does to the rows of one table: which are deleted, unlinked, kept, and which columns are blanked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart import clock
from upart.privacy.laws import LAWS
from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry
from upart.privacy.taxonomy import Needed
from upart.privacy.words import BLANKED, Declaration
from upart.rights.engine.subjects import Condition, Finder, Match


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that stay: `values` empty them of one subject; `left` are those of them where that is still to be done."""

    kind: str
    values: Mapping[str, Any]
    where: Condition
    left: Condition
    law: str = ""


class Fate:
    """The fate of one table's rows, for one subject."""

    def __init__(self, finder: Finder, entry: TableEntry) -> None:
        self.finder, self.entry, self.table = finder, entry, finder.held.tables[entry.table]
        self.matches = finder.matches(entry)

    @property
    def is_person(self) -> bool:
        """Is this the row of the person themselves? It goes last."""
        return self.entry.table in PEOPLE

    def deleted(self) -> Condition:
        """Rows that go: those that say so, those whose law has run out, those that lose their last subject; never kept ones."""
        going = [match.where for match in self.matches if match.policy.act == "delete"]
        going += [sa.and_(match.where, self._expired(match.policy.law)) for match in self.matches if match.policy.act == "keep"]
        going += [sa.and_(match.where, self._is_last(match)) for match in self.matches if match.policy.last == "delete"]
        return sa.and_(sa.or_(sa.false(), *going), sa.not_(self.kept()))

    def kept(self) -> Condition:
        """Rows that a law keeps."""
        return sa.or_(sa.false(), *(self._kept_by(match) for match in self.matches if match.policy.act == "keep"))

    def _kept_by(self, match: Match) -> Condition:
        return sa.and_(match.where, sa.not_(self._expired(match.policy.law)))

    def changes(self) -> list[Change]:
        """What happens to the rows that stay."""
        made = []
        for match in self.matches:
            if match.policy.act == "delete" or match.role == "found":
                continue
            kept = match.policy.act == "keep"
            where = self._kept_by(match) if kept else sa.and_(match.where, sa.not_(self.deleted()), sa.not_(self.kept()))
            values = {column.name: _blank(column, d) for column, d in self._emptied(match)} | ({match.link: None} if match.link else {})
            left = sa.true() if match.link else sa.or_(sa.false(), *(self._differs(name, value) for name, value in values.items()))
            if values:
                made.append(Change("kept" if kept else "unlinked", values, where, left, match.policy.law))
        return made

    def _emptied(self, match: Match) -> Iterable[tuple[ColumnEntry, Declaration]]:
        for column, d in self.entry.declared():
            if d.kind in BLANKED and match.role != "object" and (not d.about or match.role in d.about) and not _is_needed(match, d):
                yield column, d

    def _differs(self, name: str, value: Any) -> Condition:
        column = self.table.c[name]
        return column.is_not(None) if value is None else sa.or_(column.is_(None), column != value)

    def _is_last(self, match: Match) -> Condition:
        """The row has no other subject left."""
        if match.through:
            link = self.finder.held.tables[match.through]
            entry = self.finder.held.entry(match.through)
            back = next(c.name for c, d in entry.declared() if d.kind == "ref" and d.source == self.entry.table)
            person = next(t.path.partition(".")[2] for t in self.entry.through if t.path.startswith(f"{match.through}."))
            with_others = sa.select(link.c[back]).where(link.c[person].is_not(None), link.c[person] != self.finder.subject.person_id)
            return self.table.c.id.not_in(with_others)
        others = [self.table.c[c.name].is_(None) for c, d in self.entry.declared() if d.kind == "subject" and c.name != match.link]
        return sa.and_(sa.true(), *others)

    def _expired(self, law: str) -> Condition:
        return self.date < LAWS[law].newest_expired(clock.now()) if law in LAWS else sa.false()

    @property
    def date(self) -> sa.ColumnElement[datetime]:
        """The instant from which a kept row's period counts."""
        processing = self.entry.processing
        name = processing.after if processing and processing.after else next((c.name for c in self.entry.columns if c.name == "created_at"), "")
        return self.table.c[name] if name else sa.literal(clock.now())

    def count(self, opened: Session) -> dict[str, Any]:
        """How many rows go, are unlinked, stay; until when and by which law."""
        counts: dict[str, Any] = {"deleted": self._number(opened, self.deleted()), "unlinked": 0, "kept": self._number(opened, self.kept())}
        changed = [change.where for change in self.changes() if change.kind == "unlinked"]
        counts["unlinked"] = self._number(opened, sa.or_(sa.false(), *changed)) if changed else 0
        if counts["kept"]:
            law = next(match.policy.law for match in self.matches if match.policy.act == "keep")
            latest = opened.scalar(sa.select(sa.func.max(self.date)).select_from(self.table).where(self.kept()))
            counts |= {"reason": law, "kept_until": LAWS[law].until(_aware(latest)).date().isoformat() if law in LAWS and latest else None}
        return counts

    def _number(self, opened: Session, where: Condition) -> int:
        return int(opened.scalar(sa.select(sa.func.count()).select_from(self.table).where(where)) or 0)


def _aware(value: Any) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=clock.now().tzinfo) if isinstance(value, str) else value


def _is_needed(match: Match, d: Declaration) -> bool:
    """Does a kept row keep this column? An issued document all that was printed on it, anything else what the law asks for."""
    if match.policy.act != "keep":
        return False
    return d.needed != Needed.OPTIONAL.value if match.policy.document else d.needed == Needed.LAW.value


def _blank(column: ColumnEntry, d: Declaration) -> Any:
    return d.blank if d.has_blank else None


def some_ids(opened: Session, table: sa.Table, where: Condition, size: int) -> list[UUID]:
    """At most `size` ids of rows."""
    return list(opened.scalars(sa.select(table.c.id).where(where).limit(size)))
