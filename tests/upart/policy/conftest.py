# SPDX-License-Identifier: MIT
"""The demo's two academies with their people, courses and quizbank, on each database."""

from __future__ import annotations

import pytest
from conftest import bundled, fill, two
from erasing import QUIZBANK
from upgrading import POSTCARD, first_edition, forget, upgraded


@pytest.fixture
def school(database, original, tmp_path):
    with original(database, (*bundled(), QUIZBANK), two, fill).copied(tmp_path) as made:
        yield made


@pytest.fixture
def before(original, tmp_path):
    """The demo's academies with the first edition of postcard, to which they have agreed."""
    first_edition()
    with original("sqlite", (*bundled(), POSTCARD), two, fill).copied(tmp_path) as made:
        yield made
    forget()


@pytest.fixture
def after(before):
    """The same after an upgrade to the second edition."""
    made = upgraded(before)
    yield made
    made.close()
