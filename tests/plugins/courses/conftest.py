# SPDX-License-Identifier: MIT
"""The demo's two academies with their people and courses, on each database."""

from __future__ import annotations

import pytest
from conftest import TWO

from upart.cli import demo


@pytest.fixture
def school(installation):
    """Athena and Orion as the demo has them."""
    for slug in TWO:
        demo.fill(installation.app, slug)
    return installation
