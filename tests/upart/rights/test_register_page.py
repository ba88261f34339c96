# SPDX-License-Identifier: MIT
"""Vic reads what is kept at Athena: all that is declared, in words, on a page that caches may keep."""

from __future__ import annotations

import html
import re

from people import sign_in

from upart.academies import actions
from upart.accounts.sessions import COOKIES
from upart.privacy.register import TableEntry
from upart.theming import wording


def read(portal, slug: str = "athena") -> str:
    answer = portal.visitor(slug).get("/privacy")
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", answer.text))


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


def test_every_category_of_core_has_words(portal):
    page = read(portal) + read(portal, "platform")
    for controller in ("academy", "platform"):
        for entry in personal(portal, "core", controller):
            for _column, declared in entry.declared():
                assert not declared.category or wording.CATEGORIES[declared.category] in page


def test_it_names_who_decides_and_every_cookie(portal):
    page = read(portal)
    assert "Athena Learning e.U., Vienna decides what is kept here and why." in page
    assert "UPART demo installation runs the servers" in page
    assert all(f"<code>{cookie}</code>" in page for cookie in COOKIES)
    assert "30 minutes without a click" in page
    assert "60 days" in page


def test_it_says_whom_to_write_to_and_where_to_complain(portal):
    athena, platform = (portal.visitor(slug).get("/privacy").text for slug in ("athena", "platform"))
    assert "Write about your data to: privacy@athena.example." in athena
    assert "complain to the Austrian Data Protection Authority, Barichgasse 40, 1030 Vienna, or go to court" in athena
    assert "complain to the data protection authority of your country, or go to court" in platform
    assert "Write about your data to" not in platform


def test_accounts_stand_on_the_platforms_page(portal):
    assert "Your account" not in re.findall(r'<th scope="row">([^<]+)', read(portal))
    assert {"Your account", "Recovery codes"} <= set(re.findall(r'<th scope="row">([^<]+)', read(portal, "platform")))


def test_a_plugin_that_is_off_is_not_listed(portal):
    with portal.everywhere() as session:
        actions.disable_plugin(session, portal.academy("athena").id, "courses")
    assert "until the academy deletes the course" not in read(portal)
    assert "until the academy deletes the course" in read(portal, "orion")


def test_it_is_the_same_for_everybody_sets_no_cookie_and_may_be_cached(portal):
    vic = portal.visitor("athena").get("/privacy")
    assert vic.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in vic.headers
    assert sign_in(portal, "lena").get("/privacy").data == vic.data
    assert portal.visitor("athena").get("/privacy", headers={"If-None-Match": vic.headers["ETag"]}).status_code == 304


def test_a_mail_relay_is_named_without_its_password(portal, tmp_path):
    from conftest import bundled

    from upart import config
    from upart.app import create_app
    from upart.testing import Client

    urls = ("smtps://user:hunter2@relay.example:465", "smtp://localhost:25", "file:")
    app = create_app(settings=config.load(tmp_path, {}, mail_url=urls, public_origin="http"), plugins=bundled())
    page = Client(app, "athena.localhost").get("/privacy").text
    assert re.search(r'<th scope="row">relay.example</th><td data-label="Task">carries mail</td>', page)
    assert "hunter2" not in page
    assert page.count("carries mail") == 1
