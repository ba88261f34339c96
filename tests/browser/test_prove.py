# SPDX-License-Identifier: MIT
"""The ten steps of `upart demo --prove`, and in Chromium what a person sees of them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from accessible import on_phone
from people import type_password
from served import free_port

from upart.cli.demo import PASSWORD
from upart.cli.proving.stage import Stage, Unproven
from upart.cli.proving.steps import STEPS, WORDS, searched, untouched


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, free_port(), PASSWORD)
    made.make()
    yield made
    made.kill()


@pytest.fixture
def phone(browser, stage):
    context = browser.new_context(base_url=f"http://athena.localhost:{stage.port}", viewport={"width": 360, "height": 780}, accept_downloads=True)
    yield context.new_page()
    context.close()


def run(stage, first: int, last: int) -> None:
    for step in STEPS[first - 1 : last]:
        print(step.claim, *step.do(stage), sep="\n  ")


def test_the_demo_proves_itself_and_a_person_sees_it(stage, phone, tmp_path):
    run(stage, 1, 3)
    type_password(phone, "lena")
    phone.wait_for_url("**/account/")
    phone.get_by_role("link", name="My journal").first.click()
    phone.get_by_label("What have you learned today?").fill("A range is more honest than a number.")
    phone.get_by_role("button", name="Write it down").click()
    assert phone.get_by_text(WORDS).is_visible()
    wrong = on_phone(phone)
    phone.goto("/privacy/mine")
    phone.get_by_role("link", name="Your journal").first.click()
    assert phone.get_by_text(WORDS).first.is_visible()
    phone.goto("/privacy/mine")
    phone.get_by_role("link", name="Delete").first.click()
    assert phone.get_by_text("Your journal (2)").first.is_visible()
    assert int(phone.locator("dl.numbers dd").first.inner_text()) > 3

    run(stage, 4, 8)
    stage.serve()
    phone.goto(stage.notes["receipt"])
    with phone.expect_download() as started:
        phone.get_by_role("link", name="Download the proof").click()
    started.value.save_as(tmp_path / "mine.json")
    assert json.loads((tmp_path / "mine.json").read_text()) == json.loads((tmp_path / "receipt.json").read_text())
    assert wrong + on_phone(phone) == []
    stage.stop()

    run(stage, 9, 10)
    type_password(phone, "lena")
    assert "do not belong together" in phone.inner_text("main")
    red(stage)


def red(stage) -> None:
    """The steps can fail: her address in a log, and one row of the academy next door."""
    planted = stage.instance / "logs" / "access.log"
    planted.write_text("GET /?m=lena%40example.org")
    with pytest.raises(Unproven, match=r"stands in: logs/access\.log"):
        searched(stage)
    with closing(sqlite3.connect(stage.instance / "upart.sqlite", timeout=10)) as opened, opened:
        opened.execute("UPDATE person SET zone = 'Africa/Cairo' WHERE name = 'Odin'")
    with pytest.raises(Unproven, match="not what they were before the erasure: person"):
        untouched(stage)
