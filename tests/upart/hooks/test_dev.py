# SPDX-License-Identifier: MIT
"""`upart dev`: the bar says how a page came about, to this machine alone; a changed file is served."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from click.testing import CliRunner
from people import sign_in
from sqlalchemy import select
from upart_opener import hooks

from upart.academies.actions import enable_plugin
from upart.accounts.models import Person
from upart.cli.dev.bar import SHEET, Bar
from upart.cli.dev.seeing import watch
from upart.cli.dev.serving import differing, marks
from upart.cli.main import main
from upart.db import session

SECONDS = 60
HERE = {"environ_overrides": {"REMOTE_ADDR": "127.0.0.1"}}


@pytest.fixture
def shown(opened):
    """The opener's installation, served as `upart dev` does."""
    watch(opened.app)
    opened.app.wsgi_app = Bar(opened.app)
    return opened


def bar(page: str) -> str:
    """What stands in the bar."""
    return page.partition('id="upart-dev"')[2]


def test_the_bar_names_route_policy_plugin_statements_hooks_and_templates(shown):
    said = bar(shown.visitor("athena").get("/courses/your-first-sourdough", **HERE).text)
    for words in ("courses.course", "anyone_known", "<dd>courses</dd>", "<dd>athena</dd>", "course.aside", "courses/course.html", "FROM courses_course"):
        assert words in said, words
    assert "The same statement was sent again and again" not in said
    assert shown.visitor("athena").get(SHEET, **HERE).mimetype == "text/css"


def test_it_warns_of_a_statement_that_is_sent_for_each_row(shown):
    hooks.ACTS["course.aside"] = lambda course: [session.scalars(select(Person.name).where(Person.name == name)).all() for name in "abcd"]
    said = bar(shown.visitor("athena").get("/courses/your-first-sourdough", **HERE).text)
    assert ("4 × the same statement" in said, "The same statement was sent again and again" in said) == (True, True)


def test_it_keeps_no_value_and_names_what_was_sent_before(shown):
    theo = sign_in(shown, "theo")
    theo.post("/account/profile", data={"name": "Theodor Fontane", "zone": "Europe/Vienna"}, **HERE)
    said = bar(theo.get("/account/", **HERE).text)
    assert ("POST /account/profile" in said, "303" in said, "Fontane" in said, "theo@example.org" in said) == (True, True, False, False)


@pytest.mark.parametrize("address", ["192.0.2.1", "::ffff:192.0.2.1", ""])
def test_nobody_else_sees_it(shown, address):
    vic = shown.visitor("athena")
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": address}}
    assert "upart-dev" not in vic.get("/courses/", **elsewhere).text
    assert vic.get(SHEET, **elsewhere).status_code == 404


def test_without_it_pages_have_no_bar(opened):
    assert "upart-dev" not in opened.visitor("athena").get("/courses/", **HERE).text


def test_it_does_not_serve_what_people_may_use(tmp_path):
    (tmp_path / "upart.toml").write_text('base_host = "academy.example"\n')
    done = CliRunner().invoke(main, ["--instance", str(tmp_path), "dev"])
    assert (done.exit_code, "so people may use it" in done.output) == (1, True)


ECHO = """
from upart.plugin import Blueprint, Manifest, anyone, hookimpl, holds_nothing

manifest = Manifest(id="echo", version="1.0", privacy=holds_nothing("it answers"))
site = Blueprint("echo", __name__)


@hookimpl
def upart_blueprints():
    return [site]


@site.get("/echo/", policy=anyone)
def echo():
    return "%s"
"""


def answered(port: int, wanted: str) -> bool:
    """Is this answered, within a time?"""
    ends = time.monotonic() + SECONDS
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/echo/", headers={"Host": f"athena.localhost:{port}"})
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
                if wanted in answer.read().decode():
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def test_a_changed_file_is_served(opened, tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "echo.py").write_text(ECHO % "once")
    (tmp_path / "upart.toml").write_text('base_host = "localhost"\n')
    with opened.everywhere() as found:
        enable_plugin(found, opened.academy("athena").id, "echo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "upart.cli.main", "--instance", str(tmp_path), "dev", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert answered(port, "once")
            (tmp_path / "plugins" / "echo.py").write_text(ECHO % "and again")
            assert answered(port, "and again")
        finally:
            process.terminate()
            process.wait(SECONDS)


def test_a_change_is_seen(tmp_path):
    (tmp_path / "a.py").write_text("1")
    before = marks([tmp_path])
    assert differing(before, marks([tmp_path])) is None
    (tmp_path / "b.html").write_text("2")
    assert differing(before, marks([tmp_path])) == tmp_path / "b.html"
