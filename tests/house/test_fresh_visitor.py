# SPDX-License-Identifier: MIT
"""Somebody who has never been here opens every public page: no cookie, nobody else is asked for anything; so also with the browser's signal."""

from __future__ import annotations

import pytest
from reaching import given

from upart.testing.addresses import Addresses, Kind
from upart.testing.markers import read
from upart.testing.pages import strangers


def opened(furnished):
    """Every address that is open to everybody, at an academy and on the platform."""
    portal = furnished.portal
    addresses = Addresses(portal, read(portal), given(portal))
    athena, orion, platform = (portal.academy(slug).id for slug in ("athena", "orion", "platform"))
    for slug, here, there in (("athena", athena, orion), ("platform", platform, athena)):
        for address in addresses.at(here, there, "GET"):
            if address.policy.open and address.kind in (Kind.PLAIN, Kind.HERE, Kind.ABSENT):
                yield slug, address


@pytest.mark.parametrize("headers", [{}, {"Sec-GPC": "1"}], ids=["plain", "signal"])
def test_no_public_page_sets_a_cookie_or_asks_a_stranger(furnished, headers):
    found, seen = [], set()
    for slug, address in opened(furnished):
        vic = furnished.portal.visitor(slug)
        answer = vic.get(address.path, headers=headers)
        seen.add((address.endpoint, answer.status_code))
        found += [f"{slug}{address.path}: {line}" for line in answer.headers.getlist("Set-Cookie")]
        found += [f"{slug}{address.path} asks {host}" for host in strangers(answer, vic.host)]

    assert found == []
    assert {("academies.landing", 200), ("sign.sign_in", 200), ("cookies.gpc", 200), ("theming.static_file", 200), ("courses.lesson", 404)} <= seen
    assert len({endpoint for endpoint, status in seen if status == 200}) > 15
