# SPDX-License-Identifier: MIT
"""A plugin is told that an academy switches it on or off; what fails refuses the first and never the second."""

from __future__ import annotations

from people import sign_in
from sqlalchemy import func, select
from upart_opener import hooks

from upart.academies.actions import enable_plugin
from upart.context import context
from upart.db import session
from upart.events.actions import emit
from upart.events.models import Event


def switch(browser, act: str):
    """Ada presses the button of the opener's page."""
    seen = browser.get("/manage/plugins/opener").text.partition('name="seen" value="')[2].partition('"')[0]
    return browser.post("/manage/plugins/opener", data={"act": act, "seen": seen})


def happened(opened, type: str) -> int:
    """How often something happened at Athena."""
    with opened.reading("athena") as found:
        return found.scalar(select(func.count(Event.id)).where(Event.type == type))


def test_it_writes_in_the_transaction_of_the_switch(opened):
    told = []
    hooks.ACTS["enabled"] = lambda academy: told.append((academy.slug, "opener" in academy.plugins)) or emit("opener.began")
    hooks.ACTS["disabled"] = lambda academy: told.append((academy.slug, "opener" in context.academy.plugins)) or emit("opener.ended")
    ada = sign_in(opened, "ada")
    assert switch(ada, "off").status_code == switch(ada, "agree").status_code == 303
    assert told == [("athena", False), ("athena", True)]
    assert (happened(opened, "opener.ended"), happened(opened, "opener.began")) == (1, 1)


def test_what_cannot_begin_stays_off_and_says_why(opened):
    ada = sign_in(opened, "ada")
    switch(ada, "off")
    hooks.ACTS["enabled"] = lambda academy: emit("opener.began") and 1 / 0
    answer = switch(ada, "agree")
    assert (answer.status_code, "ZeroDivisionError" in answer.text) == (409, True)
    assert ("opener" in opened.academy("athena").plugins, happened(opened, "opener.began"), happened(opened, "plugins.enabled")) == (False, 0, 0)


def test_what_cannot_end_is_off_all_the_same(opened):
    def end(academy):
        emit("opener.ended")
        session.execute(select(func.nothing_of_this_name()))

    hooks.ACTS["disabled"] = end
    assert switch(sign_in(opened, "ada"), "off").status_code == 303
    assert ("opener" in opened.academy("athena").plugins, happened(opened, "opener.ended"), happened(opened, "plugins.disabled")) == (False, 0, 1)


def test_what_a_role_may_do_in_a_plugin_stays_while_that_is_off(opened):
    ada = sign_in(opened, "ada")
    assert ada.post("/manage/plugins/courses", data={"act": "off"}).status_code == 303
    assert "courses.learn" not in ada.get("/manage/roles").text
    assert ada.post("/manage/roles/learner", data={"permission": []}).status_code == 303
    with opened.everywhere() as found:
        enable_plugin(found, opened.academy("athena").id, "courses")
    assert opened.academy("athena").roles["learner"] == {"courses.learn"}
