# SPDX-License-Identifier: MIT
"""Ada jumps by keyboard alone: Ctrl K, a few letters, an arrow, Enter; and whoever types faster than the answer gets the page of the search."""

from __future__ import annotations

from accessible import CONTRAST, faults

WAIT = 15_000


def test_ada_jumps_to_a_page_and_to_a_course_and_is_never_sent_where_she_did_not_choose(portal, opened):
    page = opened("ada", width=1280)
    page.goto("/manage/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    page.get_by_role("option", name="Health").wait_for(timeout=WAIT)
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.type("ro")
    page.get_by_role("option", name="Health").wait_for(state="detached", timeout=WAIT)
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert (first, field.get_attribute("aria-activedescendant")) == ("found-0", "found-1")
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert faults(page, CONTRAST if scheme == "dark" else ()) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    field.fill("sourdough")
    page.get_by_role("option", name="Your first sourdough").wait_for(timeout=WAIT)
    page.keyboard.press("Enter")
    page.wait_for_url("**/teach/courses/*", timeout=WAIT)
    page.keyboard.press("Control+k")
    page.get_by_role("option", name="Health").wait_for(timeout=WAIT)
    page.keyboard.press("Escape")
    assert not page.locator("#palette").is_visible()
    page.keyboard.press("Control+k")
    field.evaluate("field => { field.value = 'len'; field.dispatchEvent(new Event('input')); field.form.requestSubmit() }")
    page.wait_for_url("**/manage/find?q=len", timeout=WAIT)
    assert page.get_by_role("link", name="Lena").is_visible()
