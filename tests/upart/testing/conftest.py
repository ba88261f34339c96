# SPDX-License-Identifier: MIT
"""An installation with core, courses and a stranger's quizbank; and one in which rows are planted, to be looked at again and again."""

from __future__ import annotations

import shutil
import sys
from contextlib import ExitStack
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from conftest import bundled

from upart.db import engine
from upart.testing import Installation
from upart.testing.contract import Field

OWNERS = ("core", "courses", "quizbank")
QUIZBANK = EntryPoint("quizbank", "upart_quizbank.hooks", "upart.plugins")
sys.path.append(str(Path(__file__).parents[2] / "outside" / "quizbank"))


@pytest.fixture
def with_quizbank(database, original, tmp_path):
    with original(database, (*bundled(), QUIZBANK)).copied(tmp_path) as made:
        yield made


class Planted:
    """Rows of one owner, on SQLite; `again()` brings them back as they were planted."""

    def __init__(self, made: Installation, owner: str) -> None:
        self.made, self.field, self.copy = made, Field(made, owner), made.state.config.instance.with_name("planted")
        self._let_go()
        shutil.copytree(self.made.state.config.instance, self.copy)

    def again(self) -> Field:
        self._let_go()
        shutil.rmtree(self.made.state.config.instance)
        shutil.copytree(self.copy, self.made.state.config.instance)
        return self.field

    def _let_go(self) -> None:
        with self.made.app.app_context():
            engine().dispose()
        self.made.state.directory.close()


@pytest.fixture(scope="session")
def planted(original, tmp_path_factory):
    """`planted("quizbank")`: made once for each owner."""
    with ExitStack() as stack:

        @cache
        def of(owner: str) -> Planted:
            known = original("sqlite", (*bundled(), QUIZBANK))
            return Planted(stack.enter_context(known.copied(tmp_path_factory.mktemp(owner) / "now")), owner)

        yield of
