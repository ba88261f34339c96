# SPDX-License-Identifier: MIT
"""The demo's two academies on each database."""

from __future__ import annotations

import pytest
from conftest import bundled, fill, two


@pytest.fixture
def school(database, original, tmp_path):
    """Athena and Orion as the demo has them."""
    with original(database, bundled(), two, fill).copied(tmp_path) as made:
        yield made
