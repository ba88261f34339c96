# SPDX-License-Identifier: MIT
"""What erasure does to the rows of one table: which are deleted, unlinked, kept, and which columns are blanked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart import clock
from upart.privacy.laws import LAWS
from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry
from upart.privacy.taxonomy import ErasePolicy, Needed
from upart.privacy.words import BLANKED, Declaration, SubjectsThrough
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import Condition, Finder, Match

FILES = "file"
"""Where `file(...)` columns link to."""


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that stay: `values` empty them of one subject; `left` are those of them where that is still to be done.

    `files` are the columns of files that are emptied, each with the rows where that is so.
    """

    kind: str
    values: Mapping[str, Any]
    where: Condition
    left: Condition
    files: Mapping[str, Condition]


class Fate:
    """The fate of one table's rows, for one subject; `only`: when no more than a part of what is held is erased."""

    def __init__(self, finder: Finder, entry: TableEntry, only: Selection | None = None) -> None:
        self.finder, self.entry, self.table = finder, entry, finder.held.tables[entry.table]
        self.matches = finder.matches(entry)
        self.whole = only is None or entry.table in only.tables
        self.only = frozenset[str]() if only is None else frozenset(only.columns.get(entry.table, ()))

    @property
    def is_person(self) -> bool:
        """Is this the row of the person themselves? It goes last."""
        return self.entry.table in PEOPLE

    def deleted(self) -> Condition:
        """Rows that go: those that say so, those whose law has run out, those that lose their last subject; never kept ones."""
        if not self.whole:
            return sa.false()
        going = [match.where for match in self.matches if match.policy.act == "delete"]
        going += [sa.and_(match.where, self._expired(match)) for match in self.matches if match.policy.act == "keep"]
        going += [sa.and_(match.where, self._is_last(match)) for match in self.matches if match.policy.last == "delete"]
        return sa.and_(sa.or_(sa.false(), *going), negated(self.kept()))

    def kept(self) -> Condition:
        """Rows that a law keeps."""
        kept = (sa.and_(match.where, negated(self._expired(match))) for match in self.matches if match.policy.act == "keep")
        return sa.or_(sa.false(), *kept)

    def changes(self) -> list[Change]:
        """What happens to the rows that stay: kept ones are emptied of all that the law does not ask for, unlinked ones of what is about the subject."""
        if not self.whole:
            return self._emptied_only()
        named = [match for match in self.matches if match.role != "found"]
        laws = [match.policy for match in self.matches if match.policy.act == "keep"]
        kept = self._change("kept", named, self.kept(), laws) if laws else None
        stays = sa.and_(negated(self.deleted()), negated(self.kept()))
        return [change for change in (kept, self._change("unlinked", [m for m in named if m.policy.act == "unlink"], stays, [])) if change is not None]

    def _change(self, kind: str, matches: Sequence[Match], rows: Condition, laws: Sequence[ErasePolicy]) -> Change | None:
        emptied: dict[str, list[Match]] = {}
        left = []
        for match in matches:
            names = [column.name for column, d in self._emptied(match) if not any(is_needed(law, d) for law in laws)]
            for name in (*names, match.link) if match.link else names:
                emptied.setdefault(name, []).append(match)
            left.append(sa.and_(match.where, sa.true() if match.link else sa.or_(sa.false(), *map(self._is_full, names))))
        return self._made(kind, matches, emptied, rows, left) if emptied else None

    def _emptied_only(self) -> list[Change]:
        """Rows that stay as they are, but for some columns."""
        emptied: dict[str, list[Match]] = {}
        left = []
        for match in self.matches:
            names = [column.name for column, _d in self._emptied(match) if column.name in self.only]
            for name in names:
                emptied.setdefault(name, []).append(match)
            left.append(sa.and_(match.where, sa.or_(sa.false(), *map(self._is_full, names))))
        return [self._made("emptied", self.matches, emptied, sa.true(), left)] if emptied else []

    def _made(self, kind: str, matches: Sequence[Match], emptied: Mapping[str, list[Match]], rows: Condition, left: Sequence[Condition]) -> Change:
        of = {name: sa.or_(*(match.where for match in about)) for name, about in emptied.items()}
        # A row can be about somebody in two roles; what is about others in it stays.
        values = {name: self._blank(name) if len(matches) == 1 else sa.case((where, self._blank(name)), else_=self.table.c[name]) for name, where in of.items()}
        files = {column.name: of[column.name] for column, d in self.entry.declared() if d.kind == "file" and column.name in of}
        return Change(kind, values, sa.and_(rows, sa.or_(*(match.where for match in matches))), sa.or_(*left), files)

    def _emptied(self, match: Match) -> Iterable[tuple[ColumnEntry, Declaration]]:
        for column, d in self.entry.declared():
            if d.kind in BLANKED and match.role != "object" and (not d.about or match.role in d.about):
                yield column, d

    def _blank(self, name: str) -> Any:
        return blank_of(self.entry, self.table.c[name])

    def _is_full(self, name: str) -> Condition:
        return is_full(self.entry, self.table.c[name])

    def _is_last(self, match: Match) -> Condition:
        """The row has no other subject left; a row below another goes when that does."""
        if match.above:
            above = self._above(match)
            return self.table.c[match.above].in_(sa.select(above.table.c.id).where(above.deleted()))
        alone = [_is_nobody_but(self.table.c[c.name], self.finder.subject.id_in(d.source)) for c, d in self.entry.declared() if d.kind == "subject"]
        return sa.and_(sa.true(), *alone, *map(self._is_alone_in, self.entry.through))

    def _is_alone_in(self, through: SubjectsThrough) -> Condition:
        name, _, person = through.path.partition(".")
        link, entry = self.finder.held.tables[name], self.finder.held.entry(name)
        back = next(c.name for c, d in entry.declared() if d.kind == "ref" and d.source == self.entry.table)
        others = sa.select(link.c[back]).where(link.c[person].is_not(None), link.c[person] != self.finder.subject.id_in(self.finder.target(entry, person)))
        return self.table.c.id.not_in(others)

    def _above(self, match: Match) -> Fate:
        return Fate(self.finder, self.finder.held.entry(self.finder.target(self.entry, match.above)))

    def _expired(self, match: Match) -> Condition:
        """The law has run out, counted from the row's own date; for a row below another from that one's."""
        if match.above:
            above = self._above(match)
            return self.table.c[match.above].not_in(sa.select(above.table.c.id).where(above.kept()))
        return dated_expired(self.date, match.policy.law, clock.now())

    @property
    def date(self) -> sa.ColumnElement[datetime]:
        """The instant from which a kept row's period counts."""
        return date_of(self.entry, self.table)

    def count(self, opened: Session, among: Condition | None = None) -> dict[str, Any]:
        """How many rows, of all or some, go, are unlinked, stay; until when and by which law."""
        among = sa.true() if among is None else among
        kept = self._number(opened, self.kept(), among) if self.whole else 0
        counts: dict[str, Any] = {"deleted": self._number(opened, self.deleted(), among), "unlinked": 0, "kept": kept}
        for change in (change for change in self.changes() if change.kind != "kept"):
            counts[change.kind] = counts.get(change.kind, 0) + self._number(opened, change.where, change.left, among)
        if counts["kept"]:
            law = next(match.policy.law for match in self.matches if match.policy.act == "keep")
            latest = opened.scalar(sa.select(sa.func.max(self.date)).select_from(self.table).where(self.kept()))
            counts |= {"reason": law, "kept_until": LAWS[law].free_on(_aware(latest)).isoformat() if law in LAWS and latest else None}
        return counts

    def _number(self, opened: Session, *where: Condition) -> int:
        return int(opened.scalar(sa.select(sa.func.count()).select_from(self.table).where(*where)) or 0)


def date_of(entry: TableEntry, table: sa.FromClause) -> sa.ColumnElement[datetime]:
    """The instant from which the period of a kept row of this table counts."""
    name = entry.processing.after if entry.processing and entry.processing.after else next((c.name for c in entry.columns if c.name == "created_at"), "")
    return table.c[name] if name else sa.literal(clock.now())


def blank_of(entry: TableEntry, column: sa.ColumnElement[Any]) -> Any:
    """What stands in an emptied column. NULL of SQL also in JSON, which has one of its own."""
    d = next(d for one, d in entry.declared() if one.name == column.key)
    return sa.literal(d.blank, column.type) if d.has_blank and d.blank is not None else sa.null()


def is_full(entry: TableEntry, column: sa.ColumnElement[Any]) -> Condition:
    """Is there still something in a column that is to be emptied?"""
    blank = blank_of(entry, column)
    return column.is_not(None) if isinstance(blank, sa.Null) else sa.or_(column.is_(None), column != blank)


def dated_expired(dated: sa.ColumnElement[datetime], law: str, now: datetime) -> Condition:
    """True for documents of these dates that may go by now; never for those of a law that nobody knows."""
    times = LAWS[law].expired(now) if law in LAWS else []
    return sa.or_(sa.false(), *(sa.and_(dated < ends, dated >= begins) if begins else dated < ends for begins, ends in times))


def _aware(value: Any) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=clock.now().tzinfo) if isinstance(value, str) else value


def is_needed(law: ErasePolicy, d: Declaration) -> bool:
    """Does a kept row keep this column? An issued document all that was printed on it, anything else what the law asks for."""
    return d.needed != Needed.OPTIONAL.value if law.document else d.needed == Needed.LAW.value


def negated(condition: Condition) -> Condition:
    """Also true where the condition is NULL: a link to nobody is not a link to this one."""
    return sa.not_(sa.func.coalesce(condition, sa.false()))


def _is_nobody_but(column: sa.ColumnElement[Any], id: UUID | None) -> Condition:
    return column.is_(None) if id is None else sa.or_(column.is_(None), column == id)


def some_ids(opened: Session, table: sa.Table, where: Condition, size: int) -> list[UUID]:
    """At most `size` ids of rows."""
    return list(opened.scalars(sa.select(table.c.id).where(where).limit(size)))
