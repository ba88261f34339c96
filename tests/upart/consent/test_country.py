# SPDX-License-Identifier: MIT
"""From which age somebody agrees alone is said by the law of the academy's country, and by the highest age where nobody knows."""

from __future__ import annotations

import pytest
from people import sign_in

from upart.academies.actions import set_setting
from upart.errors import BadSetting


@pytest.mark.parametrize(("country", "words"), [("AT", "younger than 14"), ("SI", "younger than 15"), ("DE", "younger than 16"), ("US", "younger than 16")])
def test_lena_is_asked_as_her_academys_country_says(portal, country, words):
    lena = sign_in(portal, "lena")
    assert "younger than 16" in lena.get("/privacy/choices").text
    with portal.everywhere() as session:
        set_setting(session, portal.academy("athena").id, "country", country)
    assert words in lena.get("/privacy/choices").text


def test_a_country_that_is_none_is_refused(portal):
    with portal.everywhere() as session, pytest.raises(BadSetting, match="country"):
        set_setting(session, portal.academy("athena").id, "country", "Austria")
