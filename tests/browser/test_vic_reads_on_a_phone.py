# SPDX-License-Identifier: MIT
"""Vic opens the demo in Chromium: no cookie, no stranger asked, nothing to scroll sideways, nothing refused by the policy."""

from __future__ import annotations

import pytest

PAGES = (
    ("athena", "/"),
    ("athena", "/courses/"),
    ("athena", "/courses/music-theory-from-zero"),
    ("athena", "/learn/music-theory-from-zero/what-a-tone-is"),
    ("orion", "/"),
    ("", "/"),
)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(("slug", "path"), PAGES)
def test_a_page_is_whole_untracked_and_fits(port, browser, slug, path, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    answers = []
    page.on("response", lambda response: answers.append(response.status))
    page.goto(f"http://{slug + '.' if slug else ''}localhost:{port}{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(f"localhost:{port}/" in url for url in asked)
    assert (said, context.cookies(), set(answers)) == ([], [], {200})
    context.close()


def test_vic_goes_from_the_first_page_to_a_lesson_by_touch(port, browser):
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"http://athena.localhost:{port}/")
    page.get_by_role("link", name="See courses").click()
    page.get_by_role("link", name="Music theory from zero").click()
    page.get_by_role("link", name="Start with a free lesson").click()

    assert page.get_by_role("heading", level=1).inner_text() == "What a tone is"
    page.get_by_role("link", name="Next free lesson").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Why the dominant wants to go home"
    page.close()
