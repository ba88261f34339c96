# SPDX-License-Identifier: MIT
"""A demo that serves, a Chromium, and people who have signed in with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import forking
import pytest
from people import HOMES, type_password
from served import free_port

from upart.cli.demo import prepare
from upart.db import engine

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
CHROMIUM = shutil.which("chromium")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Without Chromium these tests are left out, but never where CI is set."""
    if CHROMIUM is None and not os.environ.get("CI"):
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@contextmanager
def serving(folder):
    """A demo that serves, started as a user starts it; its port."""
    chosen = free_port()
    words = ("--instance", str(folder), "demo", "--no-browser", "--port", str(chosen))
    process = forking.start(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ready: "):
            break
    assert lines[-1] == f"Ready: http://localhost:{chosen}/\n", "".join(lines)
    rest = threading.Thread(target=process.stdout.read, daemon=True)  # what nobody reads fills the pipe, and then the demo waits
    rest.start()
    try:
        yield chosen
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
            rest.join(20)


@pytest.fixture(scope="session")
def demo_copy(tmp_path_factory):
    """`demo_copy(folder)`: what `upart demo` makes when it is started for the first time, made once."""
    made = tmp_path_factory.mktemp("demo") / "made"
    app = prepare(made)
    with app.app_context():
        engine().dispose()
    return lambda folder: shutil.copytree(made, folder)


@pytest.fixture(scope="session")
def port(demo_copy, tmp_path_factory):
    """The demo that all tests share: none changes what another one looks at."""
    with serving(demo_copy(tmp_path_factory.mktemp("shared") / "x")) as chosen:
        yield chosen


@pytest.fixture
def own_demo(demo_copy, tmp_path):
    """A demo that one test has for itself: its folder and port."""
    with serving(demo_copy(tmp_path / "demo")) as chosen:
        yield tmp_path / "demo", chosen


@pytest.fixture(scope="session")
def play():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium():
    """How to start the browser."""
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser(play, chromium):
    started = play.chromium.launch(**chromium)
    yield started
    started.close()


@pytest.fixture(scope="session")
def home(port):
    """Address of the host on which somebody of the cast is at home; athena's for visitors."""
    return lambda name: f"http://{slug + '.' if (slug := HOMES.get(name, 'athena')) != 'platform' else ''}localhost:{port}"


@pytest.fixture(scope="session")
def cookies(browser, home):
    """What the browser of each of the cast keeps after signing in, by name; nothing for Vic, the visitor."""
    kept: dict[str, object] = {"vic": None}

    def of(name: str):
        if name not in kept:
            context = browser.new_context(base_url=home(name))
            page = context.new_page()
            type_password(page, name)
            page.wait_for_url("**/account/")
            kept[name] = context.storage_state()
            context.close()
        return kept[name]

    return of


@pytest.fixture
def opened(browser, home, cookies):
    """A new window of somebody: opened("lena", width=320). Addresses are those of their home."""
    contexts = []

    def window(name: str = "vic", width: int = 360, **options):
        chosen = {"viewport": {"width": width, "height": 780}, "storage_state": cookies(name), "reduced_motion": "reduce", **options}
        contexts.append(browser.new_context(base_url=home(name), **chosen))
        return contexts[-1].new_page()

    yield window
    for context in contexts:
        context.close()
