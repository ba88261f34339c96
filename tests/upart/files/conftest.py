# SPDX-License-Identifier: MIT
"""A portal with a stranger's plugin that takes files, and Lena and Odin in it."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from upart.accounts.models import Account, Person
from upart.accounts.passwords import hash_password
from upart.cli.demo import PASSWORD
from upart.testing import Installation, install

ALBUM = EntryPoint("album", "upart_album.hooks", "upart.plugins")
sys.path.append(str(Path(__file__).parents[2] / "outside" / "album"))


def populate(made: Installation) -> Installation:
    """Lena at athena, Odin at orion."""
    with made.app.app_context():
        hashed = hash_password(PASSWORD)
    for slug, name in (("athena", "lena"), ("orion", "odin")):
        with made.everywhere() as session:
            account = Account(email=f"{name}@example.org", password_hash=hashed)
            session.add(account)
            session.flush()
            session.add(Person(academy_id=made.academy(slug).id, account_id=account.id, name=name.title(), email=account.email))
    return made


@pytest.fixture
def albums(database_url, tmp_path):
    """On each database."""
    made = populate(install(tmp_path, database_url, plugins=[ALBUM], settings={"files_spare": 0}))
    yield made
    made.close()


@pytest.fixture
def make_album(tmp_path):
    """Make one on SQLite with these settings."""
    made = []

    def make(**settings) -> Installation:
        made.append(populate(install(tmp_path, plugins=[ALBUM], settings={"files_spare": 0, **settings})))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def album(make_album):
    """On SQLite alone, for what has nothing to do with the database."""
    return make_album()
