# SPDX-License-Identifier: MIT
"""Theo writes a lesson: it is saved while he writes, without a connection it waits on the page, and two tabs never overwrite each other."""

from __future__ import annotations

import re

from accessible import CONTRAST, faults

WAIT, SAVED = 20_000, re.compile(r"^Saved \d")
LESSON, TEXT = "Fold, do not knead", "#f-blocks textarea"


def lesson(opened, name: str = "theo"):
    page = opened(name, width=1280)
    page.goto("/teach/courses/")
    page.get_by_role("link", name="Your first sourdough").click()
    page.get_by_role("link", name=LESSON).click()
    return page


def test_what_theo_types_is_kept_without_a_button_and_through_a_lost_connection(opened):
    page = lesson(opened)
    text, line = page.locator(TEXT).first, page.locator("[data-by-itself]")
    first = text.input_value()
    text.fill("Fold it gently.")
    line.get_by_text(SAVED).wait_for(timeout=WAIT)

    page.context.set_offline(True)
    text.fill("Fold it gently, four times.")
    line.get_by_text("Not saved: the portal cannot be reached.").wait_for(timeout=WAIT)
    text.fill("Fold it gently, four times, and wait.")
    page.context.set_offline(False)
    line.get_by_text(SAVED).wait_for(timeout=WAIT)
    page.reload()
    assert text.input_value() == "Fold it gently, four times, and wait."

    text.fill(first)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    assert page.get_by_text("There are changes that learners do not see yet.").count() == 0


def test_two_tabs_are_asked_whose_text_it_shall_be(opened):
    page, other = lesson(opened), lesson(opened, "ada")
    text = page.locator(TEXT).first
    first = text.input_value()
    other.locator(TEXT).first.fill("From the other tab.")
    other.locator("[data-by-itself]").get_by_text(SAVED).wait_for(timeout=WAIT)
    text.fill("From this tab.")
    page.locator("[data-by-itself]").get_by_text("Not saved: This was changed somewhere else").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Somebody saved this while you were writing.").wait_for(timeout=WAIT)
    assert (text.input_value(), page.get_by_text("From the other tab.").count(), page.locator("[data-by-itself]").count()) == ("From this tab.", 1, 0)
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert faults(page, CONTRAST if scheme == "dark" else ()) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width

    page.get_by_label("Take what was saved meanwhile").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    assert text.input_value() == "From the other tab."
    text.fill(first)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
