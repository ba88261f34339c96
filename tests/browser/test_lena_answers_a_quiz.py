# SPDX-License-Identifier: MIT
"""Theo asks in a lesson; Lena answers on a phone, without a script and by the clock, and hands in work; Theo grades both."""

from __future__ import annotations

import re

from accessible import faults, on_phone

ASKED = (
    ("One right choice", "What does a starter eat?", "sugar\n*flour"),
    ("Put in order", "In which order?", "feed\nwait"),
    ("Words", "Why does it rise?", ""),
)


def build(page) -> str:
    """A course of Theo's with a quiz and an assignment, published; its address."""
    page.goto("/teach/courses/new")
    page.get_by_label("Title").fill("Ask about rye")
    page.get_by_label("Subject").fill("Baking")
    page.locator("main button.primary").click()
    page.get_by_role("link", name="Add a lesson").click()
    page.get_by_label("Title").fill("Rye asks")
    page.get_by_role("button", name="Save").click()
    for kind, title in (("Quiz", "Know your rye"), ("Assignment", "Bake one")):
        page.get_by_role("group", name="Add below").get_by_role("button", name=kind, exact=True).click()
        page.locator(".blocks > li").last.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="Questions and rules").click()
    for kind, prompt, lines in ASKED:
        page.get_by_role("link", name="Add a question").click()
        page.get_by_label("Kind").select_option(label=kind)
        page.get_by_label("Question", exact=True).fill(prompt)
        page.get_by_label("Answers").fill(lines)
        assert faults(page) == []
        page.get_by_role("button", name="Save").click()
    page.get_by_label("Minutes for an attempt").fill("10")
    page.get_by_role("button", name="Save").click()
    assert faults(page) == []
    page.get_by_role("link", name="Ask about rye").click()
    page.get_by_role("link", name="Facts", exact=True).click()
    page.get_by_label("Summary").fill("Questions about rye.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    return page.get_by_role("link", name="View", exact=True).get_attribute("href")


def answer(page) -> None:
    """Answer what is asked, and hand it in."""
    page.get_by_label("flour").check()
    for at, place in enumerate(page.locator(".rank input").all(), start=1):
        place.fill(str(at))
    page.get_by_label("Your answer").fill("Because of gas.")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_text("Handed in. A teacher grades it.").wait_for()


def leave_and_come_back(page) -> None:
    """What was answered is there again: kept by itself after a while, with Enter, and when the page is left; a second tab takes nothing away."""
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_label("flour").check()
    page.get_by_text(re.compile(r"^Kept \d")).wait_for()
    other.get_by_label("Your answer").fill("Gas")
    other.locator(".rank input").first.fill("2")
    other.locator(".rank input").first.press("Enter")
    other.get_by_text("You have not handed them in yet.").wait_for()
    other.get_by_label("Your answer").fill("Because")
    other.goto("about:blank")
    for _again in range(20):
        page.reload()
        if page.get_by_label("Your answer").input_value() == "Because":
            break
    other.close()
    assert (page.get_by_label("flour").is_checked(), page.get_by_label("Your answer").input_value()) == (True, "Because")


def test_lena_answers_on_a_phone_with_and_without_a_script_and_theo_grades(opened):
    theo = opened("theo", width=1280)
    course = build(theo)
    plain = opened("lena", width=360, java_script_enabled=False)
    plain.goto(course)
    plain.get_by_role("button", name="Enrol").first.click()
    lesson = plain.url
    plain.get_by_role("link", name="Open the quiz").click()
    plain.get_by_role("button", name="Begin").click()
    assert "by our clock" in plain.locator(".timer").inner_text()
    answer(plain)

    phone = opened("lena", width=360)
    phone.goto(lesson)
    assert on_phone(phone) == []
    phone.get_by_role("link", name="Open the quiz").click()
    phone.get_by_role("button", name="Begin again").click()
    phone.get_by_text("s left").wait_for()
    assert on_phone(phone) == []
    leave_and_come_back(phone)
    answer(phone)
    assert on_phone(phone) == []
    phone.goto(lesson)
    phone.get_by_role("link", name="Open the assignment").click()
    phone.get_by_label("Your text").fill("It rose.")
    loaf = {"name": "loaf.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    phone.locator("#f-files").evaluate("input => { input.dataset.most = 7; }")
    assert not phone.get_by_text("This is too large to be sent").is_visible()
    phone.locator("#f-files").set_input_files(loaf)
    phone.get_by_role("button", name="Hand in").click()
    phone.get_by_text("This is too large to be sent").wait_for()
    assert (on_phone(phone), phone.get_by_label("Your text").input_value()) == ([], "It rose.")
    phone.locator("#f-files").evaluate("input => { input.dataset.most = 8; }")
    phone.get_by_role("button", name="Hand in").click()
    assert on_phone(phone) == []

    theo.goto(f"/teach/courses/{theo.url.partition('/teach/courses/')[2].partition('/')[0]}/grades")
    assert faults(theo) == []
    theo.get_by_role("link", name="begun").first.click()
    assert faults(theo) == []
    theo.get_by_role("link", name="Attempt 2").click()
    assert faults(theo) == []
    theo.get_by_label("Points for question").last.fill("0.5")
    theo.get_by_label("Feedback").fill("Which gas?")
    theo.get_by_role("button", name="Save the grade").click()
    phone.goto(lesson)
    phone.get_by_role("link", name="Open the quiz").click()
    phone.get_by_role("link", name="Attempt 2").click()
    phone.get_by_text("Which gas?").wait_for()
