# SPDX-License-Identifier: MIT
"""The opener, switched on at an installation with the demo's people and courses."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest
from conftest import bundled, fill, two
from upart_opener import hooks

from upart.testing import Installation

OPENER = EntryPoint("opener", "upart_opener.hooks", "upart.plugins")


@pytest.fixture
def opened(original, tmp_path) -> Iterator[Installation]:
    """Two academies with courses and the opener, on SQLite; the opener does nothing until a test says what."""
    with original("sqlite", (*bundled(), OPENER), two, fill).copied(tmp_path) as made:
        yield made
    hooks.ACTS.clear()
