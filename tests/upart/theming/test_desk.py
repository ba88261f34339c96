# SPDX-License-Identifier: MIT
"""Staff pages: one neutral skin whatever the theme, and only the entries that a person may open."""

from __future__ import annotations

import re

import pytest
from conftest import bundled
from people import PASSWORD, sign_in

from upart import app as application
from upart import config
from upart.accounts.models import Person
from upart.testing import Client
from upart.theming.themes import Theme


@pytest.fixture
def loud(portal, tmp_path, monkeypatch):
    """The demo's portal with a theme that would replace everything it is asked for."""
    for name in ("core/desk.html", "core/_form.html", "core/_parts.html", "accounts/manage.html", "accounts/sign-in.html", "core/layout.html"):
        file = tmp_path / "loud" / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("LOUD {% block main %}{% endblock %}")
    (tmp_path / "loud" / "static").mkdir()
    (tmp_path / "loud" / "static" / "icons.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><symbol id="inbox"></symbol></svg>')
    theme = Theme("harbor", tmp_path / "loud")
    monkeypatch.setattr(application, "load_themes", lambda: {"harbor": theme})
    return application.create_app(settings=config.load(tmp_path, {}, password_memory=8, public_origin="http"), plugins=bundled())


def entries(page: str) -> list[str]:
    return re.findall(r'<a href="(/(?:manage|teach)/[^"]*)"', page[: page.index("<main")])


def test_a_theme_leaves_staff_pages_and_sign_in_forms_alone(loud):
    ada = Client(loud, "athena.localhost")
    assert b"LOUD" in ada.get("/").data
    assert 'id="f-password"' in ada.get("/sign-in").text
    ada.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD})
    page = ada.get("/manage/").text

    assert "LOUD" not in page
    assert "/static/plugin/core/desk.css?v=" in page
    assert re.search(r'href="/static/plugin/core/icons.svg\?v=\w+#inbox"', page)
    assert "harbor.css" not in page


def test_ada_finds_her_pages_and_theo_is_told_of_none(portal):
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    found = entries(ada.get("/manage/people/").text)

    assert {"/manage/", "/manage/people/", "/manage/roles", "/manage/audit", "/manage/jobs"} <= set(found)
    assert all(ada.get(path).status_code == 200 for path in found)
    assert theo.get("/manage/people/").status_code == 404


def test_an_officer_sees_the_entries_of_an_officer(portal):
    with portal.writing("athena") as session:
        session.query(Person).filter_by(name="Theo").one().roles = ["officer"]
    page = sign_in(portal, "theo").get("/manage/audit").text

    privacy = [f"/manage/privacy/{page}" for page in ("policy", "", "breaches/", "canary/")]
    mine = ["/manage/requests/", *privacy, "/manage/audit", "/manage/jobs"]
    assert [path for path in entries(page) if path.startswith("/manage/")] == mine
    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/manage/audit"]


def test_the_last_owner_is_refused_beside_the_field(portal):
    ada = sign_in(portal, "ada")
    me = re.search(r'href="(/manage/people/[^"/]+-[^"]+)">Ada', ada.get("/manage/people/").text)[1]
    for path in (me, f"{me}/suspend"):
        answer = ada.post(path, data={"roles": ["learner"]})
        assert answer.status_code == 409
        assert "Ada is the last owner of Athena. Make somebody else an owner first." in answer.text
    assert ada.get("/manage/").status_code == 200


def test_times_name_the_city_of_the_person(portal):
    with portal.writing("athena") as session:
        session.query(Person).filter_by(name="Ada").one().zone = "America/Sao_Paulo"
    assert re.search(r'<time datetime="[\d:T-]+\+00:00">\d+ \w{3} \d{4}, \d\d:\d\d Sao Paulo</time>', sign_in(portal, "ada").get("/manage/").text)
