# SPDX-License-Identifier: MIT
"""Hosts are found again at once after the database's server was restarted."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.engine import make_url


@pytest.mark.parametrize("toiling", ["postgresql"], indirect=True)
def test_a_page_opens_after_the_server_has_dropped_all_connections(toiling, postgres_server):
    vic = toiling.visitor("athena")
    assert vic.get("/courses/").status_code == 200
    with psycopg.connect(postgres_server, autocommit=True) as server:
        gone = server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [make_url(toiling.state.config.database_url).database]
        )
        assert len(gone.fetchall()) >= 2
    toiling.state.directory._recent.clear()
    assert vic.get("/courses/").status_code == 200
