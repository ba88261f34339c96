# SPDX-License-Identifier: MIT
"""Ada writes a breach down in her browser and reads the records; wide and on a phone, light and dark."""

from __future__ import annotations

from accessible import looks
from people import type_password

RECORDS = ("/manage/privacy/", "/manage/privacy/art30", "/manage/privacy/contract", "/manage/privacy/risks", "/manage/privacy/breaches/")


def test_ada_writes_a_breach_down_and_every_page_is_readable(opened):
    page = opened("ada", width=1280)
    page.goto("/manage/privacy/breaches/")
    page.get_by_role("link", name="Write one down").click()
    type_again = page.get_by_label("Password", exact=True)
    if type_again.count():
        type_password(page, "ada")
    page.get_by_label("Which data").select_option("person")
    page.get_by_label("Open since").fill("2026-01-01")
    page.get_by_label("What happened").fill("A laptop was lost.")
    assert looks(page, 0) == []
    page.get_by_role("button", name="Write it down").click()
    assert page.get_by_text("people with lines there now").is_visible()
    assert looks(page, 1) == []
    for number, path in enumerate(RECORDS, 2):
        page.goto(path)
        assert looks(page, number) == []
    page.goto("/manage/")
    page.get_by_role("link", name="Report it: ").click()
    page.get_by_role("button", name="Close it").click()
    assert page.get_by_role("button", name="Close it").count() == 0
