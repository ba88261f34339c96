# SPDX-License-Identifier: MIT
"""Every address of an installation: its routes, with parameters filled from the database, so that a new route cannot be forgotten."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zlib import crc32

from werkzeug.routing import AnyConverter, Rule, UUIDConverter

from upart.db import uuid7
from upart.hooks.routes import Policy
from upart.privacy.register import TableEntry
from upart.testing.installation import Installation
from upart.testing.markers import Marked, Row

IRREGULAR = {"people": "person", "lessons": "lesson", "outside": "disclosure_notice", "restrict": "restriction"}
NAMES = ("slug", "name", "key", "code", "token")
"""Columns by which a row may be named in an address, most likely first."""

SAMPLES, FEW, MANY = 6, 4, 60
"""Rows of one table that stand for all: the oldest, as somebody made them, and the newest, of each state and each person."""


class Kind(StrEnum):
    """Whose row an address names. Nobody may tell the last three apart."""

    PLAIN = "no row"
    HERE = "a row of this academy"
    THERE = "a row of the other academy"
    ABSENT = "a row that does not exist"
    MALFORMED = "no id at all"


@dataclass(frozen=True, slots=True)
class Address:
    """A route with its parameters filled in: the last one names the row, `above` says whose rows those before it name."""

    endpoint: str
    method: str
    path: str
    kind: Kind
    policy: Policy
    row: UUID | None = None
    table: str = ""
    above: Kind = Kind.HERE
    named: tuple[str, ...] = ()
    """The values of the parameters, as they stand in the path and in plain."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of a parameter comes from: a column of some table."""

    entry: TableEntry
    column: str


Filled = tuple[Mapping[str, Any], Kind, UUID | None, str, Kind]
"""Values of parameters, whose row the last one names, its id and table, and whose rows the others name."""


class Unfillable(AssertionError):
    """A route has a parameter that nobody can fill."""


class Addresses:
    """Fills routes. `given` names values that are no rows ("people.change_permissions": [{"role": "teacher"}]); `tokens` are asked with."""

    def __init__(
        self, installation: Installation, marked: Marked, given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, tokens: Iterable[str] = (),
        samples: int = SAMPLES,
    ) -> None:  # fmt: skip
        self.installation, self.marked, self.tokens, self.samples = installation, marked, list(tokens), samples
        self.files, self.given = _files(installation), dict(given or {})
        self._places: dict[tuple[str, str, str], list[Place]] = {}

    def rules(self) -> list[Rule]:
        """All routes, in the order of their paths."""
        return sorted(self.installation.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))

    def at(self, here: UUID, there: UUID, *methods: str) -> Iterator[Address]:
        """All addresses of an academy for these methods, with rows of its own, of the other one, and of nobody."""
        for rule in self.rules():
            policy = self.installation.state.policies[rule.endpoint]
            for method in sorted((rule.methods or set()) & set(methods)):
                for number, (values, kind, row, table, above) in enumerate(self._values(rule, here, there)):
                    texts = tuple(text for value in values.values() for text in (str(value), quote(str(value))))
                    yield Address(rule.endpoint, method, path := _path(rule, values), kind, policy, row, table, above, texts)
                    if method == "GET" and number == 0:
                        yield from (Address(rule.endpoint, method, f"{path}?{query}", Kind.PLAIN, policy) for query in self._queries(rule, here, there))

    def _queries(self, rule: Rule, here: UUID, there: UUID) -> Iterator[str]:
        """Questions for people and texts of both academies, by each name that the blueprint has declared."""
        blueprint: Any = self.installation.app.blueprints[rule.endpoint.partition(".")[0]]
        people = [self.marked.of("person", academy)[0] for academy in (here, there)]
        cursors = [urlsafe_b64encode(json.dumps([person["name"], str(person["id"])]).encode()).decode() for person in people]
        texts = [person["name"] for person in people]
        for name in sorted(blueprint.queries):
            tokens = self.tokens if self.installation.state.policies[rule.endpoint].open else []
            values = {"token": tokens, "after": cursors, "next": ["/account/"]}.get(name, texts)
            if self.samples < SAMPLES and values is not tokens:
                values = [values[crc32(f"{rule.endpoint} {name}".encode()) % len(values)]]
            yield from (f"{name}={quote(value)}" for value in values)

    def _values(self, rule: Rule, here: UUID, there: UUID) -> Iterator[Filled]:
        plain = [{}] if not rule.arguments else self.files.get(rule.endpoint) or self._some(self.given.get(rule.endpoint, ()))
        yield from ((values, Kind.PLAIN, None, "", Kind.HERE) for values in plain)
        if not rule.arguments or rule.endpoint in self.files:
            return
        *before, last = _names(rule)
        absent, malformed = (uuid7(), "no-id") if _is_uuid(rule, last) else ("absent-from-here", "é{{7*7}}'")
        for leaf in self._leaves(rule, last):
            table, mine, theirs = leaf.entry.table, self._samples(leaf, here), self._samples(leaf, there)
            around = self._with_parents(rule, leaf, mine[0]) if mine else {}
            yield from ((self._with_parents(rule, leaf, row), Kind.HERE, row["id"], table, Kind.HERE) for row in mine)
            yield from (({**around, last: row[leaf.column]}, Kind.THERE, row["id"], table, Kind.HERE) for row in theirs)
            yield {**around, last: absent}, Kind.ABSENT, None, table, Kind.HERE
            yield {**around, last: malformed}, Kind.MALFORMED, None, table, Kind.HERE
            if before:
                nowhere = {name: uuid7() if _is_uuid(rule, name) else "absent-from-here" for name in before}
                yield from ((self._with_parents(rule, leaf, row), Kind.THERE, row["id"], table, Kind.THERE) for row in theirs)
                yield {**nowhere, last: absent}, Kind.ABSENT, None, table, Kind.THERE

    def _some(self, given: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """All of them; where few rows stand for all, no more than sixty, from first to last."""
        return given if self.samples == SAMPLES else given[:: 1 + len(given) // (MANY + 1)]

    def _leaves(self, rule: Rule, last: str) -> list[Place]:
        """The columns that the last parameter may name; none where the values that were given are all there are: words, or ways of several."""
        try:
            return [leaf for leaf in self.places(rule, last) if rule.endpoint not in self.given or (len(_names(rule)) == 1 and _is_uuid(rule, last))]
        except Unfillable:
            if rule.endpoint in self.given:
                return []
            raise

    def _samples(self, place: Place, academy: UUID) -> list[Row]:
        """Some rows of a table at an academy."""
        rows = sorted(self.marked.of(place.entry.table, academy), key=lambda row: str(row["id"]))
        named = [row for row in rows if row[place.column] is not None]
        return named if len(named) <= self.samples else [*named[: self.samples // 2], *named[-(self.samples // 2) :]]

    def _with_parents(self, rule: Rule, leaf: Place, row: Row) -> dict[str, Any]:
        """The row's own name, and the names of the rows above it that stand before it in the path."""
        values: dict[str, Any] = {_names(rule)[-1]: row[leaf.column]}
        below, entry = row, leaf.entry
        for name in reversed(_names(rule)[:-1]):
            for place in self.places(rule, name):
                link = next((c.name for c, d in entry.declared() if d.source == place.entry.table and c.name in below), None)
                if link and below[link] is not None:
                    below, entry = self.marked.rows[place.entry.table][below[link]], place.entry
                    values[name] = below[place.column]
                    break
            else:
                raise Unfillable(f"{rule.rule}: <{name}> names no row above {leaf.entry.table}. Give its values to the crawl: {rule.endpoint!r}: [{{…}}].")
        return values

    def places(self, rule: Rule, name: str) -> list[Place]:
        """The columns that a parameter may name: of a table called like it or like the word before it, of those that begin so, else of any of the plugin."""
        key = rule.endpoint, rule.rule, name
        if key not in self._places:
            self._places[key] = self._look_for(rule, name)
        return self._places[key]

    def _look_for(self, rule: Rule, name: str) -> list[Place]:
        owner = self.installation.state.owners.get(rule.endpoint.partition(".")[0], "core")
        entries, core = self.marked.register.of(owner), self.marked.register.of("core")
        words = [IRREGULAR.get(word, _singular(word)).replace("-", "_") for word in (name.removesuffix("_id"), _word_before(rule, name)) if word]
        named = [entry for word in words for entry in (*entries, *core) if self._short(entry) == word]
        named += [entry for word in words for entry in (*entries, *core) if self._short(entry).endswith(f"_{word}")]
        begun = [entry for word in words[1:] for entry in (*entries, *core) if self._short(entry).startswith(f"{word}_")]
        owning = [entry for entry in entries if name not in ("id", *NAMES) and name in [column.name for column in entry.columns]]
        found = [Place(e, column) for e in (owning or named[:1] or begun or entries) if (column := _column(rule, name, e))]
        if not found:
            raise Unfillable(f"{rule.rule}: no table of '{owner}' has what <{name}> could name. Give its values to the crawl: {rule.endpoint!r}: [{{…}}].")
        return found

    def _short(self, entry: TableEntry) -> str:
        """The table's name without its plugin's prefix."""
        plugin = self.installation.state.plugins.get(entry.plugin)
        return entry.table.removeprefix(plugin.manifest.prefix) if plugin and plugin.manifest else entry.table


def _column(rule: Rule, name: str, entry: TableEntry) -> str:
    columns = [column.name for column in entry.columns]
    if _is_uuid(rule, name):
        return name if name in columns and name != "id" else "id"
    return next((known for known in (name, *NAMES) if known in columns), "")


def _is_uuid(rule: Rule, name: str) -> bool:
    return isinstance(rule._converters[name], UUIDConverter)


def _names(rule: Rule) -> list[str]:
    """Parameters in the order of the path, without those that are one of a few words."""
    return [name for name in re.findall(r"<(?:[^:<>]+:)?(\w+)>", rule.rule) if not isinstance(rule._converters[name], AnyConverter)]


def _word_before(rule: Rule, name: str) -> str:
    parts = rule.rule.strip("/").split("/")
    return next((before for before, part in pairwise(["", *parts]) if re.search(rf"[<:]{name}>", part)), "")


def _singular(word: str) -> str:
    for ending, single in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + single
    return word


def _path(rule: Rule, values: Mapping[str, Any]) -> str:
    return re.sub(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>", lambda match: quote(str(values[match[1]]), safe="/"), rule.rule)


def _files(installation: Installation) -> dict[str, list[dict[str, Any]]]:
    """The core's routes whose parameters are files of themes and plugins."""
    themes = installation.app.extensions["upart_site"].themes
    static = [(*place.split("/"), path) for place, files in themes.files.items() for path in files.hashes]
    art = [(*place.split("/"), path.removesuffix(".svg")) for place, files in themes.art.items() for path in files.hashes]
    return {
        "theming.static_file": [{"kind": kind, "owner": owner, "path": path} for kind, owner, path in static],
        "theming.drawing": [{"kind": kind, "owner": owner, "name": name} for kind, owner, name in art],
    }
