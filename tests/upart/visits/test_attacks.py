# SPDX-License-Identifier: MIT
"""Visits under attack: nothing is counted twice, nobody's secret gets into a row, no switch is passed by."""

import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import sign_in
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.db import engine
from upart.testing.faults import every_kill
from upart.visits import counting, writing
from upart.visits.browsers import AGENT, LANGUAGES, REFERRER, agent_of, language_of, referrer_of
from upart.visits.models import Measure, Visit, VisitDay
from upart.visits.showing import trends
from upart.visits.summing import sum_up
from upart.visits.writing import begin_of

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


def number(made, slug="athena"):
    """How many visits are written."""
    with made.reading(slug) as session:
        return session.scalar(select(func.count()).select_from(Visit))


def a_visit(made, at):
    """A row as a page leaves it."""
    return {
        "academy_id": made.academy("athena").id, "id": uuid4(), "day": begin_of(at), "minute": at, "route": "/", "before": "", "referrer": "", "device": "phone",
        "system": "Android", "browser": "Chrome 142", "language": "de", "country": "", "network": "", "is_bot": False,
    }  # fmt: skip


def test_a_commit_whose_answer_is_lost_counts_once(installation, monkeypatch):
    real, lost = writing.write, [True]

    def unsure(rows):
        real(rows)
        if lost.pop() if lost else False:
            raise OperationalError("COMMIT", None, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr(writing, "write", unsure)
    for _ in range(3):
        installation.visitor("athena").get("/", headers=FIREFOX)
    installation.state.counting.flush()
    installation.visitor("athena").get("/", headers=FIREFOX)
    installation.state.counting.flush()

    assert (number(installation), len(installation.state.counting.visits)) == (4, 0)


def test_a_worker_killed_while_it_sums_up_doubles_nothing(installation):
    yesterday = clock.now() - timedelta(days=1)
    with installation.app.app_context():
        writing.write([a_visit(installation, yesterday) for _ in range(7)])

    def night():
        with installation.app.app_context():
            sum_up()

    kills = 0
    for kills, _where in enumerate(every_kill(night, installation=installation), 1):  # noqa: B007
        night()
        with installation.reading("athena") as session:
            found = session.scalars(select(VisitDay.count).where(VisitDay.what == Measure.VISITS)).all()
        assert (list(found), number(installation)) == ([7], 7)
        with installation.everywhere() as opened:
            opened.query(VisitDay).delete()
    assert kills > 1


def test_a_process_killed_while_it_writes_counts_once_or_not_at_all(installation):
    noted = installation.state.counting.visits

    def write():
        installation.visitor("athena").get("/", headers=FIREFOX)
        installation.state.counting.flush()

    before, begun, kills = number(installation), number(installation), 0
    for kills, _where in enumerate(every_kill(write, installation=installation), 1):  # noqa: B007
        now = number(installation)
        assert now - before in (0, 1)
        before = now
        noted.clear()
    assert 0 < before - begun < kills


def test_a_full_disk_costs_no_page_and_no_visit(portal):
    counting, vic = portal.state.counting, portal.visitor("athena")
    vic.get("/", headers=FIREFOX)
    counting.visits.put_back(counting.visits.take() * 500)
    with portal.app.app_context():
        at = engine()
    with at.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def full(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    event.listen(at, "begin", full)
    counting.flush()
    assert vic.get("/courses/", headers=FIREFOX).status_code == 200
    assert (number(portal), len(counting.visits)) == (0, 501)

    pages = 2**30
    counting.flush()
    event.remove(at, "begin", full)
    assert (number(portal), len(counting.visits)) == (501, 0)


SIGNAL = ({}, {"Sec-GPC": "1"})
CASES = [  # signal while choosing, answer, signal now, counted
    (0, "", 0, 1), (0, "", 1, 0), (0, "no", 0, 0), (0, "no", 1, 0), (0, "yes", 0, 1), (0, "yes", 1, 0), (1, "yes", 0, 1), (1, "yes", 1, 1), (1, "no", 0, 0), (1, "no", 1, 0),
]  # fmt: skip


def test_signal_and_choice_together(portal):
    for then, answer, now, counted in CASES:
        vic, before = portal.visitor("athena"), number(portal)
        if answer:
            vic.post("/privacy/choices/visits", data={"counted": answer}, headers=SIGNAL[then])
        for page in ("/courses/", "/sign-in", "/courses/"):  # drawn, kept by no cache, from the cache
            vic.get(page, headers={**FIREFOX, **SIGNAL[now]})
        portal.state.counting.flush()
        assert number(portal) - before == 3 * counted, (then, answer, now)


def test_a_cookie_that_somebody_made_up_breaks_nothing(portal):
    for cookie, counted in (("visits:0", 0), ("visits:1", 1), ("visits:7", 1), ("x" * 4000, 1), ("\xff\xfe", 1), ("visits", 1), ("known:", 1), ("", 1)):
        vic, before = portal.visitor("athena"), number(portal)
        vic.keep("upart_choices", cookie)
        assert vic.get("/courses/", headers=FIREFOX).status_code == 200
        portal.state.counting.flush()
        assert number(portal) - before == counted, cookie


REFERRERS = {
    "javascript:alert(document.cookie)//a.example/": "", "data:text/html,x.example": "", "https://Search.EXAMPLE.:443/path?q=lena&token=s3cret#x": "search.example",
    "https://lena:s3cret@mail.example/inbox/4711": "mail.example", "https://b\xfccher.example/": "", "https://xn--bcher-kva.example/": "xn--bcher-kva.example",
    "https://127.1/": "", "http://0x7f.1/": "", "http://3221226219/": "", "http://[2001:db8::1]/": "", "http://192.0.2.1:8080/": "", "https://intranet/": "",
    "https://wiki.firma.local/": "", "https://router.lan/": "", "https://9.2.0.192.in-addr.arpa/": "", "https://a..example/": "", "https://-a.example/": "",
    "https://a.example\\@b.example/": "b.example", "//a.example/": "", "android-app://com.example.mail/": "", "https://a_b.example/": "", "https://%61.example/": "",
    "https://orion.localhost/courses/x?s3cret": "orion.localhost", "ftp://a.example/": "", "https://a.example\n.evil.example/": "a.example.evil.example", "https://": "",
}  # fmt: skip


@pytest.mark.parametrize(("sent", "kept"), REFERRERS.items())
def test_of_another_site_only_its_host_is_kept(sent, kept):
    assert referrer_of(sent, "athena.localhost") == (kept, "")


@pytest.mark.parametrize(
    "sent", ["http://athena.localhost:99/learn/?token=s3cret", "https://ATHENA.localhost./learn/#s3cret", "http://x:s3cret@athena.localhost/learn/"]
)
def test_of_a_page_of_ones_own_only_its_path_is_looked_at(sent):
    assert referrer_of(sent, "athena.localhost") == ("", "/learn/")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=1200), st.text(max_size=500), st.sampled_from(["", "https://", "http://athena.localhost/", "Mozilla/5.0 Firefox/", "de;q="]))
def test_whatever_is_sent_makes_a_small_row(one, other, begin):
    agent, language, (host, _path) = agent_of(begin + one), language_of(begin + other), referrer_of(begin + one, "athena.localhost")

    assert all(text.isascii() and len(text) <= 100 for text in (agent.device, agent.system, agent.browser, language, host))


def test_ten_thousand_visits_that_wait_take_little_memory(portal, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 50)
    vic = portal.visitor("athena")
    for n in range(60):
        vic.get(f"/courses/?n={n}", headers={"User-Agent": "A" * 9000, "Accept-Language": "d" * 9000, "Referer": f"https://a.example/{'p' * 9000}"})

    noted = portal.state.counting.visits
    rows = noted.take()
    assert (len(rows), noted.dropped) == (50, 10)
    assert max(sum(sys.getsizeof(part) for part in row) for row in rows) < AGENT + LANGUAGES + REFERRER + 1000
    noted.clear()


def test_a_visit_before_midnight_that_is_written_after_it_is_one_of_yesterday(portal):
    tonight = begin_of(clock.now()) + timedelta(days=1)
    clock.start_at(tonight - timedelta(seconds=1))
    portal.visitor("athena").get("/courses/", headers=FIREFOX)
    clock.start_at(tonight + timedelta(seconds=3))
    portal.state.counting.flush()
    with portal.app.app_context():
        sum_up()

    with portal.reading("athena") as session:
        assert session.scalar(select(Visit.day)).date() == (tonight - timedelta(days=1)).date()
        assert session.scalar(select(VisitDay.count).where(VisitDay.what == Measure.VISITS)) == 1
        assert trends(7).visits == 1


def test_visits_of_a_machine_whose_clock_is_ahead_wait_for_their_day(portal):
    ahead = clock.now() + timedelta(days=2)
    with portal.app.app_context():
        writing.write([a_visit(portal, ahead) for _ in range(5)])
        sum_up()
    with portal.reading("athena"):
        assert trends(7).visits == 0

    clock.start_at(ahead + timedelta(days=1))
    with portal.app.app_context():
        sum_up()
    with portal.reading("athena"):
        assert trends(7).visits == 5


def test_a_paused_academy_and_an_unknown_host_count_nothing(portal):
    portal.visitor("athena").get("/courses/", headers={**FIREFOX, "Host": "nowhere.localhost"})
    with portal.everywhere() as opened:
        academy = opened.scalar(select(Academy).where(Academy.slug == "athena"))
        academy.custody_at, academy.epoch = clock.now(), academy.epoch + 1
    assert portal.visitor("athena").get("/courses/", headers=FIREFOX).status_code == 503
    portal.state.counting.flush()

    assert number(portal) == 0


def test_only_a_page_that_is_read_counts(portal):
    for method in ("HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
        for path in ("/courses/", "/sign-in", "/courses", "/nothing"):
            portal.visitor("athena").open(path, method=method, headers=FIREFOX)
    portal.state.counting.flush()

    assert number(portal) == 0


def test_a_manager_sees_trends_and_cannot_switch_them(portal):
    ada = sign_in(portal, "ada")
    with portal.writing("athena") as session:
        session.scalar(select(Person).where(Person.name == "Theo")).roles = ["manager"]
    theo = sign_in(portal, "theo")

    assert theo.get("/manage/trends").status_code == 200
    assert theo.post("/manage/trends/switch", data={"counted": "no"}).status_code == 404
    assert "Counting is on" in ada.get("/manage/trends").text
