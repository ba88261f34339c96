# SPDX-License-Identifier: MIT
"""Tables of learners as staff send them, and what they do with one."""

from __future__ import annotations

import io

from people import work

from upart.testing import Client, Installation

LEARNERS_HERE = "/teach/courses/learners/import"


def send(browser: Client, table: str | bytes) -> str:
    """Send a table of learners; returns the path of its page."""
    data = table if isinstance(table, bytes) else table.encode()
    answer = browser.post(LEARNERS_HERE, data={"table": (io.BytesIO(data), "learners.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def act(portal: Installation, browser: Client, path: str, door: str = "start") -> str:
    """Press a button, let the worker work; returns the page of what came of it."""
    answer = browser.post(f"{path}/{door}")
    assert answer.status_code == 303, answer.text
    work(portal)
    return browser.get(path).text
