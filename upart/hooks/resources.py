# SPDX-License-Identifier: MIT
"""What a feature gives to programs: resources of the API, each with what may be read, written, found and brought along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Table, Uuid, bindparam

from upart.errors import PluginError
from upart.hooks.routes import Policy, anyone_known, signed_in

Handler = TypeVar("Handler", bound=Callable[..., Any])
Criterion = ColumnElement[bool]

ACTOR = bindparam("upart_actor", type_=Uuid())
"""The id of whoever acts, in a criterion: `Seat.learner_id == ACTOR`. Nobody's id is NULL, which equals nothing."""


class Body(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What comes in as JSON: a class with a type for each field, from which the check and the documentation are made.

    `class CourseIn(Body): title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]`. A field with the default
    `msgspec.UNSET` (`title: str | msgspec.UnsetType = msgspec.UNSET`) may be left out.
    """

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not msgspec.UNSET}


@dataclass(frozen=True, slots=True)
class Include:
    """Other rows that a list or an object brings along when `include=` asks for them, by one statement however many they are.

    `resource`: whose. `by`: the link, a column of one's own model, or with `many` of the other's. Only what the acting
    person may see there comes along; of `many` at most 100 of each.
    """

    resource: str
    by: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a create or a verb returns when its answer shows more than the row: `shows`, such as a secret, which is in this answer alone.

    It is kept for nobody, so a request that is sent again (Idempotency-Key) does not get it again.
    """

    row: Any
    shows: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Added:
    """A field that is no column: made for all rows of a page at once, and shown like the others.

    `run(rows)` gets their "id" and the columns that it `needs`, and gives values of the class `shows` by id; of a row that
    is not among them the field is null.
    """

    shows: Any
    run: Callable[[Sequence[Mapping[str, Any]]], Mapping[UUID, Any]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list that was found by parameters: its rows, and the parameters with which the next part is asked for, if there is one."""

    rows: Sequence[Any]
    next: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that is done with an object and is no change of a field: the function, and the class of its body, if it takes one."""

    run: Callable[..., Any]
    takes: type[Body] | None = None


class Resource:
    """Rows, or one answer, at `/api/v1/<name>`; documented from what is said here and from the functions' docstrings.

    `Resource("seats", Seat, readable=("id", "occurrence_id", "state"), filters=("state",), scope="classes:seats")`, and in
    `upart_resources()`. Lists and objects are there at once: who may see which rows is asked of `upart_visible`. What may be
    written is given by functions below `@seats.create(SeatIn)`, `@seats.update(SeatPatch)`, `@seats.delete`, `@seats.verb("move", MoveIn)`.

    `readable`: fields, the first is "id"; `renamed`: fields whose column has another name. `long`: fields that lists give only when
    `fields=` names them. `filters`, `sorts` ("-" before one: newest first; the first is the default): readable fields that have an
    index, or any in a table that is `small` (some thousand rows of an academy at most). `includes`: other resources by a name; `below`: those that
    also have lists of their own (`/seats/<id>/notes`); their link must be among their filters. `guarded`:
    fields with a function that gives the criterion of the rows in which they are shown, elsewhere they are null. `scope`: what a token must be
    allowed, with ":read" or ":write". `policy`: who may read, `writes`: who may try to write. `holds(row)`: takes the locks that
    its writers take first, when that is not the row's own. `samples`: bodies that documentation shows and tests send.

    `adds`: fields that are no columns, each an `Added`. `@seats.preview` gives what an address with `preview=` shows of one row that
    not everybody may read yet. `@seats.upload` documents a POST of a file, whose route is the feature's own.

    Without a model a resource is what its `@x.get` returns, a Struct of the class `answers`; with `@x.list` a short list of them, with
    `@x.find(FindIn)` a `Part` of what is found by the parameters that this class names.
    """

    def __init__(
        self, name: str, model: Any = None, *, scope: str, readable: Sequence[str] = (), renamed: Mapping[str, str] | None = None, long: Sequence[str] = (),
        filters: Sequence[str] = (), sorts: Sequence[str] = (), includes: Mapping[str, Include] | None = None, below: Sequence[str] = (),
        guarded: Mapping[str, Callable[[], Criterion]] | None = None, policy: Policy = anyone_known, writes: Policy = signed_in,
        holds: Callable[[Any], None] | None = None, small: bool = False, answers: Any = None, adds: Mapping[str, Added] | None = None,
        samples: Mapping[str, Mapping[str, Any]] | None = None, sentence: str = "",
    ) -> None:  # fmt: skip
        self.name, self.model, self.scope, self.policy, self.writes, self.holds = name, model, scope, policy, writes, holds
        self.readable, self.renamed, self.long, self.filters = tuple(readable), dict(renamed or {}), frozenset(long), frozenset(filters)
        self.includes, self.guarded, self.small, self.answers = dict(includes or {}), dict(guarded or {}), small, answers
        self.samples, self.sentence = dict(samples or {}), sentence or (model.__doc__ or "").partition("\n")[0] if model is not None else sentence
        self.below, self.adds = tuple(below), dict(adds or {})
        self.default_sort = sorts[0] if sorts else "id"
        self.sorts = frozenset(sort.removeprefix("-") for sort in sorts)
        self.verbs: dict[str, Verb] = {}
        self.creates: Verb | None = None
        self.updates: Verb | None = None
        self.deletes: Callable[..., Any] | None = None
        self.gets: Callable[..., Any] | None = None
        self.lists: Callable[..., Any] | None = None
        self.finds: Verb | None = None
        self.previews: Callable[..., Any] | None = None
        self.uploads: Callable[..., Any] | None = None
        if model is not None:
            _check(self)

    def column(self, field: str) -> Any:
        """The mapped column behind a field."""
        return getattr(self.model, self.renamed.get(field, field))

    @property
    def table(self) -> Table:
        """The table of its model."""
        table: Table = self.model.__table__
        return table

    def get(self, function: Handler) -> Handler:
        """Answer with what the function returns: for a resource that is one thing."""
        self.gets = function
        return function

    def list(self, function: Handler) -> Handler:
        """Answer with the list that the function returns: for a resource without a table."""
        self.lists = function
        return function

    def find(self, takes: type[Body]) -> Callable[[Handler], Handler]:
        """Answer with the `Part` that the function finds by the parameters of the address: for a resource without a table."""

        def keep(function: Handler) -> Handler:
            self.finds = Verb(function, _closed(takes))
            return function

        return keep

    def preview(self, function: Handler) -> Handler:
        """GET of one object with `preview=`: the function gets rows and the token, and returns what fields will say by id of the row, or raises NotHere.

        What it returns is the order; a row that it leaves out will not be there.
        """
        self.previews = function
        return function

    def upload(self, function: Handler) -> Handler:
        """POST of a form with `file`. Its first line is the documentation; the route is the feature's own."""
        self.uploads = function
        return function

    def create(self, takes: type[Body]) -> Callable[[Handler], Handler]:
        """POST: the function gets the body and returns the new row. Its first line is the documentation."""

        def keep(function: Handler) -> Handler:
            self.creates = Verb(function, _closed(takes))
            return function

        return keep

    def update(self, takes: type[Body]) -> Callable[[Handler], Handler]:
        """PATCH: the function gets the row, which is the one that the sender has seen (If-Match), and the body."""

        def keep(function: Handler) -> Handler:
            self.updates = Verb(function, _closed(takes))
            return function

        return keep

    def delete(self, function: Handler) -> Handler:
        """DELETE: the function gets the row, which is the one that the sender has seen."""
        self.deletes = function
        return function

    def verb(self, name: str, takes: type[Body] | None = None) -> Callable[[Handler], Handler]:
        """POST `/<name>/<id>/actions/<verb>`: the function gets the row, and the body if it takes one."""

        def keep(function: Handler) -> Handler:
            self.verbs[name] = Verb(function, _closed(takes) if takes else None)
            return function

        return keep


def _closed(takes: type[Body]) -> type[Body]:
    if not (isinstance(takes, type) and issubclass(takes, Body)):
        raise PluginError(f"{takes!r} is no class of a body.", remedy="Derive it from upart.plugin.Body: unknown fields are refused then.")
    return takes


def _check(resource: Resource) -> None:
    """Refuse what could tell more than it should, or make a list slow. Raises PluginError."""
    name, known = resource.name, set(resource.readable)
    if resource.readable[:1] != ("id",):
        raise PluginError(f"The resource {name} does not begin with its id.", remedy='Write readable=("id", …).')
    for field in (*resource.readable, *resource.renamed):
        if not hasattr(resource.model, resource.renamed.get(field, field)):
            raise PluginError(f"The resource {name} has no column for '{field}'.", remedy=f"Name a column of {resource.model.__name__}, or use renamed=.")
    if unread := sorted((resource.filters | resource.sorts | resource.long | set(resource.guarded)) - known):
        raise PluginError(f"The resource {name} finds or sorts by '{unread[0]}', which is not readable.", remedy="It would tell what it holds: leave it out.")
    if told := sorted((resource.filters | resource.sorts) & set(resource.guarded)):
        raise PluginError(f"The resource {name} finds or sorts by '{told[0]}', which is guarded.", remedy="It would tell what it holds: leave it out.")
    for field in sorted(resource.filters | resource.sorts):
        if not (resource.small or is_indexed(resource.table, resource.column(field).key)):
            raise PluginError(
                f"The resource {name} finds or sorts by '{field}', which has no index.", remedy="Add index=True, or small=True for a small table."
            )
    for field in sorted(resource.sorts):
        if resource.column(field).property.columns[0].nullable:
            raise PluginError(f"The resource {name} sorts by '{field}', which may be empty.", remedy="Sort by a column that always has a value.")
    if both := sorted((set(resource.includes) & (known | set(resource.adds))) | (known & set(resource.adds))):
        raise PluginError(f"The resource {name} has a field and an include '{both[0]}'.", remedy="Give one of them another name (renamed=).")


def is_indexed(table: Table, column: str) -> bool:
    """Does an index of an academy's rows begin with this column?"""
    if table.c[column].primary_key:
        return True
    keys = [*table.indexes, *(constraint for constraint in table.constraints if constraint.__visit_name__ == "unique_constraint")]
    for one in keys:
        names = [each.name for each in one.columns]  # type: ignore[attr-defined]
        if [each for each in names if each != "academy_id"][:1] == [column]:
            return True
    return False
