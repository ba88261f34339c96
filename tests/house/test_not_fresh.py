# SPDX-License-Identifier: MIT
"""A recognised browser goes on learning; for private data the password is asked, then they are shown."""

from __future__ import annotations

import pytest
from crawling import DEEP, crawler
from people import HOMES, PASSWORD
from seeing import PRIVATE

from upart.testing.crawl import Viewer
from upart.testing.markers import read

OPEN = ("academies.landing", "courses.catalogue", "courses.course", "courses.lesson", "account.overview", "account.profile", "account.devices")


@pytest.mark.parametrize("name", HOMES if DEEP else ("ada", "lena"))
def test_whoever_is_only_recognised_sees_nothing_private_until_the_password_is_given(furnished, name):
    portal, crawled = furnished.portal, crawler(furnished, (name,), fresh=False)
    viewer, crawl = crawled.crawl.viewers[0], crawled.crawl
    home = {viewer.home: crawled.hosts[viewer.home]}
    crawl.read(home)
    assert crawled.findings == []
    assert {("GET", endpoint) for endpoint in OPEN if name != "pia" or not endpoint.startswith("courses.")} - crawl.opened == set()
    assert private(crawl.seen[name]) == set()

    crawl.viewers = [give_password(portal, crawl.at(viewer.home), viewer)]
    crawl.may_see = lambda *_: True
    crawl.marked = read(portal)
    crawl.read(home)
    assert {"account.email"} | ({"person.email"} if "owner" in viewer.roles else set()) <= private(crawl.seen[name])


def private(markers) -> set[str]:
    return {f"{marker.table}.{marker.column}" for marker in markers if marker.category.startswith(PRIVATE)}


def give_password(portal, academy, viewer) -> Viewer:
    browser = viewer.browser(portal, academy)
    assert browser.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email"}).status_code == 303
    return Viewer(viewer.name, viewer.home, {"upart_session": browser.cookie("upart_session")}, viewer.ids, viewer.roles)


def test_every_page_that_asks_for_the_password_asks_and_comes_back(furnished):
    portal, crawled = furnished.portal, crawler(furnished, ("ada",), fresh=False)
    ada, athena = crawled.crawl.viewers[0], portal.academy("athena")
    wanted = [a for a in crawled.crawl.addresses.at(athena.id, portal.academy("orion").id, "GET") if a.policy.fresh and a.kind == "no row"]
    assert len(wanted) >= 4
    for address in wanted:
        answer = ada.browser(portal, athena).get(address.path)
        assert answer.status_code == 303, address
        assert answer.headers["Location"].startswith("/sign-in/again?next=" + address.path.partition("?")[0])
