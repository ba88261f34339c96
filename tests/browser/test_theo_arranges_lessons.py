# SPDX-License-Identifier: MIT
"""Theo arranges the lessons of a course by dragging, by keys, and by buttons in a browser without script."""

from __future__ import annotations

import pytest

START = ["Flour, water, time", "What lives in a starter", "Baker's percentages", "The long afternoon", "Fold, do not knead", "Plan your own bake"]
STARTER, PERCENT, FOLD, BAKE = (START[n] for n in (1, 2, 4, 5))


def rows(page) -> list[str]:
    return page.eval_on_selector_all("[data-id]", "rows => rows.map(row => row.dataset.name)")


def row(page, name: str):
    return page.locator(f'li[data-name="{name}"]')


@pytest.fixture
def outline(opened):
    """The outline of a course in its first order, whatever the test before has done; put back at the end."""
    page = opened("theo", width=1280)
    page.goto("/teach/courses/")
    page.get_by_role("link", name="Your first sourdough").click()
    ids = page.eval_on_selector_all("[data-id]", "rows => rows.map(row => row.dataset.id)")
    yield page
    page.evaluate("([address, ids]) => fetch(address, {method: 'POST', body: new URLSearchParams(ids.map(id => ['order', id]))})", [f"{page.url}/order", ids])


def test_dragging_moves_a_lesson_to_another_section_and_is_kept(outline):
    with outline.expect_response("**/order") as answer:
        row(outline, STARTER).drag_to(row(outline, BAKE), target_position={"x": 200, "y": 36})
    assert answer.value.status == 204
    assert outline.get_by_role("status").inner_text() == f"“{STARTER}” moved. Saved."
    outline.reload()
    assert rows(outline) == [START[0], PERCENT, START[3], FOLD, BAKE, STARTER]


def test_alt_and_an_arrow_move_what_has_the_focus_and_keep_it(outline):
    link = outline.get_by_role("link", name=FOLD)
    link.focus()
    for _ in range(2):
        with outline.expect_response("**/order"):
            outline.keyboard.press("Alt+ArrowUp")
    assert rows(outline) == [START[0], STARTER, FOLD, PERCENT, START[3], BAKE]
    assert outline.evaluate("document.activeElement.textContent") == FOLD
    outline.reload()
    assert rows(outline)[2] == FOLD


def test_buttons_move_without_a_script(opened, outline):
    page = opened("theo", width=360, java_script_enabled=False)
    page.goto(outline.url)
    page.get_by_role("button", name=f"Move “{FOLD}” up").click()
    page.get_by_role("button", name="Move “Flour, water, time” down").click()
    outline.reload()
    assert rows(outline) == [START[3], BAKE, START[0], STARTER, PERCENT, FOLD]
    assert page.get_by_role("button", name=f"Move “{BAKE}” up").count() == 0


def test_an_outline_that_changed_meanwhile_is_not_overwritten(opened, outline):
    other = opened("theo", width=1280)
    other.goto(outline.url)
    other.get_by_label("New section").fill("Meanwhile")
    other.get_by_role("button", name="Add a section").click()
    outline.get_by_role("link", name=FOLD).focus()
    outline.keyboard.press("Alt+ArrowUp")
    outline.get_by_text("Not saved: somebody else has changed this outline.").wait_for()
    other.get_by_label("Rename or remove “Meanwhile”").click()
    other.get_by_role("button", name="Remove the heading").last.click()


def test_lena_goes_on_in_the_lesson_that_she_looked_at_last(opened):
    page = opened("lena")
    with page.expect_response("**/opened") as answer:
        page.goto("/learn/music-theory-from-zero/spell-ten-chords")
    assert answer.value.status == 204
    page.goto("/learn/")
    page.get_by_role("link", name="Continue Music theory from zero").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Spell ten chords"
