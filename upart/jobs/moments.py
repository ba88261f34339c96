# SPDX-License-Identifier: MIT
"""The database's time, so that web and workers on machines with different clocks agree when a job is due.

SQLite lives on one machine, whose clock it is. On PostgreSQL the server's counts; the time at which the
statement began, since an index can be searched by it and by `clock_timestamp()` it cannot.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, bindparam, func

from upart import clock
from upart.jobs.models import Job


def instant(dialect: str, name: str) -> ColumnElement[Any]:
    """An instant in a statement that is built once; `moment()` is the value of its parameter `name`."""
    if dialect == "sqlite":
        return bindparam(name, type_=Job.run_at.type)
    return func.statement_timestamp() + bindparam(name, type_=Interval())


def moment(dialect: str, later: timedelta = timedelta()) -> datetime | timedelta:
    """Now, or so much later, as value of an `instant()`."""
    return clock.now() + later if dialect == "sqlite" else clock.offset() + later
