# SPDX-License-Identifier: MIT
"""Theo builds a course in his browser whose second part opens when the first is done; Lena takes it on her phone, with its file."""

from __future__ import annotations

from accessible import on_phone
from people import type_password

TITLE, ADDRESS = "Bread for six", "bread-for-six"
LIST = b"Flour 900 g, water 600 g, salt 18 g."


def window(browser, port, width: int):
    return browser.new_context(base_url=f"http://athena.localhost:{port}", viewport={"width": width, "height": 780}, reduced_motion="reduce").new_page()


def write(page) -> None:
    """A course of two parts with a lesson each; the first has a file."""
    page.goto("/teach/courses/new")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Subject").fill("Baking")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_label("New section").fill("The day after")
    page.get_by_role("button", name="Add a section").click()
    for at, title in enumerate(("Shop and weigh", "Bake and share")):
        page.get_by_role("link", name="Add a lesson").nth(at).click()
        page.get_by_label("Title").fill(title)
        page.get_by_label("Text").last.fill("Six loaves, one afternoon.")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("group", name="Add below").wait_for()
        page.get_by_role("link", name="Back to the outline").click()
    page.get_by_role("link", name="Shop and weigh").click()
    page.get_by_role("group", name="Add below").get_by_role("button", name="File", exact=True).click()
    page.get_by_label("File", exact=True).set_input_files({"name": "list.txt", "mimeType": "text/plain", "buffer": LIST})
    page.get_by_role("button", name="Add it").click()
    page.locator(".blocks > li").last.get_by_label("What it is").fill("What to buy")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Back to the outline").click()


def plan_and_publish(page) -> None:
    """The second part waits for the first; then everybody may enrol."""
    page.get_by_role("link", name="Access", exact=True).click()
    page.get_by_role("listitem").filter(has_text="The day after").get_by_role("link", name="Change").click()
    page.get_by_label("When something before it is done").check()
    page.get_by_label("What has to be done").select_option(label="All of “First section”")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Facts").first.click()
    page.get_by_label("Summary").fill("Six loaves for a long table.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_text("Published").first.wait_for()


def test_lena_takes_on_her_phone_what_theo_has_planned(browser, own_demo):
    _folder, port = own_demo
    theo, lena = window(browser, port, 1280), window(browser, port, 360)
    type_password(theo, "theo")
    write(theo)
    plan_and_publish(theo)

    type_password(lena, "lena")
    lena.goto(f"/courses/{ADDRESS}")
    lena.get_by_role("button", name="Enrol").first.click()
    lena.get_by_role("heading", name="Shop and weigh").wait_for()
    assert on_phone(lena) == []
    with lena.expect_download() as arriving:
        lena.get_by_role("link", name="What to buy").click()
    assert arriving.value.path().read_bytes() == LIST
    here = lena.url
    lena.goto(f"/learn/{ADDRESS}/bake-and-share")
    lena.get_by_role("heading", name="Not open yet").wait_for()
    assert "First section" in lena.locator("main").inner_text()
    assert on_phone(lena) == []

    lena.goto(here)
    lena.get_by_role("button", name="Mark done and go on").click()
    lena.get_by_role("heading", name="Bake and share").wait_for()
    lena.get_by_role("button", name="Mark done and go on").click()
    lena.get_by_text("You finished this course").first.wait_for()
    assert on_phone(lena) == []
