# SPDX-License-Identifier: MIT
"""A file goes with the last row that links to it, by whatever way that row goes; and the sweep puts right what was left half-way."""

from __future__ import annotations

import io
import logging
import os
import time
from datetime import timedelta

import pytest
from people import sign_in, work
from pictures import picture, stored
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from upart import clock
from upart.accounts.models import Person
from upart.files.actions import upload
from upart.files.sweeping import Swept, all_links, sweep
from upart.hooks.models import PluginRecord
from upart.privacy.taxonomy import Category
from upart.storage.models import File, FileRemoved, FileState

DAY = timedelta(days=1, minutes=1)


def show(browser, data: bytes | None = None):
    assert browser.post("/album/", data={"picture": (io.BytesIO(data or picture()), "sea.jpg"), "title": "Sea"}).status_code == 303


def photos(made, slug="athena"):
    from upart_album.models import Photo

    with made.reading(slug) as session:
        found = list(session.scalars(select(Photo).order_by(Photo.id)))
        session.expunge_all()
        return found


def kept(made) -> tuple[int, int, int]:
    """Rows, bytes, removals that are not done yet."""
    with made.everywhere() as session:
        return len(session.scalars(select(File.id)).all()), len(stored(made)), len(session.scalars(select(FileRemoved.id)).all())


def swept(made, later: timedelta = timedelta()) -> Swept:
    with made.app.app_context(), clock.shifted(later):
        return sweep()


def age(made, days: float = 2) -> None:
    """Let all stored bytes look older."""
    for path in stored(made):
        os.utime(path, (time.time() - days * 86_400,) * 2)


def test_a_deleted_photo_takes_its_picture_and_its_renditions_with_it(albums):
    lena, odin = sign_in(albums, "lena"), sign_in(albums, "odin")
    show(lena)
    show(odin)
    assert kept(albums) == (6, 6, 0)

    lena.post(f"/album/{photos(albums)[0].id}/delete")
    assert kept(albums) == (6, 6, 0)
    work(albums)

    assert kept(albums) == (3, 3, 0)
    assert all(str(albums.academy("orion").id) in str(path) for path in stored(albums))


def test_a_picture_that_is_replaced_goes(albums):
    show(sign_in(albums, "lena"))
    with albums.writing("athena") as session:
        new = upload(io.BytesIO(picture("PNG")), "new.png", Category.MEDIA_IMAGE)
        from upart_album.models import Photo

        session.scalars(select(Photo)).one().picture_id = new.id
    work(albums)

    assert kept(albums) == (1, 1, 0)
    assert stored(albums)[0].name == str(photos(albums)[0].picture_id)


def test_a_file_that_another_row_still_links_to_stays(albums):
    from upart_album.models import Photo

    lena = sign_in(albums, "lena")
    show(lena)
    first = photos(albums)[0]
    with albums.writing("athena") as session:
        session.add(Photo(owner_id=first.owner_id, paper_id=first.picture_id, title="Again"))
    lena.post(f"/album/{first.id}/delete")
    work(albums)
    assert kept(albums) == (3, 3, 0)

    lena.post(f"/album/{photos(albums)[0].id}/delete")
    work(albums)
    assert kept(albums) == (0, 0, 0)


def test_the_database_itself_refuses_to_delete_a_linked_file(albums):
    show(sign_in(albums, "lena"))
    with pytest.raises(IntegrityError), albums.writing("athena") as session:
        session.execute(delete(File).where(File.derived_from.is_not(None)))
        session.execute(delete(File))
    assert kept(albums) == (3, 3, 0)


def test_rows_that_were_deleted_in_bulk_leave_their_files_to_the_sweep(albums):
    from upart_album.models import Photo

    show(sign_in(albums, "lena"))
    with albums.writing("athena") as session:
        session.execute(delete(Photo))
    work(albums)

    assert swept(albums) == Swept()
    assert swept(albums, DAY) == Swept(unlinked=1)
    assert kept(albums) == (0, 0, 0)


def test_files_of_a_plugin_whose_code_is_gone_stay(albums, tmp_path):
    from upart.testing import install

    show(sign_in(albums, "lena"))
    url = albums.state.config.database_url
    albums.close()
    without = install(tmp_path, url, academies=(), plugins=[], settings={"files_spare": 0})
    with without.everywhere() as session:
        assert session.scalars(select(PluginRecord.plugin)).all() == ["album"]
    with without.app.app_context():
        assert [link for link in all_links() if link[0] == "album_photo"] == [("album_photo", "paper_id"), ("album_photo", "picture_id")]

    assert swept(without, DAY) == Swept()
    assert kept(without) == (3, 3, 0)
    with without.everywhere() as session:  # even if nobody remembered its declarations
        session.execute(delete(PluginRecord))
    assert swept(without, DAY) == Swept()
    assert kept(without) == (3, 3, 0)
    without.close()


def test_bytes_without_a_row_go_after_a_day_and_not_before(albums, tmp_path):
    show(sign_in(albums, "lena"))
    orphan = tmp_path / "files" / str(albums.academy("athena").id) / "ff" / "01920000-0000-7000-8000-0000000000ff"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"left by a crash")
    (tmp_path / "files" / ".incoming" / "half").write_bytes(b"never finished")

    assert swept(albums) == Swept()
    age(albums, 0.5)
    assert swept(albums) == Swept(unfinished=1)
    age(albums, 2)
    assert swept(albums) == Swept(without_row=1)
    assert kept(albums) == (3, 3, 0)


def test_files_of_an_academy_that_the_database_does_not_know_are_left_alone(album, tmp_path, caplog):
    show(sign_in(album, "lena"))
    (tmp_path / "files" / str(album.academy("athena").id)).rename(tmp_path / "files" / "01920000-0000-7000-8000-000000000001")
    (tmp_path / "files" / "README").write_text("not ours")
    age(album)

    assert swept(album) == Swept(without_bytes=3)
    assert len(stored(album)) == 4
    assert "left alone" in caplog.text


def test_a_row_whose_bytes_are_gone_or_cut_short_is_reported_and_taken_back(albums, caplog):
    show(sign_in(albums, "lena"))
    gone, short, _ = stored(albums)
    was = gone.read_bytes(), short.read_bytes()
    gone.unlink()
    short.write_bytes(was[1][:-1])

    with caplog.at_level(logging.ERROR, "upart.files"):
        assert swept(albums) == Swept(without_bytes=2)
    assert caplog.text.count("gone or cut short") == 2
    assert swept(albums) == Swept()
    with albums.everywhere() as session:
        assert len(session.scalars(select(File.id).where(File.state == FileState.GONE)).all()) == 2

    gone.write_bytes(was[0])
    short.write_bytes(was[1])
    assert swept(albums) == Swept(came_back=2)


def test_the_sweep_is_a_daily_job_of_the_platform(album):
    show(sign_in(album, "lena"))
    with album.writing("athena") as session:
        session.execute(delete(photos(album)[0].__class__))
    work(album)
    assert kept(album) == (3, 3, 0)
    with clock.shifted(timedelta(days=2)):
        work(album)
    assert kept(album) == (0, 0, 0)


def test_when_lena_is_erased_her_files_go_to_the_last_byte_and_odins_stay(albums):
    from upart.rights.actions.asking import ask_to_erase

    lena, odin, paper = sign_in(albums, "lena"), sign_in(albums, "odin"), b"%PDF-1.7 about Lena alone"
    show(lena)
    show(odin)
    lena.post("/album/paper", data={"paper": (io.BytesIO(paper), "Lena.pdf")})
    with albums.writing("athena") as session:  # about nobody, but linked by a row of hers
        from upart_album.models import Photo

        about_nobody = upload(io.BytesIO(picture()), "a.jpg", Category.MEDIA_IMAGE, widths=(320,))
        session.scalars(select(Photo).where(Photo.paper_id.is_not(None))).one().picture_id = about_nobody.id
    before = {path: path.read_bytes() for path in stored(albums) if str(albums.academy("orion").id) in str(path)}

    with albums.app.test_request_context(), albums.writing("athena") as session:
        ask_to_erase(session.scalars(select(Person).where(Person.name == "Lena")).one())
    work(albums)

    assert {path: path.read_bytes() for path in stored(albums)} == before
    assert kept(albums) == (3, 3, 0)
    with albums.everywhere() as session:
        states = session.execute(text("SELECT state FROM rights_request")).scalars().all()
    assert states == ["done"]
