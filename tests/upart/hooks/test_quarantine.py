# SPDX-License-Identifier: MIT
"""A plugin that keeps failing loses its part of the page, then is quarantined; the page stays."""

from __future__ import annotations

from dataclasses import replace

from upart.hooks.models import PluginState


def test_a_failing_part_is_left_out_and_its_plugin_quarantined(portal, caplog):
    courses = portal.state.plugins.get("courses")
    portal.state.dispatcher.slots.cache_clear()
    courses.slots = [replace(courses.slots[0], values=lambda: 1 / 0)]
    vic = portal.visitor("athena")

    answers = [vic.get("/", headers={"Host": "athena.localhost"}) for _ in range(3)]
    assert {a.status_code for a in answers} == {200}
    assert "Start with one of these" not in answers[0].text

    for n in range(5):
        portal.state.cache._pages.clear()
        assert vic.get("/").status_code == 200, n
    assert courses.state is PluginState.QUARANTINED
    assert "ZeroDivisionError" in courses.reason
    assert "upart plugins enable courses" in courses.remedy
