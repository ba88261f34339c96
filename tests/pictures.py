# SPDX-License-Identifier: MIT
"""Pictures made on the spot, and what lies in the place of files."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from upart.testing import Installation


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 800), **options) -> bytes:
    """The bytes of a picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, (255, 0, 0))
    made.paste((0, 0, 255), (size[0] // 2, 0, size[0], size[1]))
    into = io.BytesIO()
    made.save(into, kind, **options)
    return into.getvalue()


def stored(made: Installation) -> list[Path]:
    """All files in the place of files, also unfinished ones."""
    return sorted(path for path in (made.state.config.instance / "files").rglob("*") if path.is_file())
