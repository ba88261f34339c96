# SPDX-License-Identifier: MIT
"""A portal with a stranger's plugin that takes files, and Lena and Odin in it; pictures made on the spot."""

from __future__ import annotations

import io
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from PIL import Image

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
    made = populate(install(tmp_path, database_url, plugins=[ALBUM], settings={"files_spare": 0}))
    yield made
    made.close()


@pytest.fixture
def album(tmp_path):
    """The same on SQLite alone, for what has nothing to do with the database."""
    made = populate(install(tmp_path, plugins=[ALBUM], settings={"files_spare": 0}))
    yield made
    made.close()


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 800), **options) -> bytes:
    """The bytes of a picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, (255, 0, 0))
    made.paste((0, 0, 255), (size[0] // 2, 0, size[0], size[1]))
    into = io.BytesIO()
    made.save(into, kind, **options)
    return into.getvalue()


def stored(made: Installation) -> list[Path]:
    """All files in the place of files, also unfinished ones."""
    return sorted(path for path in (made.state.config.instance / "files").rglob("*") if path.is_file())
