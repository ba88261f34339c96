# SPDX-License-Identifier: MIT
"""The sample page of the documentation, served from another origin: Ada registers it, Vic reads and searches, Lena signs in, sees her courses, signs out."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from accessible import looks
from people import type_password

SAMPLE = Path(__file__).parents[2] / "docs" / "frontend" / "sample"
SCOPES = ("core:me:read", "courses:courses:read", "courses:enrolments:read")


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, as any web server gives them."""

    def log_message(self, *words: object) -> None:
        return


@pytest.fixture
def elsewhere(tmp_path):
    """The sample page on an origin of its own: its address, and what sets it up."""
    folder = shutil.copytree(SAMPLE, tmp_path / "sample")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", lambda **settings: (folder / "config.json").write_text(json.dumps(settings))
        server.shutdown()
        thread.join(5)


def registered(browser, home: str, address: str) -> str:
    """The public key that Ada gets for the page at this address."""
    context = browser.new_context(base_url=home)
    page = context.new_page()
    type_password(page, "ada")
    page.wait_for_url("**/account/")
    page.goto("/manage/api/new")
    page.get_by_label("Name", exact=True).fill("Athena's garden")
    page.get_by_label("Its origins").fill(address)
    page.get_by_label("Where people come back").fill(address)
    for scope in SCOPES:
        page.locator(f"input[value='{scope}']").check()
    page.get_by_role("button", name="Register it").press("Enter")
    key = page.locator("code").filter(has_text="upart_pub_").inner_text(timeout=15_000)
    context.close()
    return key


def test_vic_and_lena_at_a_front_end_elsewhere(browser, own_demo, elsewhere):
    (_folder, port), (address, set_up) = own_demo, elsewhere
    home = f"http://athena.localhost:{port}"
    set_up(academy=home, client="")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page, asked, wrong = context.new_page(), [], []
    page.set_default_timeout(15_000)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    page.get_by_role("heading", name="The academy does not answer this page").wait_for()
    assert page.locator(".card").count() == 0
    assert looks(page, "unregistered") == []

    set_up(academy=home, client=registered(browser, home, address))
    page.reload()
    page.get_by_role("link", name="Your first sourdough").wait_for()
    page.wait_for_function("[...document.images].slice(0, 3).every(one => one.complete && one.naturalWidth > 0)")
    assert looks(page, "courses") == []
    page.get_by_role("link", name="Your first sourdough").press("Enter")
    page.get_by_role("heading", name="What is in it").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator(".lessons li").count() == 4
    assert looks(page, "course") == []
    page.get_by_label("Search courses and lessons").fill("flour")
    page.get_by_role("button", name="Search").press("Enter")
    page.get_by_role("heading", name="for “flour”").wait_for()
    assert page.locator("mark").first.inner_text().lower().startswith("flour")
    assert looks(page, "search") == []

    page.get_by_role("button", name="Sign in").press("Enter")
    type_password_here(page)
    page.get_by_role("button", name="Yes, sign me in there").press("Enter")
    page.get_by_text("Sign out").wait_for()
    assert page.url == f"{address}#/search?q=flour"
    page.get_by_role("link", name="My courses").press("Enter")
    page.get_by_role("heading", name="My courses").wait_for()
    assert page.locator(".mine").count() == 2
    assert "lessons done" in page.locator(".mine").first.inner_text()
    assert looks(page, "mine") == []
    page.reload()
    page.locator(".mine").first.wait_for()
    page.get_by_role("button", name="Sign out").press("Enter")
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.evaluate("sessionStorage.length") == 0
    page.goto(f"{address}#/mine")
    page.get_by_text("Sign in to see them.").wait_for()
    assert page.locator(".mine").count() == 0

    assert wrong == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {home.split("/")[2], address.split("/")[2]}
    assert [one["domain"] for one in context.cookies() if one["domain"] == "127.0.0.1"] == []
    context.close()


def type_password_here(page) -> None:
    """Lena signs in at the academy, where the front end has sent her."""
    page.get_by_label("E-mail").wait_for()
    type_password(page, "lena")
