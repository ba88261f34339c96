# SPDX-License-Identifier: MIT
"""The demo's two academies with quizbank, on each database: one that tests only ask, and a new one for those that change it."""

from __future__ import annotations

import uuid

import pytest
from conftest import TWO, bundled, clone, drop
from erasing import QUIZBANK

from upart.cli import demo
from upart.testing import install


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request, tmp_path_factory):
    """Tests ask it and change nothing but answers to the quiz."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else ""
    name = f"t{uuid.uuid4().hex}"
    made = install(tmp_path_factory.mktemp("asked"), clone(server, name) if server else "", plugins=[*bundled(), QUIZBANK])
    for slug in TWO:
        demo.fill(made.app, slug)
    yield made
    made.close()
    if server:
        drop(server, name)


@pytest.fixture
def school(database_url, tmp_path):
    """Athena and Orion with courses and quizbank."""
    made = install(tmp_path, database_url, plugins=[*bundled(), QUIZBANK])
    for slug in TWO:
        demo.fill(made.app, slug)
    yield made
    made.close()
