# SPDX-License-Identifier: MIT
"""The demo's two academies with their people, courses and quizbank, on each database."""

from __future__ import annotations

import pytest
from conftest import bundled, fill
from erasing import QUIZBANK
from upgrading import first_edition, forget, upgraded


@pytest.fixture
def school(database, original, tmp_path):
    with original(database, (*bundled(), QUIZBANK), fill).copied(tmp_path) as made:
        yield made


@pytest.fixture
def before(tmp_path):
    """The demo's academies with the first edition of postcard, to which they have agreed."""
    made = first_edition(tmp_path)
    yield made
    made.close()
    forget()


@pytest.fixture
def after(before):
    """The same after an upgrade to the second edition."""
    made = upgraded(before)
    yield made
    made.close()
