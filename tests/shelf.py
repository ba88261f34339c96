# SPDX-License-Identifier: MIT
"""Files that staff put into the media library, as the page's form and as its script send them."""

from __future__ import annotations

import io
import struct
import zlib
from uuid import UUID

from classroom import publish_changes
from people import work
from pictures import picture
from PIL import Image
from sqlalchemy import select
from upart_courses.models import Course

from upart.media.models import MediaItem
from upart.testing import Client, Installation

MULTIPART = "multipart/form-data"
PDF = b"%PDF-1.7\n" + bytes(900)
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(2000)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def bomb() -> bytes:
    """A PNG of 20,000 by 20,000 points in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(2501 * 20_000), 9)) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "red")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def items(portal) -> list[MediaItem]:
    with portal.reading("athena") as session:
        return list(session.scalars(select(MediaItem).order_by(MediaItem.id)))


REFUSED = {
    "nothing": (b"", "a.jpg", "an empty one"),
    "a gif": (moving("GIF"), "a.gif", "a GIF picture"),
    "a gif named jpg": (moving("GIF"), "a.jpg", "a GIF picture"),
    "a moving webp": (moving("WEBP"), "a.webp", "This picture moves"),
    "a moving png": (moving("PNG"), "a.png", "This picture moves"),
    "a bomb": (bomb(), "a.png", "has 400 million points"),
    "half a picture": (picture()[:900], "a.jpg", "damaged"),
    "a program": (b"MZ" + bytes(200), "a.jpg", "a program"),
}


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


def cover(portal: Installation, browser: Client, id: UUID | str) -> tuple[str, str]:
    """Make it the cover of the first course, for everybody; the course's id and title."""
    with portal.reading("athena") as session:
        course = session.scalars(select(Course).order_by(Course.position)).first()
        chosen, title = str(course.id), str(course.title)
    assert browser.post(f"/teach/courses/{chosen}/cover", data={"picture": str(id)}).status_code == 303
    assert publish_changes(browser, f"/teach/courses/{chosen}").status_code == 303
    return chosen, title
