# SPDX-License-Identifier: MIT
"""An operator knows what an upgrade does before it is done, and serves people while a plugin of others keeps the portal from it."""

from __future__ import annotations

import json
import os

import pytest
from served import serving
from sqlalchemy import create_engine, insert

from upart.academies.models import Academy
from upart.db import uuid7

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is asked of a database here is the same on each


def athena(database_url: str) -> None:
    """Make an academy."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(insert(Academy).values(id=uuid7(), slug="athena", name="Athena"))
    engine.dispose()


def upgrade(upart, packages, **how) -> str:
    return "\n".join(f"{row['verdict']} {row['text']}" for row in json.loads(upart("upgrade", "--check", "--json", packages=packages, **how)))


def test_what_waits_is_said_before_it_is_done(upart, quizbank, broken):
    before = upgrade(upart, [quizbank])
    assert "recommended Of 'core' these wait: c0001" in before
    assert "Of 'quizbank' these wait: quizbank0001" in before

    upart("db", "upgrade", packages=[quizbank])
    assert upgrade(upart, [quizbank]) == "good Nothing waits: the database fits what is installed."
    assert "recommended Data of 'quizbank' are here, its package is not." in upgrade(upart, [])
    assert "critical 'tooold' 1.0 cannot be used: It is written for hooks >=7,<8" in upgrade(upart, broken, prints=True)


def test_what_an_academy_has_not_agreed_to_is_said_too(upart, quizbank, database_url):
    upart("db", "upgrade", packages=[quizbank])
    athena(database_url)
    upart("plugins", "enable", "quizbank", "--academy", "athena", "--yes", packages=[quizbank])
    league = quizbank / "upart_quizbank" / "league.py"
    whole = league.read_text()
    league.write_text(whole.replace('country="CH"', 'country="US"'))
    try:
        assert "athena has not agreed to this of 'quizbank'" in upgrade(upart, [quizbank])
    finally:
        league.write_text(whole)


def test_in_safe_mode_the_portal_is_served_without_what_strangers_wrote(upart, quizbank, database_url, tmp_path, monkeypatch):
    upart("db", "upgrade", packages=[quizbank])
    athena(database_url)
    for plugin in ("quizbank", "courses"):
        upart("plugins", "enable", plugin, "--academy", "athena", "--yes", packages=[quizbank])
    hooks = quizbank / "upart_quizbank" / "hooks.py"
    whole = hooks.read_text()
    hooks.write_text("import os\n\nos._exit(9)\n")
    monkeypatch.setenv("PYTHONPATH", f"{quizbank}:{os.environ.get('PYTHONPATH', '')}")
    try:
        with serving(tmp_path, "--safe-mode") as server:
            assert [server.ask("GET", path).status for path in ("/", "/courses/", "/quizbank/")] == [200, 200, 404]
        monkeypatch.setenv("UPART_SAFE_MODE", "yes")
        row = next(one for one in json.loads(upart("plugins", "list", "--json", packages=[quizbank])) if one["id"] == "quizbank")
    finally:
        hooks.write_text(whole)
    assert row["reason"] == "UPART runs in safe mode, without plugins that did not come with it."
