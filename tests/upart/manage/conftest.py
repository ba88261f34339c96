# SPDX-License-Identifier: MIT
"""The demo's academies with their people, on each database."""

from __future__ import annotations

import pytest
from conftest import TWO, bundled

from upart.cli import demo
from upart.testing import install


@pytest.fixture
def school(database_url, tmp_path):
    made = install(tmp_path, database_url, plugins=bundled())
    for slug in TWO:
        demo.fill(made.app, slug)
    yield made
    made.close()
