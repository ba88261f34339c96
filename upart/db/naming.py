# SPDX-License-Identifier: MIT
"""Which hidden columns a statement names, and the same statement without the rows that they hide.

Whatever a statement compares, orders, groups, computes or puts out as a column could tell what the column holds.
So one that names a hidden column anywhere does not see the rows of restricted people in that table: not in the place
of the name alone, but wherever the statement reads it. A mapped class that is loaded whole names nothing: its
rows come with masks (`masking.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CompoundSelect, Delete, FromClause, Join, Select, Table, TableClause, TextClause, Update
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.orm.strategy_options import Load
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import _textual_label_reference
from sqlalchemy.sql.selectable import Alias, AliasedReturnsRows, Exists

from upart.db.masks import Sight, hidden_names
from upart.db.model import Model
from upart.errors import WallError

Named = dict[str, set[str]]
WORD = re.compile(r"\w+")


def spared(statement: Any, sight: Sight, *, loads: bool, given: Iterable[str] = ()) -> Any:
    """The statement without rows that a hidden column could give away.

    `loads`: classes in its list are loaded as objects. `given`: names of the parameters of an UPDATE, which sets those columns.
    """
    within, aside = named(statement, loads=loads), named_by_options(statement)
    if isinstance(statement, Update) and isinstance(statement.table, Table):
        table = statement.table.name
        within[table] = within.get(table, set()) | (hidden_names().get(table, frozenset()) & set(given))
    conditions = {table: _conditions(sight, table, within.get(table, set()) | aside.get(table, set())) for table in within.keys() | aside.keys()}
    chosen = {table: condition for table, condition in conditions.items() if condition}
    if not chosen:
        return statement
    if any(map(_is_full, visitors.iterate(statement))):
        raise WallError("A FULL JOIN shows rows that no condition reaches.", remedy="Ask twice: data of restricted people are hidden in its rows.")
    return _by_class(_by_source(statement, sight, chosen), sight, chosen, aside)


def sparing(statement: Any, sight: Sight) -> Any:
    """An INSERT that, where the row is there already, leaves what is hidden in it as it is (ON CONFLICT DO UPDATE of both databases)."""
    clause: Any = getattr(statement, "_post_values_clause", None)
    table, names = statement.table, {str(getattr(name, "key", name)) for name in dict(getattr(clause, "update_values_to_set", ()))}
    covered = _conditions(sight, table.name, names) if names and isinstance(table, Table) else []
    if not covered:
        return statement
    where = sa.and_(*(one.spares(table, table, sight.academy_id) for one in covered))
    made, changed = statement._generate(), copy(clause)
    changed.update_whereclause = where if clause.update_whereclause is None else sa.and_(clause.update_whereclause, where)
    made._post_values_clause = changed
    return made


def _conditions(sight: Sight, table: str, columns: set[str]) -> list[Any]:
    return list({covered: None for name, covered in sight.covered(table).items() if name in columns})


def named(statement: Any, *, loads: bool) -> Named:
    """The hidden columns that a statement names, by table."""
    hidden = hidden_names()
    found: Named = defaultdict(set)
    for column in _columns(statement, loads):
        if isinstance(column, str):
            for table, names in hidden.items():
                found[table] |= names & {column}
            continue
        for base in column.proxy_set:
            source = getattr(base, "table", None)
            if isinstance(source, TableClause) and base.name in hidden.get(source.name, ()):
                found[source.name].add(base.name)
    return {table: columns for table, columns in found.items() if columns}


def named_by_options(statement: Any) -> Named:
    """The hidden columns in conditions of loader options: those go on to the loads that follow."""
    found: Named = defaultdict(set)
    for option in getattr(statement, "_with_options", ()):
        for condition in _criteria(option):
            for table, columns in named(condition, loads=True).items():
                found[table] |= columns
    return found


def _criteria(option: Any) -> Iterator[Any]:
    if isinstance(option, LoaderCriteriaOption) and not option.deferred_where_criteria:
        yield option.where_criteria
    if isinstance(option, Load):
        for part in option.context:
            yield from getattr(part, "_extra_criteria", ())


def _columns(statement: Any, loads: bool) -> Iterator[Any]:
    """All columns that a statement names; of text and of columns without a table the words in them."""
    elements = list(visitors.iterate(statement))
    inside = {id(_inner(element.element)) for element in elements if isinstance(element, AliasedReturnsRows | Exists)}
    for element in elements:
        if isinstance(element, TextClause):
            yield from WORD.findall(element.text)
        elif isinstance(element, _textual_label_reference):
            yield from WORD.findall(str(element.element))
        elif isinstance(element, sa.ColumnClause):
            yield from (element,) if element.table is not None else WORD.findall(element.name)
        elif isinstance(element, Select | Update | Delete):
            if isinstance(element, Update):
                yield from _assigned(element)
            if id(element) not in inside:
                yield from _put_out(element, loaded=loads and element is statement)


def _inner(element: Any) -> Any:
    """The SELECT (or table) in parentheses."""
    while not isinstance(element, Select | CompoundSelect | Table) and hasattr(element, "element"):
        element = element.element
    return element


def _put_out(statement: Any, *, loaded: bool) -> Iterator[Any]:
    """The columns of what a statement lists whole: tables and subqueries, and classes unless they are `loaded` as objects."""
    for raw in statement._raw_columns if isinstance(statement, Select) else statement._returning:
        if isinstance(raw, FromClause) and not (loaded and "parententity" in raw._annotations):
            yield from raw.c


def _assigned(update: Update) -> Iterator[Any]:
    """The columns that an UPDATE sets: old versions of SQLAlchemy keep ordered ones apart."""
    ordered = (pair[0] for pair in getattr(update, "_ordered_values", None) or ())
    yield from (column for column in (*(update._values or ()), *ordered) if isinstance(column, sa.ColumnClause | str))


def _by_class(statement: Any, sight: Sight, chosen: Mapping[str, list[Any]], aside: Named) -> Any:
    """Conditions on mapped classes: SQLAlchemy puts them wherever the statement reads the class, also into ON and aliases."""
    if not hasattr(statement, "options"):
        return statement
    mapped = ((mapper.local_table, mapper.class_) for known in list(Model.registries.values()) for mapper in known.mappers)
    classes = {table.name: kind for table, kind in mapped if isinstance(table, Table)}
    for name, conditions in chosen.items():
        table = Model.metadata.tables[name]
        where = sa.and_(*(covered.spares(table, table, sight.academy_id) for covered in conditions))
        if name in classes:
            statement = statement.options(with_loader_criteria(classes[name], where, include_aliases=True, propagate_to_loaders=name in aside))
    return statement


def _by_source(statement: Any, sight: Sight, chosen: Mapping[str, list[Any]]) -> Any:
    """Conditions on tables that are read without their classes."""
    if not any(isinstance(element, Select | Update | Delete) and not _is_mapped(element) for element in visitors.iterate(statement)):
        return statement

    def conditions(sources: Iterable[Any]) -> list[Any]:
        pairs: list[tuple[Any, Any]] = [(source, source.element if isinstance(source, Alias) else source) for source in sources]
        known = [(source, Model.metadata.tables[table.name]) for source, table in pairs if isinstance(table, TableClause) and table.name in chosen]
        if any(not isinstance(_inner(source), Table) for source, _table in known):
            raise WallError("A statement names a table by its name alone.", remedy="Use the mapped class: data of restricted people are hidden in its rows.")
        return [covered.spares(table, source, sight.academy_id) for source, table in known for covered in chosen[table.name]]

    def select(one: Select[Any]) -> None:
        if not _is_mapped(one):
            one._where_criteria += tuple(conditions(part for source in one.get_final_froms() for part in _always_there(source)))

    def change(one: Any) -> None:
        if not _is_mapped(one):
            one._where_criteria += tuple(conditions([one.table]))

    def join(one: Join) -> None:
        far = conditions(_always_there(one.right)) if one.isouter else []
        if far and one.onclause is not None:
            one.onclause = sa.and_(one.onclause, *far)

    options, bare = statement._with_options, statement._generate()
    bare._with_options = ()  # they cannot be cloned
    made = visitors.cloned_traverse(bare, {}, {"select": select, "update": change, "delete": change, "join": join})
    made._with_options = options
    return made


def _is_mapped(statement: Any) -> bool:
    return bool(statement._propagate_attrs.get("compile_state_plugin") == "orm")


def _is_full(element: Any) -> bool:
    """Is this a FULL JOIN, or a SELECT that will make one?"""
    return (isinstance(element, Join) and element.full) or any(flags.get("full") for *_rest, flags in getattr(element, "_setup_joins", ()))


def _always_there(source: Any) -> Iterator[Any]:
    """The parts of a FROM whose rows are in the result, none of them only if it fits."""
    if not isinstance(source, Join):
        yield from source._from_objects
        return
    if not source.full:
        yield from _always_there(source.left)
    if not source.isouter:
        yield from _always_there(source.right)
