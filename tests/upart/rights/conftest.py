# SPDX-License-Identifier: MIT
"""The demo's two academies with their people, courses and quizbank, on each database: made once, then copied."""

from __future__ import annotations

import pytest
from conftest import bundled, fill, two
from copies import reopen
from erasing import QUIZBANK, who
from people import work

from upart.testing import Processor

PLUGINS = [*bundled(), QUIZBANK]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _original(request, original):
    return original(request.param, tuple(PLUGINS), two, fill)


@pytest.fixture
def school(_original, tmp_path):
    with _original.copied(tmp_path) as made:
        yield made


@pytest.fixture
def reopened():
    """`reopened(folder, database_url, plugins)`: an application over an installation that is there already."""
    return lambda folder, database_url, plugins=PLUGINS: reopen(folder, database_url, plugins)


@pytest.fixture
def league(school, monkeypatch):
    """The league runs, Lena and Theo play in it; what `slow` waits for is a second."""
    from upart_quizbank.league import join

    with Processor(slow=1.0) as made:
        monkeypatch.setenv("QUIZBANK_LEAGUE", made.url)
        for name in ("Lena", "Theo"):
            with school.app.test_request_context(), school.writing("athena") as session:
                join(who(session, name))
        work(school)
        assert sorted(person["name"] for person in made.people.values()) == ["Lena", "Theo"]
        made.calls.clear()
        yield made
