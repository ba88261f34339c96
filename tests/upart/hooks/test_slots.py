# SPDX-License-Identifier: MIT
"""Slots on pages of the core and of courses; those that plugins open themselves."""

from __future__ import annotations

import re

import pytest
from people import sign_in
from sqlalchemy import func, select
from upart_opener import hooks

from upart.accounts.models import Person
from upart.db import session
from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.records import Manifest, Slot
from upart.hooks.slots import check_slots

COURSE = "/courses/your-first-sourdough"
PAGES = (  # slot, who opens the page, its path
    ("head.meta", "vic", "/"), ("nav.main", "vic", "/"), ("footer", "vic", "/"), ("privacy.card", "lena", "/privacy/mine"), ("course.aside", "vic", COURSE),
    ("opener.aside", "vic", "/opener/"),
)  # fmt: skip


def has(page: str, slot: str) -> bool:
    """Is a part of the opener there?"""
    return f'data-slot="{slot}"' in page


def test_each_slot_is_on_its_page_and_a_failing_part_alone_is_missing(opened):
    people = {"vic": opened.visitor("athena"), "lena": sign_in(opened, "lena")}
    for slot, who, path in PAGES:
        assert has(people[who].get(path).text, slot), slot
    hooks.ACTS |= {slot: lambda *about: 1 / 0 for slot, _who, _path in PAGES[3:]}
    opened.state.cache._pages.clear()
    for slot, who, path in PAGES[3:]:
        answer = people[who].get(path)
        assert (answer.status_code, has(answer.text, slot), has(answer.text, "footer")) == (200, False, True), slot


def test_a_part_is_given_what_its_page_is_about(opened):
    for slot in ("course.aside", "lesson.after", "manage.course.tab", "manage.person.tab"):
        hooks.ACTS[slot] = lambda row: row["title"] if isinstance(row, dict) else getattr(row, "title", None) or row.name
    theo, ada, vic = sign_in(opened, "theo"), sign_in(opened, "ada"), opened.visitor("athena")
    lesson = re.search(r'href="(/learn/your-first-sourdough/[^"]+)"', vic.get(COURSE).text)[1]
    write = re.search(r'href="(/teach/[^"]+/[0-9a-f-]{36}[^"]*)"', theo.get("/teach/courses/").text)[1]
    with opened.reading("athena") as session:
        lena = session.scalars(select(Person.id).where(Person.name == "Lena")).one()

    assert '<i data-slot="course.aside">Your first sourdough</i>' in vic.get(COURSE).text
    assert '<i data-slot="lesson.after">What lives in a starter</i>' in vic.get(lesson).text
    assert re.search(r'<i data-slot="manage.course.tab">[A-Z]', theo.get(write).text)
    assert '<i data-slot="manage.person.tab">Lena</i>' in ada.get(f"/manage/people/{lena}").text


def test_a_slot_of_many_rows_is_asked_once(opened):
    asked = []
    hooks.ACTS["badges"] = lambda rows: asked.append(len(rows)) or {row["id"]: {"name": "badge", "about": row["title"]} for row in rows}
    page = opened.visitor("athena").get("/courses/").text
    assert (asked, page.count('data-slot="badge"')) == ([3], 3)


def test_what_the_opener_shows_is_gone_where_it_is_off(opened):
    ada = sign_in(opened, "ada")
    assert ada.post("/manage/plugins/opener", data={"act": "off"}).status_code == 303
    pages = [ada.get(path).text for path in ("/", COURSE, "/privacy/mine")]
    assert [page for page in pages if "data-slot" in page] == []


def plugin(id: str, *fills: str, opens: tuple[str, ...] = (), needs: tuple[str, ...] = ()) -> Plugin:
    """A plugin that fills and opens slots."""
    manifest = Manifest(id=id, version="1.0", slots=opens, requires=dict.fromkeys(needs, ">=1"))
    return Plugin(id, manifest=manifest, slots=[Slot(name=name, template="", values=dict) for name in fills])


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (plugin("quiz", "home.cellar"), "fills the slot 'home.cellar', which does not exist"),
        (plugin("quiz", "shop.aside"), "fills the slot 'shop.aside', which does not exist"),
        (plugin("quiz", opens=("shop.other",)), "a name that is not its own"),
        (plugin("shop", opens=("course.aside",)), "which 'courses' opens already"),
    ],
)
def test_a_slot_that_nobody_opens_or_that_is_another_s_breaks_the_plugin(made, why):
    shop, courses = plugin("shop", opens=("shop.aside",)), plugin("courses", opens=("course.aside",))
    with pytest.raises(PluginError, match=why):
        check_slots(made, [shop, courses] if made.id != "shop" else [courses])
    check_slots(plugin("quiz", "shop.aside", "home.section", "class.aside", needs=("shop",)), [shop, courses])


def test_a_page_that_says_what_went_wrong_reads_nothing_for_parts(opened):
    hooks.ACTS["footer"] = lambda: 1 / 0
    vic = opened.visitor("athena")
    for _ in range(6):  # more than a plugin may fail
        answer = vic.get("/nowhere")
        assert (answer.status_code, "data-slot" in answer.text) == (404, False)
    assert opened.state.plugins.get("opener").healthy


def test_a_part_whose_statement_fails_takes_no_page_along(installation, monkeypatch):
    courses = installation.state.plugins.get("courses")
    fails = Slot(name="head.meta", template="", values=lambda: session.execute(select(func.nothing_of_this_name())))
    reads = Slot(name="home.section", template="courses/home.html", values=lambda: {"courses": [], "count": len(session.scalars(select(Person.id)).all())})
    monkeypatch.setattr(courses, "slots", [fails, reads])
    installation.state.dispatcher.slots.cache_clear()
    page = installation.visitor("athena").get("/")
    assert (page.status_code, "Start with one of these" in page.text) == (200, True)
