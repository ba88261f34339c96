# SPDX-License-Identifier: MIT
"""The crawl while somebody is restricted: everybody else goes everywhere and reads nothing that is about them."""

from __future__ import annotations

import pytest
from crawling import DEEP, crawler
from restricting import restrict_at

OFFICERS = "/manage/requests"
"""Where an officer is at work on requests, and sees whose they are."""

ELSEWHERE = ("odin",) if DEEP else ()
OTHERS = {"lena": ("ada", "theo", *ELSEWHERE, "pia", "vic"), "theo": ("ada", "lena", *ELSEWHERE, "vic")}
"""Whoever comes from elsewhere is test_crawl's, and asked here too where all is asked."""


def restricted(furnished, who, viewers):
    """A crawl before these viewers while somebody, who was visible when it was made, is restricted."""
    portal, (id, *_) = furnished.portal, furnished.people[who]
    crawled = crawler(furnished, viewers)
    restrict_at(portal, crawled.crawl.marked.rows["person"][id]["name"], goes_on=True)
    crawled.crawl.may_see = lambda viewer, here, marker: not is_about(marker, id) or id in viewer.ids  # the other rules are test_crawl's
    return crawled, id


def is_about(marker, person) -> bool:
    """Is this something personal about them and nobody else?"""
    return bool(marker.category) and not marker.is_id and marker.about == {person}


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_reads_a_byte_about_them(furnished, who):
    crawled, _id = restricted(furnished, who, OTHERS[who])
    crawled.crawl.read(crawled.hosts if DEEP else {viewer.home: crawled.hosts[viewer.home] for viewer in crawled.crawl.viewers if viewer.home})

    told = [found for found in crawled.findings if ("shows" in found or "fault" in found) and OFFICERS not in found]
    assert told == [], "\n".join(told)


@pytest.mark.parametrize("who", OTHERS)
def test_they_read_what_is_theirs_as_ever(furnished, who):
    crawled, id = restricted(furnished, who, (who,))
    home = crawled.crawl.viewers[0].home
    crawled.crawl.read({home: crawled.hosts[home]}, "/account/")

    seen = {f"{marker.table}.{marker.column}" for marker in crawled.crawl.seen[who] if is_about(marker, id)}
    assert {"person.name", "user_session.device"} <= seen
