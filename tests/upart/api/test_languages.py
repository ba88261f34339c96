# SPDX-License-Identifier: MIT
"""Programs choose the language of words for people; caches tell answers apart by their address."""

from __future__ import annotations

import pytest
from people import sign_in


def wrong(browser, path: str, **headers: str):
    return browser.post(path, json={}, headers={"Sec-Fetch-Site": "same-origin", **headers})


def test_what_is_wrong_is_said_in_german_to_whoever_asks_for_it(portal):
    theo = sign_in(portal, "theo")
    by_address = wrong(theo, "/api/v1/courses?locale=de")
    by_header = wrong(theo, "/api/v1/courses", **{"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    for answer in (by_address, by_header):
        assert answer.json["title"] == "Etwas fehlt oder ist falsch"
        assert answer.json["detail"] == "Das Gesendete passt nicht. /title: Dieses Feld wird gebraucht. /field: Dieses Feld wird gebraucht."
        assert {one["pointer"]: one["detail"] for one in answer.json["errors"]} == dict.fromkeys(("/title", "/field"), "Dieses Feld wird gebraucht.")
        assert (answer.json["code"], answer.headers["Content-Language"]) == ("unfit", "de")
        assert "Accept-Language" in answer.headers["Vary"]


def test_the_address_goes_before_the_header_and_english_is_what_is_left(portal):
    vic = portal.visitor("athena")
    for path, header, told in (
        ("?locale=en", "de", "en"),
        ("?locale=de", "en", "de"),
        ("", "fr,*;q=0.1", "en"),
        ("", "fr,de-AT;q=0.9,en;q=0.5", "de"),
        ("", "de;q=0,en", "en"),
        ("", "x" * 5000, "en"),
        ("", "de;q=x", "en"),
    ):
        answer = vic.get(f"/api/v1/absent{path}", headers={"Accept-Language": header})
        assert (answer.status_code, answer.headers["Content-Language"]) == (404, told), (path, header)


@pytest.mark.parametrize("locale", ["fr", "DE", "", "de-AT", "../de", "de&locale=de", "%00"])
def test_a_language_that_is_not_spoken_here_is_refused(portal, locale):
    answer = portal.visitor("athena").get(f"/api/v1/courses?locale={locale}")

    assert (answer.status_code, answer.json["code"]) == (400, "parameter")
    assert answer.json["errors"] == [{"pointer": "locale", "code": "parameter", "detail": "This is one of: en, de."}]


def test_data_follow_the_address_alone_and_the_next_page_keeps_the_language(portal):
    vic = portal.visitor("athena")
    plain, asked = (vic.get(f"/api/v1/search?q=the{more}", headers={"Accept-Language": "de"}) for more in ("", "&locale=de"))
    listed = vic.get("/api/v1/courses?limit=1&locale=de")

    assert ({one["label"] for one in plain.json["data"]}, {one["label"] for one in asked.json["data"]}) == ({"Courses", "Lessons"}, {"Kurse", "Lektionen"})
    assert "Accept-Language" not in plain.headers.get("Vary", "")
    assert "locale=de" in listed.json["page"]["next"]
    assert vic.get(listed.json["page"]["next"]).status_code == 200
