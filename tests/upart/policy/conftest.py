# SPDX-License-Identifier: MIT
"""The demo's two academies with their people, courses and quizbank, on each database."""

from __future__ import annotations

import pytest
from conftest import TWO, bundled
from erasing import QUIZBANK
from upgrading import first_edition, forget, upgraded

from upart.cli import demo
from upart.testing import install


@pytest.fixture
def school(database_url, tmp_path):
    made = install(tmp_path, database_url, plugins=[*bundled(), QUIZBANK])
    for slug in TWO:
        demo.fill(made.app, slug)
    yield made
    made.close()


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
