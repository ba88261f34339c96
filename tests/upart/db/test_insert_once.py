# SPDX-License-Identifier: MIT
"""Of any number of requests that insert the same row, one makes it, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from upart.academies.models import AcademySetting
from upart.plugin import insert_once


def test_one_of_twelve_makes_the_row(installation):
    def insert(n: int) -> bool:
        with installation.writing("athena"):
            return insert_once(AcademySetting, key="place", value=str(n))

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(insert, range(12))) == [False] * 11 + [True]


def test_each_academy_has_its_own_keys(installation):
    made = []
    for slug in ("athena", "orion", "orion"):
        with installation.writing(slug) as session:
            made.append(insert_once(AcademySetting, key="place", value=slug))
            assert session.query(AcademySetting.value).filter_by(key="place").scalar() == slug
    assert made == [True, True, False]
