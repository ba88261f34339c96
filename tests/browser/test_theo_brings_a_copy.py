# SPDX-License-Identifier: MIT
"""Theo brings a copy from elsewhere on his phone: a wrong file is said so, the report fits the screen, then it is in."""

from __future__ import annotations

import forking
import pytest
from accessible import on_phone
from people import type_password


@pytest.fixture
def phone(browser, own_demo):
    """Theo's phone, signed in at athena in a demo of his own; and the folder of that demo."""
    folder, port = own_demo
    context = browser.new_context(base_url=f"http://athena.localhost:{port}", viewport={"width": 360, "height": 780})
    page = context.new_page()
    type_password(page, "theo")
    page.wait_for_url("**/account/")
    yield page, folder
    context.close()


def test_he_is_told_what_is_wrong_then_what_comes_in_and_it_is_there(phone, tmp_path):
    page, folder = phone
    words = ["rights", "access", "lena@example.org", "--academy", "athena", "--out", str(tmp_path / "copy.zip")]
    forking.run("--instance", str(folder), *words).check_returncode()
    (tmp_path / "notes.txt").write_text("no copy at all")

    page.goto("/privacy/mine")
    page.get_by_role("link", name="Bring along").click()
    wrong = on_phone(page)
    page.get_by_label("The copy, a ZIP file").set_input_files(tmp_path / "notes.txt")
    page.get_by_role("button", name="Show the report").click()
    assert "This is no ZIP" in page.get_by_role("alert").inner_text()
    wrong += on_phone(page)
    page.get_by_label("The copy, a ZIP file").set_input_files(tmp_path / "copy.zip")
    page.get_by_role("button", name="Show the report").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What would come in"
    wrong += on_phone(page)
    page.get_by_role("button", name="Bring in 21 lines").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your data came along"
    assert wrong + on_phone(page) == []
    page.goto("/learn/")
    assert "Your first sourdough" in page.inner_text("main")
