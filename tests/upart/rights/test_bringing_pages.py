# SPDX-License-Identifier: MIT
"""Theo sends a copy from elsewhere, reads what would come in, and confirms; nothing that is here changes."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bringing import changed, copy_of
from click.testing import CliRunner
from people import hidden, idle, sign_in, work
from pictures import stored
from sqlalchemy import select, update
from upart_courses.models import Course, Enrolment, LessonEvent

from upart import clock
from upart.accounts.models import Person
from upart.cli.main import main
from upart.events.models import Event
from upart.rights.models import RightsImport
from upart.storage.models import File

OWN = ("user_session", "event", "job", "sign_in", "attempt", "academy")


@pytest.fixture
def copy(portal):
    """A copy of what Lena has learned, made elsewhere."""
    return copy_of(portal)


def send(browser, copy):
    return browser.post("/privacy/mine/import", data={"copy": (io.BytesIO(copy.getvalue()), "copy.zip")}, content_type="multipart/form-data")


def sent(portal, copy):
    """Theo, who has sent a copy, and the page that he sees."""
    theo = sign_in(portal, "theo")
    assert send(theo, copy).headers["Location"] == "/privacy/mine/import"
    return theo, theo.get("/privacy/mine/import").text


def theirs(portal, name="Theo"):
    with portal.reading("athena") as session:
        mine = session.scalars(select(Enrolment).join(Person, Person.id == Enrolment.learner_id).where(Person.name == name)).all()
        return {
            session.scalar(select(Course.slug).where(Course.id == one.course_id)): len(
                session.scalars(select(LessonEvent.id).where(LessonEvent.enrolment_id == one.id)).all()
            )
            for one in mine
        }


def test_the_report_comes_first_and_changes_nothing(portal, copy):
    before = portal.contents(*OWN, "file", "rights_import")
    theo, page = sent(portal, copy)
    for words in ("Nothing has happened yet", "from Athena", "21", "Enrolments", "2 of 2", "nothing is overwritten"):
        assert words in page, words
    assert portal.contents(*OWN, "file", "rights_import") == before
    assert theo.get("/privacy/mine").text.count("/privacy/mine/import") == 1


def test_confirmed_all_of_it_comes_in_once(portal, copy):
    theo, page = sent(portal, copy)
    done = theo.post("/privacy/mine/import/bring", data={"copy": hidden(page, "copy")})
    assert (done.status_code, "21 lines came in" in done.text) == (200, True)
    assert theirs(portal) == theirs(portal, "Lena")
    again = theo.post("/privacy/mine/import/bring", data={"copy": hidden(page, "copy")})
    assert again.status_code == 410
    work(portal)
    assert stored(portal) == []
    with portal.reading("athena") as session:
        assert session.scalars(select(Event.data).where(Event.type == "rights.imported")).one() == {"rows": 21, "files": 0}


def test_the_same_copy_twice_brings_nothing_new(portal, copy):
    theo, page = sent(portal, copy)
    theo.post("/privacy/mine/import/bring", data={"copy": hidden(page, "copy")})
    before = portal.contents(*OWN, "file", "rights_import")
    assert send(theo, copy).status_code == 303
    page = theo.get("/privacy/mine/import").text
    assert "It is here already; what is here stays." in page
    assert "Nothing of this copy fits here" in page
    assert portal.contents(*OWN, "file", "rights_import") == before


def test_what_he_has_already_wins(portal, copy):
    theo = sign_in(portal, "theo")
    assert theo.post("/courses/music-theory-from-zero/enrol").status_code == 303
    with portal.reading("athena") as session:
        mine = session.scalars(select(Enrolment).join(Person, Person.id == Enrolment.learner_id).where(Person.name == "Theo")).one()
    theo, page = sent(portal, copy)
    theo.post("/privacy/mine/import/bring", data={"copy": hidden(page, "copy")})
    with portal.reading("athena") as session:
        assert session.get(Enrolment, {"academy_id": mine.academy_id, "id": mine.id}).enrolled_at == mine.enrolled_at
    assert set(theirs(portal)) == {"music-theory-from-zero", "your-first-sourdough"}
    assert theirs(portal)["music-theory-from-zero"] == 0


def test_another_copy_than_the_one_of_the_report_is_not_brought_in(portal, copy):
    theo, page = sent(portal, copy)
    assert theo.post("/privacy/mine/import/bring", data={"copy": "x"}).status_code == 422
    assert theo.post("/privacy/mine/import/bring", data={"copy": str(portal.academy("athena").id)}).status_code == 410
    odin = sign_in(portal, "odin")
    assert odin.post("/privacy/mine/import/bring", data={"copy": hidden(page, "copy")}).status_code == 410
    assert theirs(portal) == {}


def test_he_lets_it_go_and_its_bytes_go_too(portal, copy):
    theo, _page = sent(portal, copy)
    assert theo.post("/privacy/mine/import/leave").headers["Location"] == "/privacy/mine"
    work(portal)
    assert stored(portal) == []
    assert "Show the report" in theo.get("/privacy/mine/import").text


def test_a_later_copy_takes_the_place_of_the_one_before(portal, copy):
    theo, _page = sent(portal, copy)
    assert send(theo, changed(copy, "portable/courses/courses_enrolment.json", lambda rows: rows[:1])).status_code == 303
    work(portal)
    assert "1 of 1" in theo.get("/privacy/mine/import").text
    assert len(stored(portal)) == 1


def test_whoever_sends_copy_after_copy_waits_a_while(portal, copy):
    theo = sign_in(portal, "theo")
    answers = [theo.post("/privacy/mine/import", data={"copy": (io.BytesIO(b"no"), "x")}, content_type="multipart/form-data") for _ in range(21)]
    assert [one.status_code for one in answers] == [422] * 20 + [429]
    assert "Wait a quarter of an hour" in answers[-1].text
    with clock.shifted(timedelta(minutes=16)):
        assert send(sign_in(portal, "theo"), copy).status_code == 303


def test_what_nobody_confirms_goes_after_a_day(portal, copy):
    theo, _page = sent(portal, copy)
    with clock.shifted(timedelta(days=1, hours=1)):
        work(portal)
        assert stored(portal) == []
    with portal.reading("athena") as session:
        assert session.scalars(select(RightsImport)).all() == session.scalars(select(File)).all() == []


def test_only_somebody_who_gave_the_password_lately_may(portal, copy):
    theo = idle(sign_in(portal, "theo", remember=True))
    for answer in (theo.get("/privacy/mine/import"), send(theo, copy), theo.post("/privacy/mine/import/bring")):
        assert (answer.status_code, "Password" in answer.text) in ((401, True), (303, False))
    assert stored(portal) == []
    assert send(portal.visitor("athena"), copy).status_code in (303, 401)


def test_a_course_that_goes_between_report_and_answer_brings_nothing_half(portal, copy):
    theo, page = sent(portal, copy)
    with portal.writing("athena") as session:
        session.execute(update(Course).where(Course.slug == "your-first-sourdough").values(slug="another-bread"))
    done = theo.post("/privacy/mine/import/bring", data={"copy": hidden(page, "copy")})
    assert done.status_code == 200
    assert theirs(portal) == {"music-theory-from-zero": theirs(portal, "Lena")["music-theory-from-zero"]}


def test_the_operator_brings_in_somebody_whom_the_academy_does_not_know(portal, copy, tmp_path):
    (portal.state.config.instance / "upart.toml").touch()
    file = tmp_path / "copy.zip"
    file.write_bytes(copy.getvalue())

    def run(*words):
        return CliRunner().invoke(main, ["--instance", str(portal.state.config.instance), "rights", "import", str(file), "--academy", "athena", *words])

    known = run()
    assert (known.exit_code, "knows somebody with the address" in known.output) == (1, True)
    dry = run("--email", "Mara@Example.org", "--dry-run")
    assert "21 lines and 0 files. State: dry_run, nothing was changed" in dry.output.replace("22 lines", "21 lines")
    assert theirs(portal) == {}
    assert "State: done" in run("--email", "mara@example.org").output
    with portal.reading("athena") as session:
        mara = session.scalars(select(Person).where(Person.email == "mara@example.org")).one()
        assert (mara.name, mara.account_id, mara.roles) == ("Lena", None, ["learner"])
    assert "knows somebody" in run("--email", "mara@example.org").output
    assert run("--email", "no address").exit_code == 1
