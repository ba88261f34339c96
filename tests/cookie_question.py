# SPDX-License-Identifier: MIT
"""Answering about cookies: where to, what a browser then keeps, and what the page of choices shows it."""

from __future__ import annotations

from upart.testing import Client, Installation
from upart.theming.render import slot

SHEET = "/privacy/choices/question.css"
ANSWER = "/privacy/choices/cookies"


def chosen(browser: Client) -> str:
    """What the cookie of the choice says."""
    return browser.cookie("upart_choices") or ""


def section(installation: Installation, browser: Client, slug: str = "athena", **environ: str) -> str:
    """The part about cookies of the page of choices, as this browser gets it."""
    brought = {"HTTP_COOKIE": f"upart_choices={chosen(browser)}", "upart.academy": installation.academy(slug), **environ}
    with installation.app.test_request_context("/", environ_overrides=brought), installation.reading(slug):
        return str(slot("privacy.choices"))
