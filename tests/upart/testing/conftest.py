# SPDX-License-Identifier: MIT
"""An installation with core, courses and a stranger's quizbank; and one in which rows are planted, to be looked at again and again."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from conftest import bundled

from upart.db import engine
from upart.testing import install
from upart.testing.contract import Field

OWNERS = ("core", "courses", "quizbank")
QUIZBANK = EntryPoint("quizbank", "upart_quizbank.hooks", "upart.plugins")
sys.path.append(str(Path(__file__).parents[2] / "outside" / "quizbank"))


@pytest.fixture
def with_quizbank(database_url, tmp_path):
    made = install(tmp_path, database_url, academies=(), plugins=[*bundled(), QUIZBANK])
    yield made
    made.close()


class Planted:
    """Rows of one owner, on SQLite; `again()` brings them back as they were planted."""

    def __init__(self, folder: Path, owner: str) -> None:
        (folder / "now").mkdir()
        self.made = install(folder / "now", academies=(), plugins=[*bundled(), QUIZBANK])
        self.field, self.copy = Field(self.made, owner), folder / "planted"
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
def planted(tmp_path_factory):
    """`planted("quizbank")`: made once for each owner."""
    made: dict[str, Planted] = {}

    def of(owner: str) -> Planted:
        if owner not in made:
            made[owner] = Planted(tmp_path_factory.mktemp(owner), owner)
        return made[owner]

    yield of
    for one in made.values():
        one.made.close()
