# SPDX-License-Identifier: MIT
"""What PostgreSQL's planner samples of columns: never what somebody can be recognised by, and nothing of who was erased."""

from __future__ import annotations

import pytest
from erasing import answer_of, erase
from people import sign_in

from upart.cli import migrating
from upart.cli.securing import identifying
from upart.testing.contract.traces import sample, samples


@pytest.fixture
def school_on_postgresql(school):
    if not school.state.config.database_url.startswith("postgresql"):
        pytest.skip("SQLite keeps no samples of values")
    answer_of(school, "Lena")
    sign_in(school, "lena", remember=True)
    return school


def told(school) -> str:
    return "\n".join(f"{where}: {what}" for where, what in samples(school))


def test_the_planner_never_learns_addresses_and_names(school_on_postgresql):
    sample(school_on_postgresql)
    assert "samples of courses_lesson.title" in told(school_on_postgresql)
    for word in ("lena@example.org", "Lena", "theo@example.org", "$argon2"):
        assert word not in told(school_on_postgresql)


def test_samples_that_an_older_version_has_taken_go_with_the_upgrade(school_on_postgresql):
    school = school_on_postgresql
    with migrating.owner_engine(school.state) as owner, owner.begin() as connection:
        for table, column in identifying(school.state.plugins.register):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS -1')
    sample(school)
    assert "lena@example.org" in told(school)
    migrating.upgrade(school.app)
    assert "lena@example.org" not in told(school)
    sample(school)
    assert "lena@example.org" not in told(school)


def test_what_it_has_sampled_of_her_words_goes_with_her(school_on_postgresql):
    answer_of(school_on_postgresql, "Theo", words="It is the yeast.")
    sample(school_on_postgresql)
    assert "Because it rises." in told(school_on_postgresql)
    erase(school_on_postgresql, "Lena")
    assert "Because it rises." not in told(school_on_postgresql)
    erase(school_on_postgresql, "Theo")
    assert "It is the yeast." not in told(school_on_postgresql)
