# SPDX-License-Identifier: MIT
"""Ada answers in her browser: what waits, the list, one request, the forms; wide and on a phone, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import bundled
from people import type_password
from queueing import path, untold, waiting

from upart import config
from upart.app import create_app
from upart.testing import Installation

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def faults(page) -> list[str]:
    """What axe finds serious or critical in both schemes; what is wider than the window."""
    found = [page.url] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE + ";0")
        violations = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        found += [f"{page.url} {scheme}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations if v["impact"] in ("serious", "critical")]
    return found


@pytest.fixture
def window(browser, own_demo):
    """Ada's window before a demo in which a request waits: it, and the request's address."""
    folder, port = own_demo
    made = Installation(create_app(settings=config.load(folder, {}, password_memory=8), plugins=bundled()))
    id = waiting(made)
    untold(made)
    made.close()
    context = browser.new_context(base_url=f"http://athena.localhost:{port}", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    type_password(page, "ada")
    page.wait_for_url("**/account/")
    yield page, path(id)
    context.close()


def test_ada_finds_refuses_and_every_page_is_readable(window):
    page, request = window
    for number, where in enumerate(("/manage/", "/manage/requests/", request, "/manage/requests/new", "/manage/requests/letter", "/manage/requests/outside")):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(where)
            assert faults(page) == []
            if shots := os.environ.get("SHOTS"):
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    page.screenshot(path=str(Path(shots) / f"{number}-{width}-{scheme}.png"), full_page=True)
    page.goto("/manage/")
    page.get_by_role("link", name="Answer: Authority").click()
    page.get_by_text("Refuse it, or single steps").click()
    page.get_by_label("Explain it to the person").fill("We are in court.")
    page.get_by_role("button", name="Refuse", exact=True).click()
    assert page.get_by_label("Explain it to the person").input_value() == "We are in court."
    assert faults(page) == []
    page.get_by_label("Reason").select_option("LegalClaimImpaired")
    page.get_by_role("button", name="Refuse", exact=True).click()
    page.get_by_text("We are in court.").first.wait_for()
    assert page.get_by_role("heading", name="Your decision").count() == 0
