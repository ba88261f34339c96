# SPDX-License-Identifier: MIT
"""`assert_privacy_contract("quizbank")`: a plugin does to people's data what its declarations say, or this says where not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from uuid import uuid4

from upart.academies import actions
from upart.context import CurrentAcademy
from upart.privacy.register import Register
from upart.rights.canary.cases import populate
from upart.rights.canary.rows import Breach, Row, anew, different
from upart.rights.canary.truth import Examined, Truth, counted
from upart.testing.contract.access import look
from upart.testing.contract.erasure import Erasure
from upart.testing.contract.filling import StoringPlanter
from upart.testing.contract.restriction import veil
from upart.testing.contract.returning import OldCopy
from upart.testing.contract.traces import all_rows, sample
from upart.testing.installation import Installation, install

__all__ = ["Breach", "Examined", "Field", "assert_privacy_contract", "believing"]

MOST = 25
"""Breaches that a message lists."""


class Field:
    """An installation in which people and rows of one owner have been planted; `breaches()` looks at them through the engine."""

    def __init__(self, made: Installation, plugin: str) -> None:
        self.made, self.plugin, self.truth = made, plugin, Truth(made.state.plugins.register)
        self.entries = self.truth.examined(plugin)
        one, two = (_academy(made, name) for name in ("one", "two"))
        with made.everywhere() as opened:
            planter = StoringPlanter(self.truth, opened)
            cast = populate(planter, self.entries, one, two)
            self.first, self.second, self.third = cast.first, cast.second, cast.third
        self.rows: list[Row] = planter.rows
        sample(made)

    def examined(self) -> Examined:
        """What there is to look at."""
        return counted(self.entries, self.rows)

    def breaches(self) -> Iterator[Breach]:
        """Access for one person and, with the account, for another; the restriction of the first; the erasure of both, the second only after a clean first;

        and an old copy of before, put back after that.
        """
        now = all_rows(self.made, self.truth)
        yield from look(self.made, self.truth, self.rows, now, self.first, account=False)
        yield from look(self.made, self.truth, self.rows, now, self.second, account=True)
        yield from veil(self.made, self.truth, self.rows, self.first, self.third)
        with closing(OldCopy(self.made)) as old:
            rows, clean, erasures = anew(self.rows), True, []
            for party, account in ((self.first, False), (self.second, True)):
                erasures.append(erasure := Erasure(self.made, self.truth, rows, party, account=account))
                for breach in erasure.check() if clean else ():
                    clean = False
                    yield breach
                rows = erasure.left
            if clean:
                yield from old.check(erasures)


def assert_privacy_contract(plugin: str, installation: Installation | None = None, *, engine_register: Register | None = None) -> Examined:
    """Check that access, restriction, erasure and a restore do to the data of a plugin (or of "core") what its columns declare (GDPR art. 15, 17, 18).

    Fills every table of the plugin with rows about made-up people at two academies, in each role and with two of them in
    one row; then takes a copy for them, restricts one of them and looks with the eyes of others, erases them as the product
    does, and puts a backup of before back: they are gone again before the first answer. Raises AssertionError that says plugin, table,
    column, what is wrong and what to do. `installation` is where this happens (its other data must not change); without one
    it makes one on SQLite with all installed plugins. `engine_register` makes the engine believe other declarations than
    those that are checked, so that tests can see the check fail.
    """
    with _installation(installation) as made:
        _present(made, plugin)
        field = Field(made, plugin)
        with believing(made, engine_register):
            found = list(islice(different(field.breaches()), MOST))
    if found:
        raise AssertionError("\n".join([f"'{plugin}' does not keep what it declares about people:", *map(str, found)]))
    return field.examined()


@contextmanager
def _installation(given: Installation | None) -> Iterator[Installation]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="upart-contract-") as folder:
        made = install(Path(folder), academies=())
        try:
            yield made
        finally:
            made.close()


@contextmanager
def believing(made: Installation, register: Register | None) -> Iterator[None]:
    """Let the engine believe other declarations for the block."""
    plugins = made.state.plugins
    real, plugins.register = plugins.register, register or plugins.register
    try:
        yield
    finally:
        plugins.register = real


def _present(made: Installation, plugin: str) -> None:
    if plugin == "core":
        return
    found = made.state.plugins.get(plugin)
    if found is None:
        raise AssertionError(f"There is no plugin '{plugin}' here. Install its package (pip install -e .), or give install(plugins=[…]).")
    if not found.healthy:
        raise AssertionError(f"Plugin '{plugin}' is broken: {found.reason} {found.remedy}")


def _academy(made: Installation, name: str) -> CurrentAcademy:
    slug = f"{name}-{uuid4().hex[:12]}"
    with made.everywhere() as opened:
        academy = actions.create_academy(opened, slug, f"Academy {name}")
        for plugin in made.state.plugins.healthy():
            actions.enable_plugin(opened, academy.id, plugin.id)
    return made.academy(slug)
