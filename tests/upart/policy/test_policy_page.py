# SPDX-License-Identifier: MIT
"""Vic reads the privacy policy of Athena: all that is declared, in words, on a page that caches may keep."""

from __future__ import annotations

import json
import re

import pytest
from people import sign_in
from policies import change, publish, read
from sentences import undeclared

from upart.academies import actions
from upart.accounts.sessions import COOKIES
from upart.db import Model
from upart.policy.facts import facts
from upart.privacy.register import TableEntry
from upart.theming import wording

DECLARATION = re.compile(r'data-declaration="([^"]+)"')


def compiled_at(portal, slug: str = "athena") -> set[str]:
    """The columns in what would be published now."""
    with portal.app.test_request_context(), portal.reading(slug):
        return set(facts(portal.academy(slug))["column"])


def personal(portal, plugin: str, controller: str = "academy") -> list[TableEntry]:
    return [entry for entry in portal.state.plugins.register.of(plugin) if entry.is_personal and entry.processing and entry.controller == controller]


def test_every_table_stands_there_with_ground_and_period(portal):
    page = read(portal)
    kept = [*personal(portal, "core"), *personal(portal, "courses")]
    assert len(kept) > 8
    with portal.app.test_request_context():
        for entry in kept:
            for said in (entry.title, wording.basis(entry.processing), wording.period(entry.processing)):
                assert said in page, (entry.table, said)


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_sentence_has_the_id_of_its_declaration(portal, language):
    change(portal, policy_start="Ours. **Really.**", policy_end="- one\n- two", visits="no")
    publish(portal)
    for slug in ("athena", "platform"):
        found, declared = undeclared(portal.visitor(slug).get(f"/privacy?language={language}").text)
        assert found == []
        assert declared > 200
    page = read(portal)
    assert "Visits to these pages are not counted." in page
    assert "this is noted: the minute" not in page


def test_every_category_of_core_has_words(portal):
    page = read(portal) + read(portal, "platform")
    for controller in ("academy", "platform"):
        for entry in personal(portal, "core", controller):
            for _column, declared in entry.declared():
                assert not declared.category or wording.CATEGORIES[declared.category] in page


def test_it_names_who_decides_and_every_cookie(portal):
    page = read(portal)
    assert "Athena Learning e.U., Vienna decides what is kept here and why" in page
    assert "UPART demo installation runs the portal for it" in page
    assert all(f'data-declaration="cookie.{cookie}"' in page for cookie in COOKIES)
    assert "30 minutes without a click" in page
    assert "60 days" in page


def test_it_says_whom_to_write_to_and_where_to_complain(portal):
    athena, platform = (portal.visitor(slug).get("/privacy").text for slug in ("athena", "platform"))
    assert "Write about your data to: privacy@athena.example." in athena
    assert "complain to the Austrian Data Protection Authority, Barichgasse 40, 1030 Vienna, or go to court" in athena
    assert "complain to the data protection authority of your country, or go to court" in platform
    assert "Write about your data to" not in platform


def test_accounts_stand_on_the_platforms_page(portal):
    assert "core.account.email" not in DECLARATION.findall(read(portal))
    assert {"core.account.email", "core.recovery_code"} <= set(DECLARATION.findall(read(portal, "platform")))


def test_a_plugin_that_is_off_stands_there_as_long_as_something_of_it_is_left(portal):
    with portal.everywhere() as session:
        actions.disable_plugin(session, portal.academy("athena").id, "courses")
    assert "courses.courses_enrolment.learner_id" in compiled_at(portal)
    with portal.everywhere() as session:
        for table in ("courses_lesson_event", "courses_enrolment"):
            session.execute(Model.metadata.tables[table].delete())
    assert "courses.courses_enrolment.learner_id" not in compiled_at(portal)
    assert "courses.courses_course.author_id" in compiled_at(portal)


def test_it_is_the_same_for_everybody_sets_no_cookie_and_may_be_cached(portal):
    vic = portal.visitor("athena").get("/privacy")
    assert vic.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in vic.headers
    assert sign_in(portal, "lena").get("/privacy").data == vic.data
    assert portal.visitor("athena").get("/privacy", headers={"If-None-Match": vic.headers["ETag"]}).status_code == 304


def test_when_the_host_has_another_name_every_academy_says_so_at_once(portal):
    assert "UPART demo installation runs the portal for it" in read(portal)
    change(portal, "platform", legal_name="Donau Hosting GmbH")
    assert "Donau Hosting GmbH" in read(portal)


def test_each_version_keeps_its_words_for_ever(portal):
    before = read(portal, path="/privacy/versions/1")
    assert "Version 1, published on" in before
    change(portal, legal_name="Minerva Learning e.U.")
    assert publish(portal) == 2
    assert "Athena Learning e.U., Vienna decides" in read(portal, path="/privacy/versions/1")
    assert "a newer version is in force" in read(portal, path="/privacy/versions/1")
    assert "Minerva Learning e.U., Vienna decides" in read(portal)
    assert "What was new in version 2" in read(portal, path="/privacy/versions/2")
    assert re.findall(r'href="(/privacy/versions/\d+)"', read(portal, path="/privacy/versions/")) == ["/privacy/versions/2", "/privacy/versions/1"]


def test_what_has_changed_since_stands_above_the_policy_until_it_is_published(portal):
    assert "Something is different" not in read(portal)
    change(portal, legal_name="Minerva Learning e.U.")
    page = read(portal)
    assert "Something is different since version 1" in page
    assert re.search(r"<del><span[^>]*>no longer: </span>Athena</del>\s*<ins><span[^>]*>new: </span>Minerva</ins>", page)
    publish(portal)
    assert "Something is different" not in read(portal)


def test_before_the_first_version_everybody_reads_what_is_so_now_marked_as_that(portal):
    page = read(portal, "platform")
    assert "The academy has not published this policy yet." in page
    assert "core.account.email" in DECLARATION.findall(page)
    assert portal.visitor("platform").get("/privacy/versions/1").status_code == 404
    assert "None is published yet" in read(portal, "platform", "/privacy/versions/")


def test_files_say_the_same(portal):
    vic = portal.visitor("athena")
    made = json.loads(vic.get("/privacy/download?format=json").text)
    assert made["version"] == 1
    assert {one["id"] for one in made["statements"]} <= set(DECLARATION.findall(read(portal)))
    text = vic.get("/privacy/versions/1/download?format=md").text
    assert "# Privacy policy: Athena" in text
    assert "| Enrolments" in text
    assert set(DECLARATION.findall(vic.get("/privacy/download?format=html").text)) == set(DECLARATION.findall(read(portal)))
    assert vic.get("/privacy/download?format=pdf").status_code == 404
    assert vic.get("/privacy/versions/99999999999999999999/download").status_code == 404
