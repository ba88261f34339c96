# SPDX-License-Identifier: MIT
"""On a phone Mara signs up, opens her mail, enrols and finishes a course that Ada has just written and published."""

from __future__ import annotations

import email
import email.policy
import re
import time

from people import type_password

PASSWORD = "a quiet walk at noon"


def link_in_mail(folder, to: str) -> str:
    """The address in the newest mail to somebody, as the demo has written it; waits for the worker."""
    for _ in range(300):
        for file in sorted((folder / "mail").glob("*.eml"), reverse=True):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if to in message["To"]:
                return re.search(r"https?://\S+", message.get_body(("plain",)).get_content())[0]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {to} in {folder}")


def window(browser, port, width: int):
    return browser.new_context(base_url=f"http://athena.localhost:{port}", viewport={"width": width, "height": 780}, reduced_motion="reduce").new_page()


def write_a_course(page, title: str) -> None:
    """Ada makes a course with one lesson of Markdown, looks at its preview, and publishes it."""
    page.goto("/teach/courses/")
    page.get_by_role("link", name="New course").first.click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Subject").fill("Walking")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("link", name="Add a lesson").first.click()
    page.get_by_label("Title").fill("Set out")
    page.get_by_label("Text").fill("## First steps\n\nLeave **slowly**.")
    page.get_by_role("button", name="Preview").click()
    assert page.locator("strong", has_text="slowly").count() == 1
    page.get_by_role("button", name="Save").click()
    page.get_by_role("group", name="Add below").wait_for()
    page.get_by_role("link", name="Back to the outline").click()
    page.get_by_role("link", name="Facts").first.click()
    page.get_by_label("Summary").fill("Going for walks without hurry.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_text("Published").first.wait_for()


def test_ada_publishes_and_mara_signs_up_on_a_phone_enrols_and_finishes(browser, own_demo):
    folder, port = own_demo
    ada, mara = window(browser, port, 1280), window(browser, port, 360)
    type_password(ada, "ada")
    write_a_course(ada, "A walk a day")
    mara.goto("/sign-up")
    mara.get_by_label("Your name").fill("Mara")
    mara.get_by_label("E-mail").fill("mara@example.org")
    mara.get_by_label("Password", exact=True).fill(PASSWORD)
    mara.get_by_role("button", name="Create the account").click()
    mara.get_by_role("heading", name="Look into your mailbox").wait_for()

    mara.goto(link_in_mail(folder, "mara@example.org"))
    mara.get_by_label("Password", exact=True).fill(PASSWORD)
    mara.get_by_role("button", name="Confirm and sign in").click()
    mara.goto("/courses/a-walk-a-day")
    mara.get_by_role("button", name="Enrol").click()
    mara.goto("/learn/a-walk-a-day/set-out")
    mara.get_by_role("button", name="Mark done and go on").click()
    mara.goto("/learn/")
    mara.get_by_text("1 of 1 lessons done").wait_for()
    mara.get_by_text("You finished this course").wait_for()
    assert mara.evaluate("document.documentElement.scrollWidth") <= 360
