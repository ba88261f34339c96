# SPDX-License-Identifier: MIT
"""What a person would stumble over on a page in the browser: asked of axe, in each scheme, once nothing moves any more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AXE = (Path(__file__).parent / "browser" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async (only) => {
    const which = only.length ? {runOnly: {type: 'rule', values: only}} : {rules: {'target-size': {enabled: true}}}
    return (await axe.run(document, {...which, resultTypes: ['violations']})).violations
}"""
CONTRAST = ("color-contrast",)
"""What can differ between the schemes of one page."""
STILL = """async (limit) => {
    const end = performance.now() + limit, moving = () => document.getAnimations().filter(one => one.playState === 'running')
    while (moving().length && performance.now() < end)
        await Promise.race([Promise.allSettled(moving().map(one => one.finished)), new Promise(done => setTimeout(done, 100))])
    return moving().map(one => `${one.transitionProperty ?? one.animationName} of ${one.effect.target.outerHTML.slice(0, 120)}`)
}"""
LONGEST = 10_000
"""Milliseconds after which what still moves is taken to move for ever."""


def settle(page: Any) -> None:
    """Wait until every transition and animation has come to its end: on its way a colour is neither the one nor the other."""
    moving = page.evaluate(STILL, LONGEST)
    assert moving == [], f"{page.url} moves for ever: {moving}"


def faults(page: Any, only: Sequence[str] = ()) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 AA and good practice, or only these rules). The script is evaluated: the page's policy stays."""
    settle(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE + ";0")
    found = page.evaluate(RUN, list(only))
    return [f"{page.url}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]


def dark(page: Any, only: Sequence[str] = CONTRAST) -> list[str]:
    """The same in the dark scheme, of contrast alone; afterwards the page is light again, and still."""
    page.emulate_media(color_scheme="dark")
    found = [f"dark: {fault}" for fault in faults(page, only)]
    page.emulate_media(color_scheme="light")
    settle(page)
    return found


def on_phone(page: Any) -> list[str]:
    """What a person would stumble over on a phone, in either scheme; and what is wider than it."""
    wide = [page.url] if page.evaluate("document.documentElement.scrollWidth") > 360 else []
    return [*wide, *faults(page), *dark(page, only=())]


def looks(page: Any, name: object = "", *, narrow: int = 360) -> list[str]:
    """What is wrong with a page in either width and scheme; with SHOTS in the environment a named page leaves its pictures in that folder."""
    wrong = []
    for width in (1280, narrow):
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{page.url} is too wide"] if page.evaluate("document.documentElement.scrollWidth > window.innerWidth") else []
        for scheme, only in (("light", ()), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=scheme)
            wrong += faults(page, only)
            if name != "" and (shots := os.environ.get("SHOTS")):
                page.screenshot(path=str(Path(shots) / f"{name}-{width}-{scheme}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong
