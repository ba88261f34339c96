# SPDX-License-Identifier: MIT
"""The cast for tests of plugins: Ada owns athena, Theo teaches there, Lena learns there; Odin owns orion."""

from __future__ import annotations

from upart.academies.actions import set_setting
from upart.cli import demo
from upart.testing.client import Client
from upart.testing.installation import TWO, Installation

HOMES = {"ada": "athena", "theo": "athena", "lena": "athena", "odin": "orion"}
"""At which academy each of them is."""


def seat(installation: Installation) -> None:
    """Write the cast, and what the plugins give as examples (`upart_demo`), into an installation with athena and orion."""
    for slug in TWO:
        demo.fill(installation.app, slug)


def sign_in(installation: Installation, name: str) -> Client:
    """A browser in which one of the cast ("lena") has signed in a moment ago."""
    browser = installation.visitor(HOMES[name])
    answer = browser.post("/sign-in", data={"email": f"{name}@example.org", "password": demo.PASSWORD})
    assert answer.status_code == 303, f"{name} cannot sign in: {answer.status}. Call seat(installation) first."
    return browser


def wear(installation: Installation, slug: str, theme: str) -> None:
    """Let an academy wear a theme."""
    with installation.everywhere() as session:
        set_setting(session, installation.academy(slug).id, "theme", theme)
