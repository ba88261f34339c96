# SPDX-License-Identifier: MIT
"""Ada writes a breach down in her browser and reads the records; wide and on a phone, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

from accessible import faults
from people import type_password

RECORDS = ("/manage/privacy/", "/manage/privacy/art30", "/manage/privacy/contract", "/manage/privacy/risks", "/manage/privacy/breaches/")


def looks(page, number: int) -> list[str]:
    """What is wrong with a page in either width and scheme."""
    wrong = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [page.url] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            wrong += faults(page)
            if shots := os.environ.get("SHOTS"):
                page.screenshot(path=str(Path(shots) / f"{number}-{width}-{scheme}.png"), full_page=True)
    return wrong


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
