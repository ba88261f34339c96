# SPDX-License-Identifier: MIT
"""A portal in which there is something to see at every address, made once and copied for each crawl."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import bundled
from copies import Original
from crawling import Furnished, furnish_whole


@pytest.fixture(scope="session")
def _original_furnished(_original_portal, tmp_path_factory) -> tuple[Original, Furnished]:
    known = Original(tmp_path_factory.mktemp("furnished"), bundled())
    with _original_portal.copied(known.folder) as made:
        return known, furnish_whole(made)


@pytest.fixture
def furnished(_original_furnished, tmp_path: Path) -> Iterator[Furnished]:
    """The demo's academies, furnished and marked for a crawl; `furnished.portal` is the installation."""
    original, known = _original_furnished
    with original.copied(tmp_path) as made:
        yield replace(known, portal=made)
