# SPDX-License-Identifier: MIT
"""A gate that holds jobs back while a test looks at them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from toil import Gate


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Pipes between a test and the jobs in its workers."""
    made = Gate()
    yield made
    made.close()
