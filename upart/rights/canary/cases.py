# SPDX-License-Identifier: MIT
"""Which rows are planted of a table: each party in each role, two in one row, all roles in one hand, rows that hang on others'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from upart.context import CurrentAcademy
from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.canary.planting import Planter, Whom, Wish
from upart.rights.canary.rows import Party
from upart.rights.canary.truth import Truth, Way


@dataclass(frozen=True, slots=True)
class Cast:
    """Who was made up: two who will go, one who stays; all of them at one academy."""

    first: Party
    second: Party
    third: Party


def populate(planter: Planter, entries: Iterable[TableEntry], one: CurrentAcademy, two: CurrentAcademy) -> Cast:
    """Plant people at two academies, and rows of these tables about them in all the ways in which a row can be about somebody."""
    truth = planter.truth
    cast = Cast(*(planter.somebody(name, one) for name in ("mara", "noor", "zoe")))
    there, stranger = planter.somebody("mara", two, account_of=cast.first), planter.somebody("wim", two)
    for entry in entries:
        planter.bystander = cast.third
        for wish in wishes(truth, entry, cast.first, cast.second, cast.third):
            planter.plant(entry, one.id, wish)
        planter.bystander = stranger
        for wish in elsewhere(truth, entry, there, stranger):
            planter.plant(entry, two.id, wish)
    return cast


def wishes(truth: Truth, entry: TableEntry, first: Party, second: Party, third: Party) -> Iterator[Wish]:
    """Rows of one table for the academy where `first` and `second` will go, in this order, and `third` stays."""
    ways = [way for way in truth.ways(entry) if way.kind != "self"]
    for way in ways:
        for party in (first, second):
            yield Wish(people={way.via: (party,)})
            if way.policy.act == "keep":
                yield Wish(people={way.via: (party,)}, old=True)
        if way.many:
            yield Wish(people={way.via: (first, second)})
            yield Wish(people={way.via: (second, third)})
    for one, other in permutations(ways, 2):
        yield Wish(people={one.via: (first,), other.via: (second,)})
        yield Wish(people={one.via: (second,), other.via: (third,)})
    if len(ways) > 1:
        yield Wish(people={way.via: (first,) for way in ways})
    yield Wish()
    yield from _hanging(truth, entry, ways, first, second)


def elsewhere(truth: Truth, entry: TableEntry, here: Party, stranger: Party) -> Iterator[Wish]:
    """Rows of one table for the other academy, where the same human is known, and somebody who is known nowhere else."""
    for way in truth.ways(entry):
        if way.kind != "self":
            yield Wish(people={way.via: (here,)})
            yield Wish(people={way.via: (stranger,)})


def _hanging(truth: Truth, entry: TableEntry, ways: list[Way], first: Party, second: Party) -> Iterator[Wish]:
    """Rows of the second with links, not their path to people, to rows of the first; what follows another row is of one hand."""
    leading = {way.column for way in ways if way.kind == "chain"}
    for column, d in entry.declared():
        if d.kind == "any_link" and entry.owned:
            yield Wish(people={way.via: (second,) for way in ways[:1] if way.kind != "object"}, targets={column.name: {"about_id": (first,)}})
        if d.kind != "ref" or column.name in leading or d.source in PEOPLE or not column.nullable:
            continue
        owner = first if d.follows else second
        for there in truth.ways(truth.entry(d.source)):
            if there.kind in ("subject", "through", "found"):
                own: Whom = {way.via: (owner,) for way in ways[:1]}
                yield Wish(people=own, targets={column.name: {there.via: (first,)}})
