# SPDX-License-Identifier: MIT
"""What a form says beside its fields: what the data are used for, on which ground, how long, who gets them, what may be left out (GDPR art. 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from upart.context import context
from upart.hooks.locks import is_held_back
from upart.hooks.plugged import plugged
from upart.hooks.records import Recipient
from upart.privacy.countries import COUNTRIES
from upart.privacy.register import category_of
from upart.privacy.taxonomy import Needed
from upart.privacy.words import Declaration, Processing
from upart.theming import wording
from upart.theming.locales import gettext as _

Field = Callable[[str], tuple[str, bool]]
"""The label of a field, and whether it may be left out."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What is said of fields that are kept for the same reasons: their labels, each with whether it is needed, and the reasons in words."""

    fields: tuple[tuple[str, str], ...]
    purpose: str
    basis: str
    period: str
    receivers: tuple[str, ...]


def collected(declares: Mapping[str, Any], field: Field) -> list[Collected]:
    """What is kept of these fields (name to column), those together that are kept for the same reasons."""
    alike: dict[Processing, list[tuple[str, Any]]] = {}
    for name, column in declares.items():
        if (made := processing_of(column)) is not None:
            alike.setdefault(made, []).append((name, column))
    return [_together(made, columns, field) for made, columns in alike.items()]


def declaration_of(column: Any) -> Declaration:
    """What is declared beside a column of a mapped class."""
    declaration: Declaration = column.property.columns[0].info["declaration"]
    return declaration


def processing_of(column: Any) -> Processing | None:
    """Why and how long it is kept: as said beside the column, else for its table."""
    found: Processing | None = declaration_of(column).processing or getattr(column.class_, "__processing__", None)
    return found


def _together(made: Processing, columns: list[tuple[str, Any]], field: Field) -> Collected:
    fields = tuple(_said(*field(name), column) for name, column in columns)
    names = dict.fromkeys(name for _name, column in columns for name in _receivers(made, column))
    return Collected(fields, wording.purpose(made), wording.basis(made), wording.period(made), tuple(names))


def _said(label: str, optional: bool, column: Any) -> tuple[str, str]:
    """A field, and whether somebody has to give it (GDPR art. 13(2)(e))."""
    if optional:
        return label, _("your choice")
    return label, _("a law asks for it") if declaration_of(column).needed == Needed.LAW.value else _("needed")


def _receivers(made: Processing, column: Any) -> list[str]:
    """Who may get it from here, as declared: those named beside it, else those for its purpose and category."""
    d, academy = declaration_of(column), context.academy
    owners = [plugin for plugin in plugged().everything() if plugin.id == "core" or plugin.id in academy.plugins]
    offered = [one for owner in owners for one in owner.recipients if not is_held_back("recipient", one.name)]
    only, categories = d.recipients or made.recipients, {category_of(d, plugged().register), *d.paths.values()}
    return [_named(one) for one in offered if (one.name in only if only else one.purpose == made.purpose and categories & set(map(str, one.categories)))]


def _named(one: Recipient) -> str:
    return f"{one.name} ({COUNTRIES[one.country]})"
