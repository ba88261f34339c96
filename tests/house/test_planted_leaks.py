# SPDX-License-Identifier: MIT
"""The crawl is worth something only if it finds what is there: leaks of every kind are planted, and each must be found."""

from __future__ import annotations

from collections import OrderedDict
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from conftest import bundled
from crawling import crawler, furnish_whole
from sqlalchemy import true
from sqlalchemy.orm import with_loader_criteria

from upart import config
from upart.academies.actions import enable_plugin
from upart.app import create_app
from upart.testing import Installation

HERE = Path(__file__).parent


@pytest.fixture
def leaky(portal, monkeypatch):
    """The portal with a plugin that leaks."""
    monkeypatch.syspath_prepend(HERE / "planted")
    entries = [*bundled(), EntryPoint("leaks", "upart_leaks.hooks", "upart.plugins")]
    settings = config.load(portal.state.config.instance, {}, password_memory=8, mail_url=("file:",), public_origin="http")
    made = Installation(create_app(settings=settings, plugins=entries))
    assert made.state.plugins.get("leaks").healthy
    with made.everywhere() as session:
        for slug in ("athena", "orion"):
            enable_plugin(session, made.academy(slug).id, "leaks")
    yield made
    made.close()


def test_every_planted_leak_is_found(leaky):
    from upart_leaks.views import LEAKS

    crawled = crawler(furnish_whole(leaky))
    crawled.crawl.read(crawled.hosts, only="/leaks/")
    crawled.crawl.write(crawled.hosts, only="/leaks/")

    found = {(finding.endpoint.removeprefix("leaks.") or "rename", finding.what) for finding in crawled.crawl.findings}
    assert set(LEAKS.items()) - found == set()
    assert {endpoint for endpoint, _what in found} == set(LEAKS)


def test_a_cache_that_forgets_the_host_is_found(furnished):
    class Blind(OrderedDict):
        """Keeps pages by path alone."""

        def get(self, key, default=None):
            return super().get(key[1:4], default)

        def pop(self, key, default=None):
            return super().pop(key[1:4], default)

        def __setitem__(self, key, page):
            super().__setitem__(key[1:4], page)

    crawled = crawler(furnished, ("lena", "vic"))
    furnished.portal.state.cache._pages = Blind()
    crawled.crawl.read(crawled.hosts, only="/courses/")

    assert any(finding.what == "shows courses_course.title of another academy" for finding in crawled.crawl.findings)


def test_an_id_of_the_other_academy_that_is_taken_is_found(furnished, monkeypatch):
    from upart.accounts.views import people
    from upart.db import everywhere

    def anybody(model, id):
        with everywhere("a leak") as opened:
            row = opened.query(model).filter_by(id=id).first()
            opened.expunge_all()
        return row or people.Problem(404, "No.")

    monkeypatch.setattr(people, "get_or_404", anybody)
    crawled = crawler(furnished, ("ada", "odin"))
    monkeypatch.setattr("upart.app.looking.write_down", lambda *values: None)  # a line about somebody who is not here would be refused
    crawled.crawl.read(crawled.hosts, only="/manage/people/")

    assert any(finding.what == "shows person.email of another academy" for finding in crawled.crawl.findings)


def test_a_wall_with_a_hole_is_found(furnished, monkeypatch):
    from upart.db import wall

    crawled = crawler(furnished, ("ada", "odin"))
    monkeypatch.setattr(wall, "with_loader_criteria", lambda model, _, **options: with_loader_criteria(model, lambda row: true(), **options))
    monkeypatch.setattr(wall, "read", lambda statement, size: wall.Reading())
    monkeypatch.setattr("upart.app.looking.write_down", lambda *values: None)  # a line about somebody who is not here would be refused
    crawled.crawl.read(crawled.hosts, only="/manage/people/")

    assert any(finding.what == "shows person.email of another academy" for finding in crawled.crawl.findings)


def test_a_page_that_forgets_to_ask_for_the_password_is_found(leaky):
    crawled = crawler(furnish_whole(leaky), ("lena",), fresh=False)
    crawled.crawl.read(crawled.hosts, only="/leaks/mine")

    assert [finding.what for finding in crawled.crawl.findings] == ["shows person.email"]
