# SPDX-License-Identifier: MIT
"""Vic is asked about optional cookies on a narrow phone, without scripts, with the keyboard alone: three answers of one weight."""

from __future__ import annotations

import threading
from importlib.metadata import EntryPoint

import pytest
from conftest import bundled
from werkzeug.serving import make_server

from upart.testing import install

LOOK = """(one) => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return [style.color, style.backgroundColor, style.borderColor, style.fontWeight, style.fontSize, Math.round(box.width), box.height, box.top];
}"""
"""What makes an answer look heavier than another, or come first."""


@pytest.fixture
def served(tmp_path):
    """An academy with a plugin that has optional cookies, served; its address."""
    made = install(tmp_path, plugins=[*bundled(), EntryPoint("jar", "upart_jar.hooks", "upart.plugins")])
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    yield f"http://athena.localhost:{server.port}"
    server.shutdown()
    running.join(10)
    made.close()


ANSWERS = ('.cookie-answers > button[value="accept"]', '.cookie-answers > button[value="reject"]', ".cookie-answers summary")


@pytest.fixture
def page(served, browser):
    """A narrow window in which no script runs."""
    context = browser.new_context(base_url=served, viewport={"width": 320, "height": 640}, java_script_enabled=False, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_three_answers_of_one_weight_by_keyboard_alone(page):
    page.goto("/courses/")
    assert [page.locator(one).inner_text() for one in ANSWERS] == ["Accept", "Reject", "Choose"]
    assert len({tuple(page.locator(one).evaluate(LOOK)) for one in ANSWERS}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.context.cookies() == []

    press(page, *["Tab"] * 5, "Enter", "Tab", "Tab", "Space", "Tab", "Enter")  # past the skip link, the explanation and two answers; the second category
    page.locator(".cookie-question").wait_for(state="hidden")

    assert page.url.endswith("/courses/")
    (kept,) = page.context.cookies()
    assert (kept["name"], kept["value"][:25], kept["httpOnly"], kept["sameSite"]) == ("upart_choices", "preferences:0.measure:1.k", True, "Lax")
