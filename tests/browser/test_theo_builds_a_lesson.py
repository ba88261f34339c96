# SPDX-License-Identifier: MIT
"""Theo builds a lesson of blocks in his browser, and looks at it as learners will: on a phone, in the dark, with nothing loaded from elsewhere."""

from __future__ import annotations

import base64

from accessible import faults, on_phone
from pictures import picture

FILM = """async () => {
  const canvas = document.createElement("canvas"), paint = canvas.getContext("2d"), parts = []
  const made = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" })
  made.ondataavailable = (event) => parts.push(event.data)
  made.start()
  for (let i = 0; i < 12; i++) {
    paint.fillStyle = `hsl(${i * 30} 60% 50%)`
    paint.fillRect(0, 0, 300, 150)
    await new Promise((go) => setTimeout(go, 100))
  }
  made.stop()
  await new Promise((go) => (made.onstop = go))
  return btoa(String.fromCharCode(...new Uint8Array(await new Blob(parts).arrayBuffer())))
}"""
WORDS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nFold, do not knead.\n"


def names(page) -> list[str]:
    return page.eval_on_selector_all(".blocks > li:not([data-removed])", "rows => rows.map(row => row.querySelector('[name=block]').value)")


def add(page, kind: str):
    """Press a button below, and give the new block."""
    page.get_by_role("group", name="Add below").get_by_role("button", name=kind, exact=True).click()
    return page.locator(".blocks > li").last


def begin(page) -> None:
    """A draft with a lesson of one text, which nobody else sees."""
    page.goto("/teach/courses/new")
    page.get_by_label("Title").fill("Rye at home")
    page.get_by_label("Subject").fill("Baking")
    page.locator("main button.primary").click()
    page.get_by_role("link", name="Add a lesson").click()
    page.get_by_label("Title").fill("Why rye is different")
    page.get_by_label("Text").last.fill("Rye has little gluten.\n\n## Feeding\n\nOnce a day.")
    page.get_by_role("button", name="Save").click()


def fill(page) -> None:
    """One block of each kind."""
    film = base64.b64decode(page.evaluate(FILM))
    add(page, "Note").get_by_label("Text").fill("Feed it **every day**.")
    code = add(page, "Program text")
    code.get_by_label("Language").select_option("python")
    code.get_by_label("Program text").last.fill("def feed(grams=50):\n    return grams * 2  # flour and water")
    elsewhere = add(page, "Video from elsewhere")
    elsewhere.get_by_label("Address").fill("https://youtu.be/dQw4w9WgXcQ")
    elsewhere.get_by_label("Title").fill("A baker shapes a loaf")
    for kind, file, typed in (("Picture", ("loaf.jpg", "image/jpeg", picture()), "Words below it"), ("Video", ("film.webm", "video/webm", film), "Title")):
        add(page, kind)
        page.get_by_label("File", exact=True).set_input_files({"name": file[0], "mimeType": file[1], "buffer": file[2]})
        if kind == "Picture":
            page.get_by_label("What it shows").fill("A round loaf")
        else:
            page.get_by_label("Captions", exact=True).set_input_files({"name": "film.vtt", "mimeType": "text/vtt", "buffer": WORDS})
        page.get_by_role("button", name="Add it").click()
        page.locator(".blocks > li").last.get_by_label(typed).fill(f"Below the {kind.lower()}")
    page.get_by_role("button", name="Save").last.click()


def test_a_lesson_of_all_kinds_is_built_moved_and_read(opened):
    page = opened("theo", width=1280)
    begin(page)
    fill(page)
    before = names(page)
    assert (len(before), faults(page)) == (6, [])

    page.locator(f"#b-{before[1]} .grip").drag_to(page.locator(f"#b-{before[0]} header"), target_position={"x": 200, "y": 3})
    page.locator(f"#b-{before[3]}").get_by_label("Title").press("Alt+ArrowUp")
    page.locator(f"#b-{before[5]} [data-remove]").click()
    page.get_by_role("button", name="Undo").click()
    page.locator(f"#b-{before[4]} [data-remove]").click()
    moved = [before[1], before[0], before[3], before[2], before[5]]
    assert names(page) == moved
    page.get_by_role("button", name="Save").last.click()
    assert names(page) == moved
    editor = page.url.partition("#")[0].partition("?")[0]

    phone, asked = opened("theo", width=360), []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(editor)
    assert on_phone(phone) == []
    phone.get_by_role("link", name="View").click()
    assert on_phone(phone) == []
    phone.wait_for_function("document.querySelector('video').readyState >= 2")
    phone.get_by_label("Speed").select_option("1.5")
    assert phone.evaluate("document.querySelector('video').playbackRate") == 1.5
    assert [url for url in asked if "athena.localhost" not in url] == []

    phone.route("https://www.youtube-nocookie.com/**", lambda route: route.fulfill(body="<p>The player</p>", content_type="text/html"))
    phone.get_by_role("link", name="Load the video").click()
    phone.frame_locator("iframe").get_by_text("The player").wait_for()


def test_blocks_are_written_without_a_script(opened):
    page = opened("theo", width=360, java_script_enabled=False)
    begin(page)
    add(page, "Note").get_by_label("Text").fill("Kept.")
    page.get_by_role("button", name="Move “Note 2” up").click()
    first, second = names_without_script(page)
    page.get_by_role("button", name="Remove “Text 2”").click()
    assert names_without_script(page) == [first]
    page.get_by_role("button", name="Undo").click()
    assert names_without_script(page) == [first, second]
    assert page.locator(f"#b-{first}").get_by_label("Text").input_value() == "Kept."


def names_without_script(page) -> list[str]:
    return [one.get_attribute("value") for one in page.locator(".blocks [name=block]").all()]
