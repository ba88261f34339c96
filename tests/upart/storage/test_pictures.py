# SPDX-License-Identifier: MIT
"""Pictures are drawn anew: nothing of the camera is kept, nothing hostile is decoded in the portal's own process."""

from __future__ import annotations

import io
import os
import re
import resource
import struct
import subprocess
import time
import zlib

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from upart.privacy.taxonomy import Category
from upart.storage import pictures
from upart.storage.incoming import Incoming
from upart.storage.kinds import Refused, kind_of
from upart.storage.pictures import Drawings
from upart.storage.places import Folder, NoRoom

DEEP = bool(os.environ.get("UPART_DEEP"))
SECRET = "4807.1234 north, taken by Lena"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "files", spare=0, space=0)


def drawn(folder: Folder, sent: bytes, widths=()) -> list[tuple[bytes, int, int]]:
    """The pictures that are made of these bytes: the picture itself, then its renditions."""
    with Incoming(folder) as incoming:
        incoming.write(sent)
        with Drawings(folder, incoming, kind_of(incoming.head, Category.MEDIA_IMAGE), widths) as drawings:
            return [(one.incoming.done().read_bytes(), one.width, one.height) for one in drawings.draw()]


def saved(image: Image.Image, kind: str, **options) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def halves(mode: str = "RGB", size=(600, 400)) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", size, (255, 0, 0))
    image.paste((0, 0, 255), (0, size[1] // 2, *size))
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(size))
    return image.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112], made[0x010E], made[0x9286] = orientation, SECRET, SECRET
    made.get_ifd(0x8825)[29] = SECRET
    return made


def told() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET)
    info.add_itxt("XML:com.adobe.xmp", SECRET)
    return info


XMP = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
CARRIERS = {
    "jpeg": lambda: saved(halves(), "JPEG", exif=exif(), comment=SECRET, xmp=XMP),
    "jpeg with a tail": lambda: saved(halves(), "JPEG") + b"PK\x03\x04" + SECRET.encode(),
    "png": lambda: saved(halves(), "PNG", exif=exif(), pnginfo=told()),
    "png with a palette": lambda: saved(halves().quantize(4), "PNG", pnginfo=told()),
    "webp": lambda: saved(halves(), "WEBP", exif=exif(), xmp=XMP),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_nothing_that_a_camera_or_a_program_wrote_into_a_picture_is_kept(folder, carrier):
    sent = CARRIERS[carrier]()
    assert SECRET.encode() in sent

    for made, *_size in drawn(folder, sent, (320,)):
        assert SECRET.encode() not in made
        assert not Image.open(io.BytesIO(made)).getexif()
        assert b"xmp" not in made.lower()


@pytest.mark.parametrize(("orientation", "upright"), [(1, "above"), (3, "below"), (6, "right"), (8, "left")])
def test_a_picture_stands_upright_although_its_orientation_is_gone(folder, orientation, upright):
    (made, width, height), *_ = drawn(folder, saved(halves(), "JPEG", exif=exif(orientation)))
    image = Image.open(io.BytesIO(made))
    at = {"above": (width // 2, 5), "below": (width // 2, height - 5), "left": (5, height // 2), "right": (width - 5, height // 2)}[upright]

    assert (width, height) == image.size == ((400, 600) if upright in ("left", "right") else (600, 400))
    assert image.getpixel(at)[0] > 200 > 60 > image.getpixel(at)[2]


MODES = {
    "grey": saved(halves("L"), "PNG"), "black and white": saved(halves("1"), "PNG"), "cmyk": saved(halves("CMYK"), "JPEG"),
    "palette": saved(halves().quantize(4), "PNG"), "clear": saved(halves("RGBA"), "PNG"), "clear webp": saved(halves("RGBA"), "WEBP"),
    "16 bits": saved(Image.new("I;16", (60, 40), 40_000), "PNG"), "one point": saved(Image.new("RGB", (1, 1)), "PNG"),
    "wide": saved(Image.new("RGB", (30_000, 2)), "PNG"),
    "moving": saved(halves(), "WEBP", save_all=True, append_images=[halves("L").convert("RGB")] * 3),
    "moving png": saved(halves(), "PNG", save_all=True, append_images=[halves("L").convert("RGB")] * 3),
    "in other colours": saved(halves(), "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()),
    "with a broken profile": saved(halves(), "PNG", icc_profile=b"no profile"),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_the_three_formats_becomes_one_plain_picture(folder, mode):
    made = [Image.open(io.BytesIO(one)) for one, *_ in drawn(folder, MODES[mode], (16,))]

    assert all(image.mode == ("RGBA" if "clear" in mode else "RGB") for image in made)
    assert all(getattr(image, "n_frames", 1) == 1 and "icc_profile" not in image.info for image in made)
    assert max(made[0].size) <= pictures.LONGEST_EDGE


def test_sixteen_bits_keep_their_brightness(folder):
    (made, *_), *_ = drawn(folder, MODES["16 bits"])
    assert abs(Image.open(io.BytesIO(made)).getpixel((0, 0))[0] - 40_000 // 256) < 3


def test_renditions_are_as_wide_as_asked_and_never_wider_than_the_picture(folder):
    made = drawn(folder, saved(halves(size=(1000, 500)), "JPEG"), (640, 320, 2000, 320))
    assert [(width, height) for _, width, height in made] == [(1000, 500), (640, 320), (320, 160)]
    tall = drawn(folder, saved(halves(size=(500, 1000)), "JPEG"), (250,))
    assert [(width, height) for _, width, height in tall] == [(500, 1000), (250, 500)]


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with a header that says this size and with these chunks."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in ((b"IHDR", header), *chunks, (b"IEND", b"")))


def black(width: int, height: int) -> bytes:
    """A PNG of so many points in a few kilobytes."""
    return png(width, height, (b"IDAT", zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)))


def scans(count: int) -> bytes:
    """A progressive JPEG of 38 million points whose last scan comes again and again."""
    whole = saved(halves(size=(6200, 6200)), "JPEG", progressive=True)
    at = [found.start() for found in re.finditer(b"\xff\xda", whole)]
    return whole[:-2] + whole[at[-1] : -2] * count + whole[-2:]


BOMBS = {
    "81 million points": (lambda: black(9000, 9000), "81 million points"),
    "169 million points": (lambda: black(13_000, 13_000), "169 million points"),
    "400 million points": (lambda: black(20_000, 20_000), "400 million points"),
    "a header that lies": (lambda: png(2**31 - 1, 2**31 - 1, (b"IDAT", zlib.compress(b"\0" * 100))), "million points"),
    "a text that unpacks": (lambda: png(10, 10, (b"zTXt", b"a\0\0" + zlib.compress(bytes(64 * 1024 * 1024), 9)), (b"IDAT", zlib.compress(bytes(30)))), "damaged"),
    "nothing behind the header": (lambda: png(10, 10), "damaged"),
    "no width": (lambda: png(0, 10), "damaged"),
    "an endless chunk": (lambda: b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31 - 1) + b"IHDR" + bytes(40), "damaged"),
    "a jpeg of nothing": (lambda: b"\xff\xd8\xff\xe0" + bytes(4000), "damaged"),
    "html in disguise": (lambda: b"\xff\xd8\xff<script>alert(1)</script>", "damaged"),
    "a webp of nothing": (lambda: b"RIFF\x24\0\0\0WEBPVP8X" + bytes(60), "damaged"),
    **({"endless scans": (lambda: scans(1000), "too much work")} if DEEP else {}),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_with_words_and_costs_the_portal_nothing(folder, bomb):
    make, words = BOMBS[bomb]
    sent, began, before = make(), time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Refused, match=words) as refused:
        drawn(folder, sent)

    assert refused.value.remedy
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024
    assert time.monotonic() - began < 3 * pictures.SECONDS + 5
    assert list(folder.incoming.iterdir()) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_short_anywhere_is_refused_or_whole(folder, kind):
    whole = saved(Image.effect_noise((64, 64), 80).convert("RGB"), kind)
    seen = [answer_to(folder, whole[: max(16, len(whole) * part // 10)]) for part in range(1, 11)]

    assert {one for one in seen if isinstance(one, str)} == {"This picture is damaged or not complete."}
    assert [one for one in seen if not isinstance(one, str)] in ([seen[-1]], [seen[-1]] * 2)


def answer_to(folder, sent: bytes):
    try:
        return drawn(folder, sent)
    except Refused as refused:
        return refused.message


def test_the_largest_picture_that_is_allowed_can_be_drawn(folder):
    cases = (("JPEG", "CMYK", (7300, 5400)), ("PNG", "RGBA", (7300, 5400)), ("WEBP", "RGBA", (5600, 4200)))
    for kind, mode, size in cases if DEEP else cases[:1]:
        sent = saved(halves(mode, size=size), kind, exif=exif(6), **({"method": 0} if kind == "WEBP" else {}))
        (_, width, height), *_ = drawn(folder, sent, (640,))
        assert width < height == pictures.LONGEST_EDGE


def test_the_one_who_draws_cannot_take_more_than_its_limits(tmp_path):
    greedy = tmp_path / "greedy.py"
    greedy.write_text(f"import sys; sys.path.insert(0, {str(pictures.PROGRAM.parent)!r})\nimport redraw\nredraw.confine(200 << 20, 1)\nexec(sys.argv[1])")
    run = lambda what: subprocess.run([pictures.python(), "-I", str(greedy), what], capture_output=True, text=True)  # noqa: E731

    assert "MemoryError" in run("bytearray(300 << 20)").stderr
    assert run("while True: pass").returncode < 0
    assert "File too large" in run(f"f = open({str(tmp_path / 'huge')!r}, 'wb'); f.seek(257 << 20); f.write(b'x'); f.flush()").stderr


def test_a_disk_that_fills_up_while_drawing_is_told_apart_from_a_damaged_picture(small_disk):
    folder = Folder(small_disk / "files", spare=0, space=0)
    noise = saved(Image.effect_noise((1400, 1400), 90), "PNG")
    with pytest.raises(NoRoom, match="full"):
        drawn(folder, noise)
    assert list(folder.incoming.iterdir()) == []


def test_when_too_many_pictures_wait_the_next_is_sent_away_at_once(folder):
    sent, held = saved(halves(), "JPEG"), [pictures._queue.acquire(timeout=0) for _ in range(pictures.AT_ONCE + pictures.WAITING)]
    try:
        began = time.monotonic()
        with pytest.raises(pictures.Busy) as busy:
            drawn(folder, sent)
        assert (busy.value.status, time.monotonic() - began < 1) == (503, True)
    finally:
        for _ in held:
            pictures._queue.release()
    assert len(drawn(folder, sent)) == 1
