# SPDX-License-Identifier: MIT
"""Lena asks for the copy on her page, gets a link by mail and downloads it once; nobody else does."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

from people import idle, link_in, mails, sign_in, work
from sqlalchemy import select

from upart import clock
from upart.rights.models import ArchiveState, RightsArchive, RightsRequest
from upart.testing import hostile_values


def asked(portal, name: str = "lena"):
    """Somebody who has asked for the copy, and the link that she got."""
    browser = sign_in(portal, name)
    assert browser.post("/privacy/mine/archive").headers["Location"] == "/privacy/mine"
    return browser, link_in(mails(portal, name)[-1])


def token_of(link: str) -> str:
    return link.partition("token=")[2]


def states(portal, slug: str = "athena") -> list[str]:
    with portal.reading(slug) as session:
        return [row.state.value for row in session.scalars(select(RightsArchive))]


def test_lena_downloads_it_once(portal):
    lena, link = asked(portal)
    page = lena.get(link).text
    assert "Download it" in page
    assert "kB" in page
    answer = lena.post("/privacy/archive", data={"token": token_of(link)})
    assert (answer.status_code, answer.content_type, answer.headers["Cache-Control"]) == (200, "application/zip", "private, no-store")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="athena-20')
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert {"index.html", "manifest.json"} <= set(zipfile.ZipFile(io.BytesIO(answer.data)).namelist())
    for again in (lena.get(link), lena.post("/privacy/archive", data={"token": token_of(link)})):
        assert again.status_code == 410
        assert "Ask for a new copy" in again.text


def test_the_platforms_copy_holds_person_and_account_once(portal):
    pia, link = asked(portal, "pia")
    pia.post("/privacy/archive", data={"token": token_of(link)})
    link = asked(portal, "pia")[1]  # now with a request, which names both the person and the account
    copy = zipfile.ZipFile(io.BytesIO(pia.post("/privacy/archive", data={"token": token_of(link)}).data))
    names = copy.namelist()
    assert len(names) == len(set(names))
    assert {"access/core/person.json", "access/core/account.json", "access/core/rights_request.json"} <= set(names)


def test_its_first_page_can_be_read_by_people(portal):
    lena, link = asked(portal)
    copy = zipfile.ZipFile(io.BytesIO(lena.post("/privacy/archive", data={"token": token_of(link)}).data))
    page = copy.read("index.html").decode()
    assert page.index("You, as this academy knows you") < page.index("Sign-ins")
    assert re.search(r"<td>Lena</td>\s*<td>lena@example.org</td>\s*<td>learner</td>", re.sub(r"</td><td>", "</td> <td>", page))
    assert re.search(r"<time datetime=\"[^\"]+\">\d+ \w{3} \d{4}, \d\d:\d\d UTC</time>", page)
    assert not re.search(r"\[&#39;|\{&#39;|[0-9a-f]{8}-[0-9a-f]{4}-7|\.\d{6}", page)


def test_her_page_says_where_the_copy_is(portal):
    lena = sign_in(portal, "lena")
    lena.post("/privacy/mine/archive")
    lena.post("/privacy/mine/archive")
    assert "Being done" in lena.get("/privacy/mine").text
    with portal.reading("athena") as session:
        assert len(session.scalars(select(RightsRequest)).all()) == 1
    link = link_in(mails(portal, "lena")[-1])
    page = lena.get("/privacy/mine").text
    assert "Being done" not in page
    assert "The link is in your mailbox" in page
    lena.post("/privacy/archive", data={"token": token_of(link)})
    assert "downloaded once" in lena.get("/privacy/mine").text


def test_opening_the_link_changes_nothing_whoever_does_it(portal):
    lena, link = asked(portal)
    for _ in range(3):
        assert lena.get(link).status_code == lena.open(link, method="HEAD").status_code == 200
        assert portal.visitor("athena").get(link).status_code == 303
    assert states(portal) == ["ready"]
    assert lena.post("/privacy/archive", data={"token": token_of(link)}).status_code == 200


def test_whoever_is_not_signed_in_signs_in_and_comes_back(portal):
    _, link = asked(portal)
    vic = portal.visitor("athena")
    target = vic.get(link).headers["Location"]
    assert target.startswith("/sign-in?next=/privacy/archive")
    data = {"email": "lena@example.org", "password": "correct horse battery staple", "next": link}
    assert vic.get(vic.post("/sign-in", data=data).headers["Location"]).headers["Location"] == link
    assert "Download it" in vic.get(link).text


def test_a_recognised_browser_gives_the_password_first(portal):
    _, link = asked(portal)
    lena = idle(sign_in(portal, "lena", remember=True))
    assert lena.get(link).headers["Location"].startswith("/sign-in/again?next=/privacy/archive")
    assert lena.post("/privacy/archive", data={"token": token_of(link)}).status_code == 401
    assert lena.post("/privacy/mine/archive").status_code == 401
    assert states(portal) == ["ready"]


def test_theo_and_odin_get_nothing_with_her_link(portal):
    _, link = asked(portal)
    for name, status in (("theo", 404), ("ada", 404), ("odin", 410)):
        other = sign_in(portal, name)
        assert other.get(link).status_code == status
        answer = other.post("/privacy/archive", data={"token": token_of(link)})
        assert answer.status_code == status
        assert b"PK" not in answer.data[:2]
    assert states(portal) == ["ready"]


def test_a_link_that_is_too_old_opens_nothing(portal):
    _, link = asked(portal)
    with clock.shifted(timedelta(days=7, minutes=1)):
        lena = sign_in(portal, "lena")
        assert lena.get(link).status_code == 410
        assert lena.post("/privacy/archive", data={"token": token_of(link)}).status_code == 410


def test_forged_tokens_are_refused_with_words(portal):
    lena, link = asked(portal)
    for token in ("", token_of(link)[:-1], token_of(link) + "x", token_of(link).swapcase(), *hostile_values):
        sent = token.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        opened, posted = lena.get("/privacy/archive", query_string={"token": sent}), lena.post("/privacy/archive", data={"token": sent})
        assert opened.status_code in (410, 414), token
        assert posted.status_code in (400, 410), token
        assert opened.status_code == 414 or "Ask for a new copy on your privacy page." in opened.text
    assert states(portal) == ["ready"]


def test_a_copy_whose_bytes_are_lost_says_so_and_does_not_count_as_taken(portal):
    lena, link = asked(portal)
    for path in (portal.state.config.instance / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    answer = lena.post("/privacy/archive", data={"token": token_of(link)})
    assert answer.status_code == 410
    assert states(portal) == [ArchiveState.READY.value]


def test_two_downloads_at_once_give_one_copy(portal):
    from concurrent.futures import ThreadPoolExecutor

    lena, link = asked(portal)
    cookie = lena.cookie("upart_session")

    def fetch(_: int) -> int:
        browser = portal.visitor("athena")
        browser.keep("upart_session", cookie)
        return browser.post("/privacy/archive", data={"token": token_of(link)}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(fetch, range(6))) == [200, 410, 410, 410, 410, 410]
    work(portal)
