# SPDX-License-Identifier: MIT
"""The demo's two academies with their people, courses and quizbank, on each database: made once, then copied."""

from __future__ import annotations

import shutil
import uuid

import pytest
from conftest import TWO, bundled, clone, drop
from erasing import QUIZBANK, who
from people import work

from upart import config
from upart.app import create_app
from upart.cli import demo
from upart.testing import Installation, Processor, install

PLUGINS = [*bundled(), QUIZBANK]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _template(request, tmp_path_factory):
    folder, server, name = tmp_path_factory.mktemp("school"), "", f"t{uuid.uuid4().hex}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
    made = install(folder, clone(server, name) if server else "", plugins=PLUGINS)
    for slug in TWO:
        demo.fill(made.app, slug)
    made.close()
    yield folder, server, name
    if server:
        drop(server, name)


@pytest.fixture
def school(_template, tmp_path):
    folder, server, template = _template
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    name = f"t{uuid.uuid4().hex}"
    made = reopen(tmp_path, clone(server, name, template) if server else "")
    yield made
    made.close()
    if server:
        drop(server, name)


def reopen(folder, database_url, plugins=PLUGINS) -> Installation:
    """An application over an installation that is there already, with these plugins."""
    given = {"database_url": database_url} if database_url else {}
    settings = config.load(folder, {}, password_memory=8, mail_url=("file:",), public_origin="http", **given)
    return Installation(create_app(settings=settings, plugins=plugins))


@pytest.fixture
def reopened():
    """`reopened(folder, database_url, plugins)`."""
    return reopen


@pytest.fixture
def league(school, monkeypatch):
    """The league runs, Lena and Theo play in it; what `slow` waits for is a second."""
    from upart_quizbank.league import join

    with Processor(slow=1.0) as made:
        monkeypatch.setenv("QUIZBANK_LEAGUE", made.url)
        for name in ("Lena", "Theo"):
            with school.app.test_request_context(), school.writing("athena") as session:
                join(who(session, name))
        work(school)
        assert sorted(person["name"] for person in made.people.values()) == ["Lena", "Theo"]
        made.calls.clear()
        yield made
