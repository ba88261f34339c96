# SPDX-License-Identifier: MIT
"""Lena looks at what is held about her: all of hers, nothing of others, private things only after her password."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from people import idle, sign_in, work
from sqlalchemy import event, select

from upart.accounts.models import Person, SignIn
from upart.context import context
from upart.db import engine, uuid7
from upart.mail.actions import send
from upart.privacy.taxonomy import Category, Purpose
from upart.rights.actions.archiving import subjects_for
from upart.rights.cells import cell
from upart.rights.engine.holdings import holdings
from upart.rights.engine.reading import Shown
from upart.rights.engine.subjects import Finder
from upart.rights.showing.lines import PAGE


def words(page: str) -> str:
    """The text of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")]))


def sign_ins(portal, number: int, name: str = "Lena") -> None:
    """Somebody has signed in so many times before."""
    with portal.writing("athena") as session:
        person = session.scalar(select(Person).where(Person.name == name))
        session.add_all(SignIn(id=uuid7(), person_id=person.id, network=f"198.51.{n}.0", device="Firefox on Linux") for n in range(number))


def statements(portal, browser, path: str) -> int:
    """How many statements a page costs, without those that open transactions."""
    seen: list[str] = []
    with portal.app.app_context():
        bound = engine()
    event.listen(bound, "before_cursor_execute", lambda *told: seen.append(told[2]))
    assert browser.get(path).status_code == 200
    return len([told for told in seen if not told.startswith(("PRAGMA", "BEGIN"))])


def test_lena_sees_her_own_and_nobody_elses(portal):
    sign_in(portal, "theo")
    page = words(sign_in(portal, "lena").get("/privacy/mine").text)

    for mine in ("What Athena holds about you", "Name Lena", "E-mail lena@example.org", "Athena Learning e.U. in Vienna decides", "Sign-ins"):
        assert mine in page
    assert "Theo" not in page
    assert "To give you an account (the contract with you)" in page
    assert "Until the person leaves the academy" in page


def test_a_recognised_browser_sees_numbers_and_no_address(portal):
    lena = idle(sign_in(portal, "lena", remember=True))
    for path in ("/privacy/mine", "/privacy/mine/core/person"):
        page = lena.get(path).text
        assert "lena@example.org" not in page
        assert "Contact and payment details are hidden." in page
        assert f'href="/sign-in/again?next={path}"' in page
    lena.post("/sign-in/again", data={"password": "correct horse battery staple", "next": "/privacy/mine"})
    assert "lena@example.org" in lena.get("/privacy/mine").text


def test_every_private_category_is_hidden_and_no_other(portal):
    with portal.app.test_request_context(), context.knowing(None, fresh=False):
        for category in Category:
            shown = Shown("x", "personal", category.value, category.is_private, "", None, False)
            assert cell(shown, "secret of Lena", fresh=False).kind == ("hidden" if category.is_private else "text"), category
            assert cell(shown, "secret of Lena", fresh=True).value == "secret of Lena"


def test_vic_is_asked_to_sign_in_and_comes_back(portal):
    vic = portal.visitor("athena")
    for path in ("/privacy/mine", "/privacy/mine/core/person", "/privacy/mine/erase", "/account/close"):
        assert vic.get(path).headers["Location"] == f"/sign-in?next={path}"


def test_every_line_is_reached_once_a_page_at_a_time(portal):
    lena = sign_in(portal, "lena")
    sign_ins(portal, 2 * PAGE + 10)
    sign_ins(portal, 3, "Theo")
    path, seen, pages = "/privacy/mine/core/sign_in", [], 0
    while path:
        page, pages = lena.get(path).text, pages + 1
        assert f"{2 * PAGE + 11} lines" in page
        seen += re.findall(r">198\.51\.(\d+)\.0<", page)
        more = re.search(r'href="(/privacy/mine/core/sign_in\?before=[^"]+)"', page)
        path = more[1] if more else ""
    assert sorted(int(n) for n in seen) == list(range(2 * PAGE + 10))
    assert pages == 3


def test_what_is_not_shown_is_named_with_the_reason(portal):
    page = words(sign_in(portal, "lena").get("/privacy/mine/core/user_session").text)
    assert "A code, as a fingerprint that cannot be read back (secret: it would open something)" in page
    assert "Browsers that are signed in" in page
    assert "One day after it has ended" in page


def test_a_page_costs_the_same_however_many_lines_there_are(portal):
    lena = sign_in(portal, "lena")
    sign_ins(portal, 5)
    pages = ("/privacy/mine", "/privacy/mine/core/sign_in", "/privacy/mine/erase")
    lena.get("/privacy/mine")
    few = [statements(portal, lena, path) for path in pages]
    sign_ins(portal, 5000)
    assert [statements(portal, lena, path) for path in pages] == few


@pytest.mark.parametrize("path", ["core/academy", "core/account", "core/absent", "courses/person", "courses/courses_lesson", "core/%00", "x/y"])
def test_a_table_that_holds_nothing_of_hers_is_absent(portal, path):
    lena = sign_in(portal, "lena")
    assert lena.get(f"/privacy/mine/{path}").status_code == 404
    assert lena.get("/privacy/mine/core/person?before=x").status_code == 400
    assert lena.get(f"/privacy/mine/core/person?before={uuid4()}").status_code == 200


def test_theo_finds_his_courses_by_name_and_what_he_wrote_elsewhere_is_not_there(portal):
    theo = sign_in(portal, "theo")
    page = theo.get("/privacy/mine").text
    assert 'href="/privacy/mine/courses/courses_course"' in page
    assert "Courses" in words(page)
    assert "Music theory from zero" in theo.get("/privacy/mine/courses/courses_course").text
    assert "night sky" not in theo.get("/privacy/mine/courses/courses_course").text


def test_the_platform_shows_the_account_to_its_holder_alone(portal):
    pia = sign_in(portal, "pia")
    page = pia.get("/privacy/mine/core/account").text
    assert "pia@example.org" in page
    assert "lena@example.org" not in page
    assert "argon2" not in page


def test_messages_are_listed_without_their_text(portal):
    with portal.app.test_request_context(), portal.writing("athena") as session:
        send(session.scalar(select(Person).where(Person.name == "Lena")), Purpose.NOTIFY, subject="Your class moved", text="Open /secret-link please")
    work(portal)
    page = sign_in(portal, "lena").get("/privacy/mine/core/mail_message").text
    assert "Your class moved" in page
    assert "secret-link" not in page


def test_markup_in_a_value_stays_text(portal):
    with portal.writing("athena") as session:
        session.scalar(select(Person).where(Person.name == "Lena")).name = "<script>alert(1)</script>"
    page = sign_in(portal, "lena").get("/privacy/mine").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_her_card_counts_what_the_engine_finds(portal):
    lena = sign_in(portal, "lena")
    sign_ins(portal, 7)
    with portal.reading("athena") as session, portal.app.test_request_context():
        person = session.scalar(select(Person).where(Person.name == "Lena"))
        finder = Finder(holdings(), subjects_for(person)[0])
        assert {"person", "user_session", "sign_in"} <= {entry.table for entry in finder.tables()}
    assert re.search(r"Sign-ins</a></dt><dd>8<", lena.get("/privacy/mine").text)


def test_the_foot_of_every_page_leads_there(portal):
    for path in ("/", "/courses/", "/sign-in", "/privacy", "/nowhere"):
        page = portal.visitor("athena").get(path).text
        assert 'href="/privacy">Privacy</a>' in page
        assert 'href="/privacy/mine">What we hold about you</a>' in page
    assert 'href="/privacy/mine"' in sign_in(portal, "lena").get("/account/").text
