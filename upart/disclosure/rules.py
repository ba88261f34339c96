# SPDX-License-Identifier: MIT
"""What may go to whom, as far as declarations say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from upart.errors import NotAgreed, UpartError
from upart.hooks.locks import is_held_back
from upart.hooks.records import Recipient
from upart.privacy.register import ColumnEntry, Register, TableEntry, category_of, recipients_of
from upart.privacy.words import Declaration

NAMELESS = ("subject", "any_link", "found_by", "sealed")
"""Words whose columns say nothing outside: links to people by ids of ours, digests, bodies in transit."""


class NotDisclosed(UpartError):
    """Something must not leave the portal, or not to this recipient, or not for this purpose."""


class NotYetDisclosed(NotDisclosed, NotAgreed):
    """An upgrade has added this recipient, or what it gets, and the academy has not agreed yet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column that shall go out."""

    name: str
    entry: TableEntry
    column: ColumnEntry
    declaration: Declaration


def wanted(register: Register, fields: Sequence[str]) -> list[Wanted]:
    """The columns of these names ("person.email"). Raises NotDisclosed for none, and for one that nobody has declared."""
    if not fields:
        raise NotDisclosed("Nothing was named that shall go out.", remedy='Name columns: ["person.email"].')
    return [_column(register, name) for name in dict.fromkeys(fields)]


def _column(register: Register, name: str) -> Wanted:
    table, _, column = name.partition(".")
    entry = register.tables.get(table)
    for one, declaration in entry.declared() if entry is not None else ():
        if entry is not None and one.name == column:
            return Wanted(name, entry, one, declaration)
    raise NotDisclosed(f"There is no declared column '{name}'.", remedy='Write "table.column", as in: upart privacy inventory.')


def require_recipient(register: Register, columns: Sequence[Wanted], recipient: Recipient | None, name: str, purpose: str) -> None:
    """Raise NotDisclosed unless this recipient is declared for the purpose and for the category of each column."""
    if recipient is None:
        raise NotDisclosed(f"The recipient '{name}' is not declared.", remedy=f'Give Recipient(name="{name}", …) in upart_recipients() of the plugin.')
    if recipient.purpose != purpose:
        raise NotDisclosed(f"'{name}' receives data for '{recipient.purpose}', not for '{purpose}'.", remedy="Name the purpose for which it is declared.")
    for one in columns:
        if missing := [category for category in _categories(one, register) if category not in recipient.categories]:
            raise NotDisclosed(
                f"'{name}' is not declared for {missing[0]} ({one.name}).", remedy=f"Leave it out, or add Category({missing[0]!r}) to its categories."
            )
        if (only := recipients_of(one.declaration, one.entry)) and name not in only:
            raise NotDisclosed(f"{one.name} goes to {', '.join(only)} only.", remedy="Leave it out, or name the recipient beside the column.")


def require_agreed(register: Register, columns: Sequence[Wanted], name: str) -> None:
    """Raise NotYetDisclosed for a recipient, or what it gets, that an upgrade has added and the academy has not agreed to."""
    places = [("recipient", name), *(("recipient", name, category) for one in columns for category in _categories(one, register))]
    places += [(kind, one.name) for one in columns for kind in ("shared", "column")]
    for place in places:
        if is_held_back(*place):
            raise NotYetDisclosed(f"The academy has not agreed yet that this goes to '{name}' ({place[-1]}).")


def require_shareable(columns: Sequence[Wanted], *, permitted: bool) -> None:
    """Raise NotDisclosed for a column that never goes out, or that needs a permission or a request by an authority."""
    for one in columns:
        if one.declaration.secret:
            raise NotDisclosed(f"{one.name} is secret.", remedy="Leave it out: nothing opens it for others.")
        if one.declaration.review:
            raise NotDisclosed(f"{one.name} goes out only after a human has looked at it.", remedy="Leave it out.")
        if one.declaration.kind in NAMELESS:
            raise NotDisclosed(f"{one.name} says nothing outside.", remedy='Leave it out; who it is, "person.id" says.')
        if one.declaration.never_share and not permitted:
            raise NotDisclosed(f"{one.name} is never shared.", remedy="Ask the person, and say in permission= what they agreed to; or leave it out.")


def _categories(one: Wanted, register: Register) -> Iterator[str]:
    if found := category_of(one.declaration, register):
        yield found
    yield from one.declaration.paths.values()
