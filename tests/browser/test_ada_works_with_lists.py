# SPDX-License-Identifier: MIT
"""Ada chooses people by keyboard alone, takes an act back, keeps a view, brings in a table; wide and on a phone, light and dark."""

from __future__ import annotations

from accessible import looks
from people import work

TABLE, OTHERS = (f"Name;Mail\n{name};{name}@example.org\nOtto;otto@example;org\n".encode() for name in ("Mara", "Nele"))


SEEN = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one)
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
    const ringed = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none'
    return one === document.body || (ringed && at !== null && (one.contains(at) || at.contains(one))) ? '' : one.outerHTML.slice(0, 160)
}"""
"""What has the focus, if it has no ring or lies under something else or outside of the window (WCAG 2.4.7, 2.4.11)."""


def press_until(page, name: str, *, most: int = 60) -> None:
    """Go on with the tabulator until something of this name has the focus; on the way each that has it can be seen."""
    for _step in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "", page.url
        at = page.evaluate("(document.activeElement.ariaLabel || document.activeElement.textContent || '').trim()")
        if at == name or at.startswith(f"{name},"):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_ada_chooses_suspends_and_takes_back_by_keyboard_and_brings_in_a_table(portal, opened):
    page = opened("ada", width=1280)
    page.goto("/manage/people/")
    assert not page.locator(".bulk").is_visible()
    press_until(page, "Choose Lena")
    page.keyboard.press("Space")
    page.get_by_text("1 chosen").wait_for(timeout=15_000)
    assert looks(page, narrow=320) == []
    page.keyboard.press("Shift+Tab")
    page.locator("[data-choose-all]").check()
    assert page.locator("[name=row]:not(:checked)").count() == 0
    page.locator("[data-choose-all]").uncheck()
    page.get_by_label("Choose Lena").check()
    page.locator(".bulk button", has_text="Suspend").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One person is suspended").wait_for(timeout=15_000)
    assert looks(page, narrow=320) == []
    page.get_by_role("button", name="Undo").press("Enter")
    page.get_by_role("heading", name="One person can sign in again").wait_for(timeout=15_000)
    page.goto("/manage/people/?role=teacher")
    page.get_by_role("link", name="Keep this view").click()
    page.get_by_label("Name of the view").fill("Who teaches")
    assert looks(page, narrow=320) == []
    page.get_by_role("button", name="Keep it").click()
    assert page.get_by_role("link", name="Who teaches").get_attribute("aria-current") == "page"
    page.goto("/manage/people/import")
    assert looks(page, narrow=320) == []
    page.get_by_label("The table, a CSV file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE})
    page.get_by_role("button", name="See what would come of it").click()
    page.get_by_text("One row needs a correction").wait_for(timeout=15_000)
    assert looks(page, narrow=320) == []
    page.get_by_role("button", name="Bring in one row").click()
    page.get_by_text("you can close this page").wait_for(timeout=15_000)
    work(portal)
    page.get_by_role("link", name="See what came of it").click(timeout=15_000)
    page.get_by_role("button", name="Take back one row").wait_for(timeout=15_000)
    assert looks(page, narrow=320) == []


def test_ada_does_it_all_on_a_phone_by_keyboard_alone(opened):
    page = opened("ada", width=360)
    page.goto("/manage/people/")
    press_until(page, "Choose Lena")
    page.keyboard.press("Space")
    press_until(page, "Suspend")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One person is suspended").wait_for(timeout=15_000)
    press_until(page, "Undo")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One person can sign in again").wait_for(timeout=15_000)
    page.keyboard.press("Control+k")
    page.get_by_role("option", name="People", exact=True).or_(page.get_by_role("option", name="Health")).first.wait_for(timeout=15_000)
    page.keyboard.type("people")
    page.get_by_role("option", name="Health").wait_for(state="detached", timeout=15_000)
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/people/", timeout=15_000)
    press_until(page, "Import")
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/people/import", timeout=15_000)
    page.get_by_label("The table, a CSV file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": OTHERS})
    press_until(page, "See what would come of it")
    page.keyboard.press("Enter")
    page.get_by_text("One row needs a correction").wait_for(timeout=15_000)
    press_until(page, "Bring in one row")
    page.keyboard.press("Enter")
    page.get_by_text("you can close this page").wait_for(timeout=15_000)
