# SPDX-License-Identifier: MIT
"""A program of its own: draws one picture anew, or cuts of it, within limits that it cannot leave. It imports nothing of UPART.

Bytes that somebody sent are decoded here and nowhere else. Standard input: the picture. Argument: JSON
with `format`, `folder`, `pictures` (`[[name of the file to write, most width, most height], …]`: the first is
always made, the others where they are smaller), `points`, `memory`, `seconds`; instead of `pictures` there may be `cuts`
(`[[name of the file to write, format, [left, top, right, bottom], width, height], …]`; the format PLAIN is JPEG, or PNG where
one sees through). Answer on standard output: JSON, either `{"made": [[name, width, height], …]}`, of cuts with the format
behind it, or `{"wrong": word}`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import resource
import sys
from typing import Any

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 256 * 1024 * 1024
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 82, "method": 4},
    "AVIF": {"quality": 60, "speed": 8, "max_threads": 1},
}


def confine(memory: int, seconds: int) -> None:
    """Give up all that this work does not need (setrlimit(2)); what a system does not offer is left out."""
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, LARGEST_FILE), (resource.RLIMIT_CORE, 0))
    for limit, value in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def draw(asked: dict[str, Any]) -> dict[str, Any]:
    """Read the size first, then the picture; write it in each size. Raises what Pillow raises."""
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # the limit below is ours, and it is checked before anything is decoded
    with Image.open(sys.stdin.buffer, formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > asked["points"]:
            return {"wrong": "large", "points": width * height}
        if width < 1 or height < 1:
            return {"wrong": "broken"}
        return {"made": cut(opened, asked) if "cuts" in asked else redraw(opened, asked)}


def cut(opened: Any, asked: dict[str, Any]) -> list[list[Any]]:
    """Parts of a picture that was drawn anew already, each in its size and format."""
    from PIL import Image

    whole, most = opened.size, max(width / (box[2] - box[0]) for _name, _format, box, width, _height in asked["cuts"])
    opened.draft("RGB", tuple(math.ceil(side * most) for side in whole))
    picture = plain(full_colours(opened), flat=False)
    across, down = picture.width / whole[0], picture.height / whole[1]
    made: list[list[Any]] = []
    before, part = None, picture
    for name, format, (left, top, right, bottom), *size in asked["cuts"]:
        box = left * across, top * down, min(right * across, picture.width), min(bottom * down, picture.height)
        if (box, size) != before:
            before, part = (box, size), picture.resize(tuple(size), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
        kind = ("PNG" if picture.mode == "RGBA" else "JPEG") if format == "PLAIN" else format
        part.save(os.path.join(asked["folder"], name), kind, **QUALITY[kind])
        made.append([name, *size, kind])
    return made


def redraw(opened: Any, asked: dict[str, Any]) -> list[list[Any]]:
    """The picture itself, then smaller ones."""
    from PIL import Image, ImageOps

    # JPEG can be decoded at a half, a quarter or an eighth of its size for a fraction of the work.
    largest = tuple(asked["pictures"][0][1:])
    opened.draft("RGB", largest)
    picture = full_colours(opened)
    # Smaller first, so that each further step copies little.
    picture.thumbnail(largest, Image.Resampling.LANCZOS, reducing_gap=3.0)
    picture = plain(ImageOps.exif_transpose(picture), flat=asked["format"] == "JPEG")
    made = []
    for number, (name, *most) in enumerate(asked["pictures"]):
        if number and picture.width <= most[0]:
            continue
        kind = asked["format"] if number == 0 else "WEBP"
        picture.thumbnail(tuple(most), Image.Resampling.LANCZOS, reducing_gap=3.0)
        picture.save(os.path.join(asked["folder"], name), kind, **QUALITY[kind])
        made.append([name, *picture.size])
    return made


def full_colours(picture: Any) -> Any:
    """The first frame with colours that can be mixed: a palette or single bits cannot be made smaller well."""
    picture.load()
    if picture.mode in ("I;16", "I", "F"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("RGBA" if "transparency" in picture.info else "RGB") if picture.mode in ("P", "PA", "1") else picture


def plain(picture: Any, *, flat: bool) -> Any:
    """The picture in the colours of the web, nothing beside its points."""
    profile, clear = picture.info.get("icc_profile"), "transparency" in picture.info or picture.mode in ("RGBA", "LA", "RGBa", "La")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        picture = in_web_colours(picture, profile)
    picture = picture.convert("RGBA" if clear and not flat else "RGB")
    picture.info = {}
    return picture


def in_web_colours(picture: Any, profile: bytes) -> Any:
    """Converted from its own colour space to sRGB (ICC.1); as it is, where its profile cannot be used."""
    import io

    from PIL import ImageCms

    try:
        target = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def main() -> None:
    """Answer with what was made, or with one word about what is wrong."""
    asked = json.loads(sys.argv[1])
    confine(asked["memory"], asked["seconds"])
    try:
        answer = draw(asked)
    except MemoryError:
        answer = {"wrong": "slow"}
    except Exception as error:  # whatever a decoder raises, the picture cannot be used
        answer = {"wrong": "full" if getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT) else "broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
