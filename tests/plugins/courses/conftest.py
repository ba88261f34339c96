# SPDX-License-Identifier: MIT
"""The demo's two academies with their people and courses, on each database."""

from __future__ import annotations

import pytest
from classroom import BREAD, NUMBERS, course_id
from conftest import bundled, fill, two
from people import sign_in, work
from playing import put_package


@pytest.fixture
def school(database, original, tmp_path):
    """Athena and Orion as the demo has them."""
    with original(database, bundled(), two, fill).copied(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def classroom(_original_portal, tmp_path_factory):
    """Lena is in the course, and Ada writes it."""
    with _original_portal.copied(tmp_path_factory.mktemp("classroom")) as portal:
        lena, ada = sign_in(portal, "lena"), sign_in(portal, "ada")
        lena.post(f"/courses/{NUMBERS}/enrol")
        work(portal)
        yield portal, lena, ada


@pytest.fixture
def package(school) -> str:
    """A package in two lessons of the music course; the id of its block."""
    return put_package(school)


@pytest.fixture
def theo(portal):
    """Teaches bread and music."""
    return sign_in(portal, "theo")


@pytest.fixture
def ada(portal):
    """Owns the academy."""
    return sign_in(portal, "ada")


@pytest.fixture
def lena(portal):
    """Learns."""
    return sign_in(portal, "lena")


@pytest.fixture
def desk(portal):
    """Where the pages of the bread course are for those who write it."""
    return f"/teach/courses/{course_id(portal, BREAD)}"
