# SPDX-License-Identifier: MIT
"""Theo builds a whole course by the screen alone; Lena takes it on her phone: she reads, waits, answers, hands in, is graded and gets her certificate."""

from __future__ import annotations

import os
from pathlib import Path

from accessible import faults

TITLE, ADDRESS = "Rye in five days", "rye-in-five-days"
LIST = b"Rye flour 500 g, water 450 g, salt 10 g."
ASKED = (("One right choice", "What does a starter eat?", "sugar\n*flour"), ("A number", "How many grams of salt?", "10"))
NARROW = 390


def stands(page, name: str) -> None:
    """The page fits the screen, and nobody stumbles over it; with SHOTS in the environment its picture lies in that folder."""
    if shots := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(shots) / f"{name}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert faults(page) == []


def lesson(page, title: str, section: int) -> None:
    """Add a lesson at the end of a section, and go on writing on it."""
    page.get_by_role("link", name="Add a lesson").nth(section).click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").last.fill("Rye has little gluten. Take your time.")
    page.get_by_role("button", name="Save").click()


def add(page, kind: str):
    """Press a button below the blocks, and give the new one."""
    page.get_by_role("group", name="Add below").get_by_role("button", name=kind, exact=True).click()
    return page.locator(".blocks > li").last


def read_with_a_file(page) -> None:
    lesson(page, "Shop and feed", 0)
    add(page, "File")
    page.get_by_label("File", exact=True).set_input_files({"name": "list.txt", "mimeType": "text/plain", "buffer": LIST})
    page.get_by_role("button", name="Add it").click()
    page.locator(".blocks > li").last.get_by_label("What it is").fill("What to buy")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Back to the outline").click()


def task(page, lesson_title: str, section: int, kind: str, rules: str) -> None:
    """A lesson that is done when its quiz or assignment is passed; leaves the page of its rules open."""
    lesson(page, lesson_title, section)
    made = add(page, kind)
    made.get_by_label("Title").fill(f"{kind}: {lesson_title}")
    made.get_by_label("Must be passed").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name=rules).click()


def ask(page) -> None:
    for kind, prompt, lines in ASKED:
        page.get_by_role("link", name="Add a question").click()
        page.get_by_label("Kind").select_option(label=kind)
        page.get_by_label("Question", exact=True).fill(prompt)
        page.get_by_label("Answers").fill(lines)
        page.get_by_role("button", name="Save").click()


def build(page) -> None:
    """Three lessons in two sections; the second opens three days after somebody has enrolled."""
    page.goto("/teach/courses/new")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Subject").fill("Baking")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_label("New section").fill("The weekend")
    page.get_by_role("button", name="Add a section").click()
    read_with_a_file(page)
    task(page, "Know your rye", 0, "Quiz", "Questions and rules")
    ask(page)
    page.get_by_role("link", name=TITLE).click()
    task(page, "Bake one", 1, "Assignment", "Points and deadline")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Access", exact=True).click()
    page.get_by_role("listitem").filter(has_text="The weekend").get_by_role("link", name="Change").click()
    page.get_by_label("Some days after enrolling").check()
    page.get_by_label("Days", exact=True).fill("3")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Facts", exact=True).click()
    page.get_by_label("Summary").fill("Five days from flour to loaf.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def take(phone) -> None:
    """Enrol, read, fetch the file, and answer the quiz; the second section is locked and says until when."""
    phone.goto(f"/courses/{ADDRESS}")
    phone.get_by_role("button", name="Enrol").first.click()
    with phone.expect_download() as arriving:
        phone.get_by_role("link", name="What to buy").click()
    assert arriving.value.path().read_bytes() == LIST
    stands(phone, "lena-reads")
    phone.get_by_role("button", name="Mark done and go on").click()
    phone.get_by_role("link", name="Open the quiz").first.click()
    phone.get_by_role("button", name="Begin").click()
    phone.get_by_label("flour").check()
    phone.get_by_label("Your number").fill("10")
    phone.get_by_role("button", name="Hand in").click()
    phone.get_by_text("Passed").first.wait_for()
    stands(phone, "lena-has-answered")
    phone.goto(f"/learn/{ADDRESS}/bake-one")
    phone.get_by_role("heading", name="Not open yet").wait_for()
    assert "Opens on" in phone.locator("main").inner_text()
    stands(phone, "lena-waits")


def hand_in(phone) -> None:
    phone.goto(f"/learn/{ADDRESS}/bake-one")
    phone.get_by_role("link", name="Open the assignment").first.click()
    phone.get_by_label("Your text").fill("It rose, and it cracked a little.")
    phone.get_by_role("button", name="Hand in").click()
    phone.get_by_text("waits for a teacher").wait_for()


def grade(page) -> None:
    page.get_by_role("link", name="Grades", exact=True).click()
    page.get_by_role("link", name="To grade").click()
    page.get_by_role("link", name="Lena").first.click()
    page.get_by_label("Points").fill("9.5")
    page.get_by_label("Feedback").fill("Score it deeper next time.")
    stands(page, "theo-grades")
    page.get_by_role("button", name="Save the grade").click()


def test_theo_builds_and_lena_takes_a_course(opened):
    theo, lena = opened("theo", width=1280), opened("lena", width=NARROW)
    build(theo)
    stands(theo, "theo-has-published")
    take(lena)

    theo.get_by_role("link", name="Access", exact=True).click()
    theo.get_by_role("button", name="Open everything to everybody now").click()
    hand_in(lena)
    grade(theo)

    lena.goto(f"/learn/{ADDRESS}/bake-one")
    lena.get_by_role("link", name="Open the assignment").first.click()
    lena.get_by_text("Score it deeper next time.").wait_for()
    assert "9.5 of 10 points" in lena.locator("main").inner_text()
    lena.goto("/learn/")
    lena.get_by_role("article").filter(has_text=TITLE).get_by_role("link", name="Your certificate").click()
    lena.get_by_text("This certificate holds.").wait_for()
    stands(lena, "lena-is-certified")
