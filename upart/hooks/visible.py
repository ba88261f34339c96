# SPDX-License-Identifier: MIT
"""Which rows the acting person may see: one question to all who know, before a list is read."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, False_, Table, literal_column, or_

from upart.context import context
from upart.errors import PluginError
from upart.hooks.plugged import plugged
from upart.hooks.resources import ACTOR, Criterion

log = logging.getLogger("upart.hooks")
NOTHING: Criterion = literal_column("1") == literal_column("0")
"""No row. Not `false()`, which SQLAlchemy lets swallow what stands beside it: the academy, so that the wall refuses the statement."""


LISTED = frozenset[str]()
"""The fields of which somebody knows a value who asks for a list."""


def visible(model: Any, named: frozenset[str] = LISTED) -> tuple[Criterion, ...]:
    """The criteria that all hold for rows which the acting person may see: those of `upart_visible`; `named`: fields of which they know an exact value.

    An implementation that fails hides everything. When nobody says anything about a table with subjects, people see the rows about themselves.
    """
    core = plugged().core_modules
    values = {"actor": context.person, "model": model, "named": named}
    found: list[Criterion] = []
    for implementation in plugged().manager.hook.upart_visible.get_hookimpls():
        if implementation.plugin_name not in core and implementation.plugin_name not in context.academy.plugins:
            continue
        try:
            answer: Any = implementation.function(*(values[name] for name in implementation.argnames))
            if answer is not None and not isinstance(answer, ColumnElement):
                raise PluginError(f"upart_visible() returned {type(answer).__name__}.", remedy="Return a criterion over the columns of the model, or None.")
        except Exception:
            log.exception("%s failed in upart_visible", implementation.plugin_name)
            return (NOTHING,)
        if answer is not None:
            found.append(NOTHING if isinstance(answer, False_) else answer)
    return tuple(found) or _of_themselves(model.__table__)


@lru_cache(maxsize=512)
def _of_themselves(table: Table) -> tuple[Criterion, ...]:
    columns = [column for column in table.c if getattr(column.info.get("declaration"), "kind", "") == "subject"]
    return (or_(*(column == ACTOR for column in columns)),) if columns else ()
