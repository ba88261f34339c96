# SPDX-License-Identifier: MIT
"""Ada sets a webhook up, reads what it was told, and has it told again; wide and on a phone, light and dark."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from accessible import looks
from conftest import bundled
from hooking import happens, receiver
from people import type_password

from upart import config
from upart.app import create_app
from upart.testing import Installation


@pytest.fixture
def window(browser, monkeypatch, request):
    """Ada's window before a demo that may call programs on this machine: it, and the demo's folder."""
    monkeypatch.setenv("UPART_FETCH_ALLOW", "127.0.0.0/8")
    folder, port = request.getfixturevalue("own_demo")
    context = browser.new_context(base_url=f"http://athena.localhost:{port}", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    type_password(page, "ada")
    page.wait_for_url("**/account/")
    yield page, folder
    context.close()


@contextmanager
def beside(folder):
    """The demo's installation, to let something happen in it."""
    made = Installation(create_app(settings=config.load(folder, {}, password_memory=8), plugins=bundled()))
    try:
        yield made
    finally:
        made.close()


def until(there, seconds: float = 20) -> None:
    """Wait for what the demo's worker does."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_ada_sets_a_webhook_up_and_has_it_told_again(window):
    page, folder = window
    with receiver() as program, beside(folder) as portal:
        page.goto("/manage/webhooks/")
        assert looks(page, "none") == []
        page.get_by_role("link", name="Set one up").click()
        page.get_by_label("Address").fill("ftp://example.org")
        page.get_by_role("button", name="Set it up").press("Enter")
        page.get_by_text("An address begins with https://.").first.wait_for(timeout=15_000)
        assert looks(page, "form") == []
        page.get_by_label("Address").fill(program.url)
        page.get_by_label("(people.joined)").check()
        page.get_by_role("button", name="Set it up").press("Enter")
        page.get_by_text("It is not shown again.").wait_for(timeout=15_000)
        assert page.locator("code").inner_text().startswith("whsec_")
        assert looks(page, "secret") == []
        page.get_by_role("link", name="I have copied it").click()
        happens(portal)
        until(lambda: len(program.ids) == 1)
        program.status = 503
        happens(portal)
        until(lambda: len(program.ids) == 2)
        page.reload()
        assert looks(page, "one") == []
        program.status = 200
        page.get_by_role("button", name="Send again: people.joined").press("Enter")
        page.get_by_text("It is being sent again.").wait_for(timeout=15_000)
        until(lambda: program.ids.count(program.ids[0]) == 2)
        page.goto("/manage/webhooks/")
        assert looks(page, "list") == []
