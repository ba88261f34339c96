# SPDX-License-Identifier: MIT
"""Where a plugin is tried: an installation with the cast, rows in every table, and browsers that have signed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from werkzeug.routing import Rule

from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.cli.demo import PASSWORD
from upart.hooks.loaded import Plugin
from upart.testing.addresses import Address, Addresses, Kind
from upart.testing.cast import HOMES, seat
from upart.testing.client import Client
from upart.testing.crawl import MaySee, Viewer
from upart.testing.installation import Installation, install
from upart.testing.markers import Marked, mark, read

SESSION = "upart_session"

PROGRAMS = "api.answer"
"""The route of the core at which resources answer."""


class Own(Addresses):
    """The addresses of one plugin, and of programs where it has resources."""

    def __init__(self, made: Installation, marked: Marked, given: Mapping[str, Any], plugin: Plugin) -> None:
        super().__init__(made, marked, given)
        self.plugin = plugin

    def rules(self) -> list[Rule]:
        """Its routes, in the order of their paths."""
        owners = self.installation.state.owners
        mine = [rule for rule in super().rules() if owners.get(rule.endpoint.partition(".")[0]) == self.plugin.id]
        return mine + [rule for rule in super().rules() if self.plugin.resources and rule.endpoint == PROGRAMS]


class Bench:
    """An installation in `folder` in which `plugin` is tried. `not_tried` gathers what could not be looked at, and why."""

    def __init__(self, plugin: str, folder: Path, postgres: str, may_see: MaySee | None, given: Mapping[str, Any]) -> None:
        self.plugin, self.folder, self.postgres, self.may_see, self._given = plugin, folder, postgres, may_see, given
        self.not_tried: list[str] = []
        self.made = install(folder / "made")
        found = self.made.state.plugins.get(plugin)
        if found is None:
            raise AssertionError(f"There is no plugin '{plugin}' here. Install its package: pip install -e .")
        if not found.healthy:
            raise AssertionError(f"Plugin '{plugin}' is broken: {found.reason} {found.remedy}")
        self.loaded = found
        seat(self.made)
        people = self._cast()
        self.marked = mark(self.made)
        self.viewers = [*(self._signed_in(name, *people[name]) for name in HOMES), Viewer("vic")]
        self.marked = read(self.made)  # with what signing in has written

    def _cast(self) -> dict[str, tuple[UUID, UUID, tuple[str, ...]]]:
        """Person, account and roles of each, by the names that they have before everything is marked."""
        with self.made.everywhere() as session:
            rows = session.scalars(select(Person).where(Person.account_id.is_not(None))).all()
            return {row.name.lower(): (row.id, row.account_id, tuple(row.roles)) for row in rows if row.account_id is not None}

    def _signed_in(self, name: str, person: UUID, account: UUID, roles: tuple[str, ...]) -> Viewer:
        browser, academy = self.made.visitor(HOMES[name]), self.made.academy(HOMES[name])
        data = {"email": self.marked.rows["account"][account]["email"], "password": PASSWORD}
        assert browser.post("/sign-in", data=data).status_code == 303
        return Viewer(name, academy.id, {SESSION: browser.cookie(SESSION) or ""}, frozenset({person, account}), roles)

    def browser(self, name: str) -> Client:
        """The browser of one of them, at athena."""
        viewer = next(one for one in self.viewers if one.name == name)
        return viewer.browser(self.made, self.made.academy("athena"))

    def close(self) -> None:
        """Give the database back."""
        self.made.close()

    @property
    def athena(self) -> UUID:
        """The academy at which most is looked at."""
        return self.made.academy("athena").id

    @property
    def orion(self) -> UUID:
        """The other one."""
        return self.made.academy("orion").id

    @cached_property
    def addresses(self) -> Own:
        """Its addresses."""
        return Own(self.made, self.marked, self.given(), self.loaded)

    def given(self) -> dict[str, Any]:
        """Values that stand in no table, and what programs ask for: each list, an object of it, and what can be done with that."""
        asked = []
        for one in self.loaded.resources:
            ids = [row["id"] for row in self.marked.of(one.table.name, self.athena)[:1]] if one.model is not None else []
            asked += [one.name, *(f"{one.name}/{id}{after}" for id in ids for after in ("", *(f"/actions/{verb}" for verb in one.verbs)))]
        return {**self._given, PROGRAMS: [{"address": address} for address in asked]}

    def pages(self, *, rows: bool = True) -> Iterator[Address]:
        """Its addresses at athena that show something: without the rows of others, and of nobody."""
        kinds = (Kind.PLAIN, Kind.HERE) if rows else (Kind.PLAIN,)
        yield from (one for one in self.addresses.at(self.athena, self.orion, "GET") if one.kind in kinds and "?" not in one.path)

    def changed(self) -> None:
        """Let every cache see what was written."""
        with self.made.everywhere() as session:
            session.execute(update(Academy).values(epoch=Academy.epoch + 1).execution_options(synchronize_session=False))
