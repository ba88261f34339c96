# SPDX-License-Identifier: MIT
"""A portal with a stranger's plugin that takes files, and Lena and Odin in it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from conftest import two

from upart.accounts.models import Account, Person
from upart.accounts.passwords import hash_password
from upart.cli.demo import PASSWORD
from upart.testing import Installation

ALBUM = EntryPoint("album", "upart_album.hooks", "upart.plugins")
sys.path.append(str(Path(__file__).parents[2] / "outside" / "album"))


def populate(made: Installation) -> None:
    """Lena at athena, Odin at orion."""
    with made.app.app_context():
        hashed = hash_password(PASSWORD)
    for slug, name in (("athena", "lena"), ("orion", "odin")):
        with made.everywhere() as session:
            account = Account(email=f"{name}@example.org", password_hash=hashed)
            session.add(account)
            session.flush()
            session.add(Person(academy_id=made.academy(slug).id, account_id=account.id, name=name.title(), email=account.email))


@pytest.fixture
def albums(database, original, tmp_path):
    """On each database."""
    with original(database, (ALBUM,), two, populate).copied(tmp_path, files_spare=0) as made:
        yield made


@pytest.fixture
def make_album(original, tmp_path):
    """Make one on SQLite with these settings."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(original("sqlite", (ALBUM,), two, populate).copied(tmp_path, **{"files_spare": 0, **settings}))


@pytest.fixture
def album(make_album):
    """On SQLite alone, for what has nothing to do with the database."""
    return make_album()
