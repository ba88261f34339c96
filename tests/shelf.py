# SPDX-License-Identifier: MIT
"""Files that staff put into the media library, as the page's form and as its script send them."""

from __future__ import annotations

import io
from uuid import UUID

from people import work
from pictures import picture

from upart.testing import Client, Installation

MULTIPART = "multipart/form-data"


def send(browser: Client, *files: tuple[bytes, str], **fields: str):
    """Send the form with these files."""
    return browser.post("/manage/media/", data={"files": [(io.BytesIO(data), name) for data, name in files], **fields}, content_type=MULTIPART)


def put(made: Installation, browser: Client, data: bytes = b"", name: str = "sea.jpg") -> UUID:
    """Put one file into the library and let a worker make its sizes; returns the item's id."""
    answer = send(browser, (data or picture(size=(1600, 1200)), name))
    assert answer.status_code == 303, answer.text
    work(made)
    return UUID(answer.headers["Location"].partition("?")[0].rpartition("/")[2])


def describe(browser: Client, id: UUID, **changed: str):
    """Send the form of an item."""
    words = {"title": "The sea", "alt": "Waves at dusk", "credit": "", "focus_x": "50", "focus_y": "50", "public": "y", "shown": "nobody", **changed}
    return browser.post(f"/manage/media/{id}", data={name: value for name, value in words.items() if value is not None})
