# SPDX-License-Identifier: MIT
"""Search or jump finds pages that somebody may open, people and courses by name, and nothing that she may not see."""

from __future__ import annotations

from people import sign_in

FIND = "/manage/find"


def found(browser, q: str) -> dict[str, str]:
    """What the script is told: address by what it is called."""
    answer = browser.get(FIND, query_string={"q": q}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    return {one["label"]: one["url"] for one in answer.json["found"]}


def test_ada_jumps_to_pages_people_and_courses(portal):
    ada = sign_in(portal, "ada")

    assert found(ada, "heal")["Health"] == "/manage/health"
    assert found(ada, "critic") == {}
    assert found(ada, "should")["Health"] == "/manage/health"
    assert found(ada, "len")["Lena"].startswith("/manage/people/")
    assert found(ada, "sourdough")["Your first sourdough"].startswith("/teach/courses/")


def test_without_a_script_it_is_a_page_with_links(portal):
    page = sign_in(portal, "ada").get(FIND, query_string={"q": "len"}).text

    assert "<b>Lena</b>" in page
    assert 'value="len"' in page
    assert "Nothing found" in sign_in(portal, "ada").get(FIND, query_string={"q": "zzz"}).text


def test_nobody_is_found_by_an_address(portal):
    assert found(sign_in(portal, "ada"), "@example.org") == {}


def test_theo_finds_his_courses_and_no_people_and_no_pages_of_owners(portal):
    theo = sign_in(portal, "theo")

    assert list(found(theo, "sourdough")) == ["Your first sourdough"]
    assert not {"Lena", "Health", "People"} & found(theo, "e").keys() | found(theo, "len").keys()


def test_odin_finds_nothing_of_athena(portal):
    assert found(sign_in(portal, "odin"), "lena") == found(sign_in(portal, "odin"), "sourdough") == {}


def test_learners_and_visitors_find_nothing_here(portal):
    assert sign_in(portal, "lena").get(FIND).status_code == 404
    assert portal.visitor("athena").get(FIND).status_code == 303


def test_letters_that_no_database_holds_and_signs_of_patterns_find_nothing(portal):
    ada = sign_in(portal, "ada")

    assert [found(ada, q) for q in ("%%", "__", "le%")] == [{}, {}, {}]
    assert ada.get(FIND, query_string={"q": "\x00" * 200}).status_code == 200
