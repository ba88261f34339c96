# SPDX-License-Identifier: MIT
"""The demo's two academies with their people, courses and quizbank, on each database."""

from __future__ import annotations

import pytest
from conftest import TWO, bundled
from erasing import QUIZBANK

from upart.cli import demo
from upart.testing import install


@pytest.fixture
def school(database_url, tmp_path):
    made = install(tmp_path, database_url, plugins=[*bundled(), QUIZBANK])
    for slug in TWO:
        demo.fill(made.app, slug)
    yield made
    made.close()
