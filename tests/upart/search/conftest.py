# SPDX-License-Identifier: MIT
"""The demo's two academies with quizbank, on each database: one that tests only ask, and a new one for those that change it."""

from __future__ import annotations

import pytest
from conftest import bundled, fill, two
from erasing import QUIZBANK

PLUGINS = (*bundled(), QUIZBANK)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request, original, tmp_path_factory):
    """Tests ask it and change nothing but answers to the quiz."""
    with original(request.param, PLUGINS, two, fill).copied(tmp_path_factory.mktemp("asked")) as made:
        yield made


@pytest.fixture
def school(database, original, tmp_path):
    """Athena and Orion with courses and quizbank."""
    with original(database, PLUGINS, two, fill).copied(tmp_path) as made:
        yield made
