# SPDX-License-Identifier: MIT
"""Pictures of the library: all their sizes beside bare Pillow that makes the same, and how much memory that takes."""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from benchmarks.measuring import Row, portal
from upart.accounts.models import Person
from upart.context import context
from upart.files.actions import upload
from upart.media import actions
from upart.media.models import MediaItem
from upart.media.rendering import render
from upart.media.sizes import cuts
from upart.privacy.taxonomy import Category
from upart.storage.redraw import QUALITY

ROUNDS, SIZE = 3, (4000, 3000)

BARE = """
import json, sys
from PIL import Image
asked = json.loads(sys.argv[1])
picture = Image.open(asked["path"]).convert("RGB")
before = None
for n, (format, box, width, height) in enumerate(asked["cuts"]):
    if before != (box, width):
        before, part = (box, width), picture.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    kind = "JPEG" if format == "PLAIN" else format
    part.save(f"{asked['path']}.{n}", kind, **asked["quality"][kind])
"""


def rows(root: Path) -> list[Row]:
    """Row 24: processor time of all sizes of a photo of 12 million points, beside bare Pillow; the largest process that draws."""
    made, photo = portal(root / "media"), root / "photo.jpg"
    photo.write_bytes(_photo())
    with made.writing("athena") as session, context.knowing(session.scalars(select(Person).where(Person.name == "Ada")).one(), fresh=True):
        item = actions.add(upload(io.BytesIO(photo.read_bytes()), "photo.jpg", Category.CONTENT_PUBLIC, while_writing=True)).id
    with made.reading("athena") as session:
        file = session.scalars(select(MediaItem).where(MediaItem.id == item)).one().file
        assert file is not None
        width, height = file.width or 0, file.height or 0
    asked = {"path": str(photo), "quality": QUALITY, "cuts": [(cut.format, cut.box, cut.width, cut.height) for _name, cut in cuts(width, height, 50, 50)]}
    least, largest = {"bare": 1e9, "ours": 1e9}, 0.0
    for _ in range(ROUNDS):
        begin = _spent()
        with made.app.app_context(), context.set(made.academy("athena")):
            render(str(item))
        least["ours"], begin = min(least["ours"], _spent() - begin), _spent()
        largest = largest or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # before the bare one runs
        subprocess.run([sys.executable, "-c", BARE, json.dumps(asked)], check=True)
        least["bare"] = min(least["bare"], _spent() - begin)
    value = f"{least['ours'] / least['bare']:.2f} x bare Pillow, {least['ours']:.1f} s, {largest:.0f} MiB at most"
    return [Row(24, f"{len(asked['cuts'])} renditions of a photo, {width} x {height}", value, "<= 1.25 x, <= 300 MiB")]


def _photo() -> bytes:
    """Something as full of detail as a photo: noise of several sizes."""
    dice, whole = random.Random(4), Image.new("RGB", SIZE)
    for scale in (8, 40, 200):
        small = Image.frombytes("RGB", (SIZE[0] // scale, SIZE[1] // scale), dice.randbytes(3 * (SIZE[0] // scale) * (SIZE[1] // scale)))
        whole = Image.blend(whole, small.resize(SIZE, Image.Resampling.BICUBIC), 0.5)
    into = io.BytesIO()
    whole.save(into, "JPEG", quality=90)
    return into.getvalue()


def _spent() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))
