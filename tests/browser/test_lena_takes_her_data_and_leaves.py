# SPDX-License-Identifier: MIT
"""Lena looks on her phone at what is held about her, takes it with her, and leaves: then she is gone."""

from __future__ import annotations

import email
import email.policy
import re
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from accessible import on_phone
from people import link_in, type_password


def until(look, seconds: float = 60):
    """What `look` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.1)
    assert found
    return found


def mailed(folder: Path, subject: str) -> str:
    """The path in the newest mail with this subject, as soon as it is there."""

    def look():
        read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in sorted((folder / "mail").glob("*.eml"))]
        return [link_in(message) for message in read if subject in message["Subject"]]

    return until(look)[-1]


@pytest.fixture
def phone(browser, own_demo):
    """Lena's phone, signed in at athena in a demo of her own; and the folder of that demo."""
    folder, port = own_demo
    context = browser.new_context(base_url=f"http://athena.localhost:{port}", viewport={"width": 360, "height": 780}, accept_downloads=True)
    page = context.new_page()
    type_password(page, "lena")
    page.wait_for_url("**/account/")
    yield page, folder
    context.close()


def download(page, folder: Path, into: Path) -> Path:
    """The copy, as the buttons lead to it, unpacked."""
    page.get_by_role("link", name="What is held about you").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "What Athena holds about you"
    wrong = on_phone(page)
    page.get_by_role("button", name="Download everything").click()
    page.goto(mailed(folder, "copy of your data is ready"))
    wrong += on_phone(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download it").click()
    started.value.save_as(into / "copy.zip")
    zipfile.ZipFile(into / "copy.zip").extractall(into / "copy")
    assert wrong == []
    return into / "copy"


def test_lena_takes_everything_with_her_and_is_gone_to_the_last_byte(phone, tmp_path):
    page, folder = phone
    copy = download(page, folder, tmp_path)
    reading = page.context.new_page()
    reading.goto((copy / "index.html").as_uri())
    assert reading.get_by_role("heading", level=1).inner_text() == "What Athena holds about Lena"
    assert reading.get_by_role("cell", name="lena@example.org").first.is_visible()
    assert reading.evaluate("document.documentElement.scrollWidth") <= 360
    reading.close()

    page.goto("/privacy/mine")
    page.get_by_role("link", name=re.compile("^Delete")).click()
    lines = int(page.locator("dl.numbers dd").first.inner_text())
    assert lines > 3
    page.get_by_role("button", name="Delete my data").click()
    assert page.get_by_role("alert").is_visible()
    wrong = on_phone(page)
    page.get_by_label("Yes, I have read the plan").check()
    page.get_by_label("Delete now, without waiting").check()
    page.get_by_label("Close my account too").check()
    page.get_by_role("button", name="Delete my data").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your data are being deleted"
    assert page.context.cookies() == []
    assert wrong + on_phone(page) == []

    type_password(page, "lena")
    assert "do not belong together" in page.inner_text("main")
    page.goto("/privacy/mine")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    until(lambda: not holding(folder, b"lena@example.org", b"lena@", b">Lena<", b'"Lena"'))


def holding(folder: Path, *words: bytes) -> list[Path]:
    """The files of an installation in which any of these bytes stand."""
    return [file for file in folder.rglob("*") if any(word in read(file) for word in words)]


def read(file: Path) -> bytes:
    """What stands in a file; nothing in a folder, nor in what the worker has removed meanwhile."""
    with suppress(FileNotFoundError, IsADirectoryError):
        return file.read_bytes()
    return b""
