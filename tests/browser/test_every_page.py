# SPDX-License-Identifier: MIT
"""One page of every kind, as the links lead to it, for each of the cast: accessible in both schemes, whole at 320 px, silent under the strict policy."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from accessible import dark, faults
from people import type_password
from werkzeug.exceptions import HTTPException

CAST = {  # where each begins, which of the links each follows, how many kinds of pages that are at least
    "vic": (("/", "/sign-in", "/sign-up", "/sign-up/sent", "/sign-in/check", "/reset-password", "/nothing"), "/", 10),
    "lena": (("/account/", "/courses/", "/learn/"), "/", 15),
    "theo": (("/account/", "/teach/courses/"), "/teach/", 8),
    "ada": (("/manage/", "/manage/people/?q=nobody"), "/manage/", 8),
    "pia": (("/account/", "/manage/", "/account/academies", "/privacy", "/privacy/mine/core/account"), "/account/", 11),
}  # fmt: skip
NOISE = ("[DOM] Password forms should have", "Failed to load resource: the server responded with a status of 4")
"""What Chromium says about forms without an address, and about a page that is an error."""


def scrolls(page) -> list[str]:
    """Pages that are wider than the narrowest window."""
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    return [f"{page.url} is {wide} wide"] if wide > 320 else []


def small(page) -> list[str]:
    """Buttons and fields smaller than 24 by 24 px (WCAG 2.2, 2.5.8); links inside sentences may be."""
    look = """els => els.filter(e => e.checkVisibility() && !e.closest('.hidden')).map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 120)])
        .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24)).map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""
    return page.eval_on_selector_all("button, summary, input:not([type=hidden], [type=checkbox], [type=radio]), select, nav a, .button", look)


def kind(portal, name: str, path: str) -> str:
    """Which page of the application an address is; one with a query is a page of its own."""
    adapter = portal.app.url_map.bind(portal.academy("platform" if name == "pia" else "athena").host)
    try:
        return f"{adapter.match(path.partition('?')[0], method='GET')[0]}?{path.partition('?')[2]}"
    except HTTPException:
        return path


def links(page, below: str) -> list[str]:
    """Where the page leads on this host, without queries."""
    found = (urlsplit(link) for link in page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)"))
    return [link.path for link in found if link.netloc == urlsplit(page.url).netloc and link.path.startswith(below)]


@pytest.mark.parametrize("name", list(CAST))
def test_every_kind_of_page_is_accessible_whole_and_silent(portal, opened, name):
    page, said, wrong, seen = opened(name, width=1280), [], [], set()
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    starts, below, least = CAST[name]
    todo = list(starts)
    while todo:
        path = todo.pop(0)
        if kind(portal, name, path) in seen:
            continue
        seen.add(kind(portal, name, path))
        assert page.goto(path).status in (200, 404), path
        wrong += [*scrolls(page), *small(page), *(text for text in said if not any(noise in text for noise in NOISE))]
        wrong += [*faults(page), *dark(page)]
        said.clear()  # axe sets one style of its own, which the policy refuses
        todo += links(page, below)

    assert wrong == []
    assert len(seen) >= least, sorted(seen)


def test_forms_that_were_refused_are_accessible_too(opened):
    vic, lena = opened("vic"), opened("lena")
    vic.goto("/sign-up")
    vic.get_by_role("button", name="Create the account").click()
    lena.goto("/account/profile")
    lena.context.clear_cookies()
    lena.get_by_role("button", name="Save").click()
    assert "Your session has ended" in lena.content()

    assert [*faults(vic), *dark(vic), *scrolls(vic), *faults(lena), *dark(lena), *scrolls(lena)] == []
    type_password(lena, "lena", "not the password")
    assert [*faults(lena), *dark(lena)] == []


def test_the_checks_would_see_a_fault(opened):
    page = opened("vic")
    page.goto("/")
    page.evaluate("document.querySelector('main').insertAdjacentElement('beforeend', document.createElement('button'))")
    page.evaluate("document.querySelector('h1').style.setProperty('inline-size', '900px')")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: 'https://127.0.0.1:1/x.png'}))")

    assert any("button-name" in fault for fault in faults(page))
    assert any("wide" in fault for fault in scrolls(page))
    assert small(page) != []


def test_colours_are_looked_at_when_they_have_come_to_rest(opened):
    """Who has not asked for less motion sees words fade from one scheme to the other: half-way there is little contrast."""
    page = opened("vic", reduced_motion="no-preference")
    page.goto("/")
    page.evaluate("document.querySelector('h1').style.transition = 'color 1s'")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.getAnimations().length") > 0
    page.emulate_media(color_scheme="light")

    assert dark(page) == []
    assert page.evaluate("document.getAnimations().length") == 0
