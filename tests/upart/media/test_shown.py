# SPDX-License-Identifier: MIT
"""Pictures of the library go out in named sizes, keep their place, and are gone with the person whom they are about."""

from __future__ import annotations

import io
import os
import re
import time

import msgspec
import pytest
from erasing import erase, who
from people import sign_in, work
from pictures import picture as drawing
from pictures import stored
from PIL import Image
from restricting import page, restrict_at
from shelf import describe, put
from sqlalchemy import event, select
from upart_courses.models import Course

from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.files.actions import upload
from upart.files.sweeping import sweep
from upart.media import actions
from upart.media.answers import picture_out
from upart.media.models import MediaItem
from upart.media.rendering import render
from upart.media.showing import picture, pictures
from upart.media.sizes import SIZES, area
from upart.privacy.taxonomy import Category
from upart.storage.models import File

DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("point", "box"), [((50, 50), (0, 50, 160, 150)), ((0, 0), (0, 0, 160, 100)), ((90, 100), (0, 100, 160, 200)), ((50, 30), (0, 10, 160, 110))]
)
def test_what_must_stay_visible_stays_in_every_cut(point, box):
    assert area(160, 200, 1.6, *point) == box


def test_every_size_is_there_in_avif_webp_and_what_all_browsers_take(portal):
    ada, vic = sign_in(portal, "ada"), portal.visitor("athena")
    id = put(portal, ada, drawing(size=(1500, 1500)))
    with portal.app.test_request_context(), portal.reading("athena"):
        made = msgspec.to_builtins(picture_out(pictures([id])[id]))
    for name, size in made["renditions"].items():
        for format, srcset in size["srcset"].items():
            addresses = [one.split(" ") for one in srcset.split(", ")]
            assert [int(width[:-1]) for _, width in addresses] == [w if w < 1500 else 1500 for w in SIZES[name].widths], (name, format)
            for address, width in addresses:
                answer = vic.get(address)
                image = Image.open(io.BytesIO(answer.data))
                assert (answer.headers["Content-Type"], image.format.lower(), f"{image.width}w") == (f"image/{format}", format, width)
                assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        plain = Image.open(io.BytesIO(vic.get(size["src"]).data))
        assert (plain.format, plain.size) == ("JPEG", (size["width"], size["height"]))
    assert set(made["renditions"]) == set(SIZES)
    assert set(made["renditions"]["card"]["srcset"]) == {"avif", "webp"}


def test_the_cut_follows_the_point_that_must_stay_visible(portal):
    ada, vic = sign_in(portal, "ada"), portal.visitor("athena")
    id = put(portal, ada, drawing(size=(1600, 400)))  # red on the left, blue on the right

    def colour() -> tuple[int, ...]:
        with portal.app.test_request_context(), portal.reading("athena"):
            address = pictures([id])[id].plain("card")[0]
        return Image.open(io.BytesIO(vic.get(address).data)).convert("RGB").getpixel((20, 20))

    describe(ada, id, focus_x="0")
    work(portal)
    left = colour()
    describe(ada, id, focus_x="100")
    work(portal)
    right = colour()

    assert left[0] > 200 > 60 > left[2]
    assert right[2] > 200 > 60 > right[0]


def test_a_picture_keeps_its_place_from_the_first_moment_and_words_are_escaped(portal):
    ada = sign_in(portal, "ada")
    answer = ada.post("/manage/media/", data={"files": [(io.BytesIO(drawing(size=(1600, 1200))), "a.jpg")]}, content_type="multipart/form-data")
    id = answer.headers["Location"].partition("?")[0].rpartition("/")[2]
    describe(ada, id, alt='"><script>alert(1)</script>')
    with portal.app.test_request_context(), portal.reading("athena"):
        before = str(picture(next(iter(pictures([_uuid(portal)]).values()))))
    work(portal)
    with portal.app.test_request_context(), portal.reading("athena"):
        after = str(picture(_uuid(portal)))

    shapes = [int(w) / int(h) for w, h in (re.search(r'width="(\d+)" height="(\d+)"', text).groups() for text in (before, after))]
    assert "<source" not in before
    assert after.count("<source") == 2
    assert shapes == [1.6, 1.6]
    assert "<script" not in before + after
    assert "&lt;script" in after


def _uuid(portal):
    with portal.reading("athena") as opened:
        return opened.scalar(select(MediaItem.id))


def test_what_is_not_for_everybody_has_signed_addresses_only_and_becomes_no_cover(portal):
    ada, vic = sign_in(portal, "ada"), portal.visitor("athena")
    id = put(portal, ada)
    describe(ada, id, public=None)
    with portal.app.test_request_context(), portal.reading("athena"):
        shown, course = pictures([id])[id], session.scalar(select(Course.id))
        assert pictures([id], public=True) == {}
        address = shown.srcset("card", "AVIF").split(" ")[0]

    assert vic.get(address).headers["Cache-Control"] == "private, no-store"
    assert vic.get(address.partition("?")[0]).status_code == vic.get(address[:-1]).status_code == 404
    assert ada.post(f"/teach/courses/{course}/cover", data={"picture": str(id)}).status_code == 422


def test_thirty_pictures_take_two_statements(portal):
    ada = sign_in(portal, "ada")
    ids = [put(portal, ada, drawing(size=(64, 40))) for _ in range(3)]
    seen: list[str] = []
    with portal.reading("athena") as opened:
        event.listen(opened.get_bind(), "before_cursor_execute", lambda *call: seen.append(call[2]))
        found = pictures(ids)
        "".join(picture(one) for one in found.values())

    assert (len(found), len([one for one in seen if one.startswith("SELECT")])) == (3, 2)


def _about_lena(installation):
    """A picture about Lena that a course uses, with all its sizes; the ids of item and course."""
    with installation.writing("athena") as opened:
        opened.add_all([Person(name="Lena", email="lena@example.org"), Person(name="Theo", email="theo@example.org", roles=["teacher"])])
    with installation.writing("athena") as opened, context.knowing(who(opened, "Theo"), fresh=True):
        theo, lena = who(opened, "Theo"), who(opened, "Lena")
        item = actions.add(upload(io.BytesIO(drawing(size=(400, 300))), "lena.jpg", Category.CONTENT_PUBLIC, while_writing=True))
        words = {"title": "Lena plays", "alt": "Lena at the piano", "credit": "", "decorative": False, "focus_x": 50, "focus_y": 50}
        actions.describe(item, words, public=True, shown=lena)
        facts = dict.fromkeys(("slug", "title", "summary", "lead", "description", "field", "language", "cover"), "x")
        course = Course(**facts, level="beginner", outcomes=[], author_id=theo.id, cover_id=item.id)
        opened.add(course)
        opened.flush()
        found = item.id, course.id
    work(installation)
    return found


def test_a_picture_about_lena_is_hidden_while_her_data_are_restricted(installation):
    id, course = _about_lena(installation)
    with installation.app.test_request_context(), page(installation, "Theo"):
        shown = pictures([id])[id]
        addresses = [shown.url, shown.plain("card")[0], *re.findall(r"/files/\S+", shown.srcset("card", "AVIF"))]
    vic = installation.visitor("athena")
    answers = [vic.get(address) for address in addresses]
    assert {(one.status_code, one.headers["Cache-Control"]) for one in answers} == {(200, "public, no-cache")}

    restrict_at(installation, "Lena")
    with installation.app.test_request_context(), page(installation, "Theo"):
        assert pictures([id]) == {}
        assert picture(id) == ""
    until = time.monotonic() + 2  # PostgreSQL asks for the academy again twice a second
    while {vic.get(address).status_code for address in addresses} != {404}:
        assert time.monotonic() < until
    with page(installation, "Theo") as opened:
        assert opened.scalars(select(MediaItem).where(MediaItem.title.contains("Lena"))).all() == []
        assert opened.scalars(select(MediaItem)).one().alt != "Lena at the piano"


def test_a_picture_about_lena_goes_with_her_in_all_its_sizes_and_out_of_the_course(installation):
    id, course = _about_lena(installation)
    assert len(stored(installation)) > 6
    erase(installation, "Lena")
    work(installation)
    with installation.reading("athena") as opened:
        assert opened.scalars(select(MediaItem).where(MediaItem.id == id)).all() == opened.scalars(select(File).where(File.name.contains("lena"))).all() == []
        assert opened.scalars(select(Course).where(Course.id == course)).one().cover_id is None
    assert stored(installation) == []


def test_what_theo_added_stays_without_his_name_when_he_goes(installation):
    id, _course = _about_lena(installation)
    erase(installation, "Theo")
    with installation.reading("athena") as opened:
        item = opened.scalars(select(MediaItem).where(MediaItem.id == id)).one()
        assert (item.uploader_id, item.title, bool(item.file_id)) == (None, "Lena plays", True)


def test_a_worker_that_dies_between_bytes_and_rows_leaves_nothing_that_is_not_swept(portal):
    ada = sign_in(portal, "ada")
    id = put(portal, ada)
    before = stored(portal)
    with portal.app.app_context(), context.set(portal.academy("athena")):
        render(str(id))  # what it gives back is never called

    new = set(stored(portal)) - set(before)
    assert new
    for path in new:
        os.utime(path, (time.time() - 2 * DAY,) * 2)
    with portal.app.app_context():
        sweep()
    assert stored(portal) == before
