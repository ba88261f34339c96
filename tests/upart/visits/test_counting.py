# SPDX-License-Identifier: MIT
"""A page that is opened is counted, and nobody is noted with it."""

import logging
import sqlite3
import time
from contextlib import closing

import pytest
from people import sign_in
from sqlalchemy import select

from upart.visits import counting, writing
from upart.visits.models import Visit

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
COURSE = "/courses/music-theory-from-zero"


def visits(portal, slug="athena"):
    """Visits that were written, in no order that tells anything."""
    portal.state.counting.flush()
    with portal.reading(slug) as session:
        return session.scalars(select(Visit)).all()


def pages(portal):
    """Pages of visits that were written."""
    return sorted(visit.route for visit in visits(portal))


def test_vics_visit_is_noted_in_few_words_without_vic(portal):
    portal.visitor("athena").get(COURSE, headers={**FIREFOX, "Referer": "https://search.example/?q=secret"}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})

    (visit,) = visits(portal)
    assert (visit.route, visit.referrer, visit.before) == (COURSE, "search.example", "")
    assert (visit.device, visit.system, visit.browser, visit.language, visit.is_bot) == ("computer", "Linux", "Firefox 145", "de", False)
    assert visit.minute.second == visit.minute.microsecond == 0
    with closing(sqlite3.connect(portal.state.config.database_url.removeprefix("sqlite:///"))) as file:
        assert "203.0.113" not in "\n".join(file.iterdump())


def test_a_page_from_the_cache_counts_like_the_first(portal):
    vic = portal.visitor("athena")
    first = vic.get(COURSE, headers=FIREFOX)
    again = vic.get(COURSE, headers={**FIREFOX, "If-None-Match": first.headers["ETag"]})

    assert (vic.get(COURSE, headers=FIREFOX).status_code, again.status_code) == (200, 304)
    assert pages(portal) == [COURSE] * 3


def test_the_page_before_is_known_only_if_it_is_one_of_ours(portal):
    vic = portal.visitor("athena")
    vic.get("/courses/", headers=FIREFOX)
    for before in ("/courses/", "/courses/buy-cheap-watches", "/privacy/mine", "/nothing", "/%00%ff"):
        vic.get(COURSE, headers={**FIREFOX, "Referer": f"http://athena.localhost{before}"})

    found = sorted(visit.before for visit in visits(portal) if visit.route == COURSE)
    assert found == ["", "", "", "/courses/", "/courses/…"]


def test_what_is_no_page_of_visitors_is_not_counted(portal):
    vic, ada = portal.visitor("athena"), sign_in(portal, "ada")
    for path in ("/theme.css", "/nothing", "/manage/", "/.well-known/gpc.json", "/healthz", "/courses/absent"):
        vic.get(path, headers=FIREFOX)
    for path in ("/manage/", "/manage/people/", "/manage/trends", "/teach/courses/", "/account/", "/privacy/mine"):
        ada.get(path, headers=FIREFOX)
    vic.open(COURSE, method="HEAD", headers=FIREFOX)
    vic.post("/sign-in", data={"email": "vic@example.org", "password": "no"}, headers=FIREFOX)

    assert [page for page in pages(portal) if page != "/sign-in"] == []


def test_the_secret_of_a_link_is_not_noted(portal):
    portal.visitor("athena").get("/reset-password/a-secret-of-a-mail", headers=FIREFOX)
    portal.visitor("athena").get("/invitation/a-secret-of-a-mail", headers=FIREFOX)

    assert "secret" not in " ".join(pages(portal))


@pytest.mark.parametrize(("sent", "counted"), [("1", 0), ("0", 1), ("true", 1), ("", 1), ("11", 1)])
def test_a_browser_that_says_do_not_follow_me_is_not_counted(portal, sent, counted):
    portal.visitor("athena").get(COURSE, headers={**FIREFOX, "Sec-GPC": sent})

    assert len(visits(portal)) == counted


def test_vic_says_do_not_count_me_and_then_count_me(portal):
    vic = portal.visitor("athena")
    assert vic.post("/privacy/choices/visits", data={"counted": "no"}).status_code == 303
    vic.get(COURSE, headers=FIREFOX)
    assert visits(portal) == []

    vic.post("/privacy/choices/visits", data={"counted": "yes"}, headers={"Sec-GPC": "1"})
    vic.get(COURSE, headers={**FIREFOX, "Sec-GPC": "1"})
    assert pages(portal) == [COURSE]


def test_vic_who_says_neither_is_asked_again(portal):
    assert portal.visitor("athena").post("/privacy/choices/visits", data={"counted": "perhaps"}).status_code == 422


def test_a_bot_is_counted_apart_and_a_page_fetched_in_advance_is_not(portal):
    portal.visitor("athena").get(COURSE, headers={"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"})
    portal.visitor("athena").get(COURSE, headers={**FIREFOX, "Sec-Purpose": "prefetch"})

    assert [visit.is_bot for visit in visits(portal)] == [True]


HOSTILE = (
    {"User-Agent": "Mozilla/5.0 " * 900}, {"User-Agent": "\xff\xfe(((((" * 2000}, {"User-Agent": "Version/1." + "1." * 5000 + " Safari/"}, {"Referer": "http://[::1"},
    {"Referer": "javascript:alert(1)"}, {"Referer": "http://" + "a" * 5000 + ".example/"}, {"Referer": "http://user:secret@192.0.2.1/"}, {"Referer": "http://x:99999999/"},
    {"Accept-Language": ",;q=,q;;;=1,*;q=9" * 700}, {"Accept-Language": "de;q=0.9;q=1,en;q=nan,fr;q=-1"}, {"Accept-Language": "\u00fc-DE"},
)  # fmt: skip


@pytest.mark.parametrize("headers", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_browser_says_the_page_comes_and_the_row_is_small(portal, headers):
    began = time.process_time()
    assert portal.visitor("athena").get(COURSE, headers={**FIREFOX, **headers}).status_code == 200

    (visit,) = visits(portal)
    assert visit.referrer == ""
    assert all(len(text) <= 100 for text in (visit.route, visit.before, visit.device, visit.system, visit.browser, visit.language))
    assert time.process_time() - began < 3


def test_a_locked_database_slows_no_page_and_loses_no_visit(portal, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.1)
    vic = portal.visitor("athena")
    vic.get(COURSE, headers=FIREFOX)
    with closing(sqlite3.connect(portal.state.config.database_url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert vic.get(COURSE, headers=FIREFOX).status_code == 200
        assert time.monotonic() - began < 1
        portal.state.counting.flush()
        assert len(portal.state.counting.visits) == 2
    assert pages(portal) == [COURSE] * 2


def test_a_full_list_drops_visits_and_says_how_many(portal, monkeypatch, caplog):
    monkeypatch.setattr(counting, "MOST", 3)
    for _ in range(5):
        portal.visitor("athena").get(COURSE, headers=FIREFOX)

    with caplog.at_level(logging.WARNING, "upart.visits"):
        assert pages(portal) == [COURSE] * 3
    assert "2 visits were not counted" in caplog.text


def test_a_thread_of_its_own_writes_within_its_time(portal, monkeypatch):
    monkeypatch.setattr(counting, "SECONDS", 0.05)
    portal.state.counting.alone = True
    portal.visitor("athena").get(COURSE, headers=FIREFOX)
    portal.state.counting.alone = False

    ends = time.monotonic() + 10
    while portal.state.counting.visits and time.monotonic() < ends:
        time.sleep(0.02)
    assert pages(portal) == [COURSE]


def test_an_academy_that_does_not_count_has_no_visits(portal):
    ada = sign_in(portal, "ada")
    assert ada.post("/manage/trends/switch", data={"counted": "no"}).status_code == 303
    portal.visitor("athena").get(COURSE, headers=FIREFOX)
    portal.visitor("orion").get("/", headers=FIREFOX)

    assert [visit for visit in visits(portal) if visit.route == COURSE] == []
    assert [visit.route for visit in visits(portal, "orion")] == ["/"]
    assert "Visits are not counted." in ada.get("/manage/trends").text
