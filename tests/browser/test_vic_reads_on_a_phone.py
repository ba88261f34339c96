# SPDX-License-Identifier: MIT
"""Vic opens the demo in Chromium: no cookie, no stranger asked, nothing to scroll sideways, nothing refused by the policy."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import pytest

PAGES = (
    ("athena", "/"),
    ("athena", "/courses/"),
    ("athena", "/courses/music-theory-from-zero"),
    ("athena", "/learn/music-theory-from-zero/what-a-tone-is"),
    ("orion", "/"),
    ("", "/"),
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed")


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A demo that serves, started as a new user starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        chosen = free.getsockname()[1]
    command = [sys.executable, "-c", "from upart.cli.main import main; main()", "--instance", str(tmp_path_factory.mktemp("demo") / "x"), "demo"]
    process = subprocess.Popen([*command, "--no-browser", "--port", str(chosen)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ready: "):
            break
    assert lines[-1] == f"Ready: http://localhost:{chosen}/\n", "".join(lines)
    yield chosen
    process.terminate()
    process.stdout.close()
    process.wait(20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


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
