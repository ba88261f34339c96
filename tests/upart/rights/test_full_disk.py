# SPDX-License-Identifier: MIT
"""The disk is really full in the middle of a right: nothing counts as done that is not, and with space it goes on by itself."""

from __future__ import annotations

import gc
import logging
import secrets
import shutil
import threading
import zipfile
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta

import pytest
from erasing import ask, held, numbers, who
from people import mails, sign_in, work
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import OperationalError
from toil import until

from upart import clock
from upart.cli.work import make_worker
from upart.jobs.models import Job, JobState
from upart.jobs.schedules import PREFIX
from upart.rights.actions.steps import answer
from upart.rights.models import RequestState, RightsRequest
from upart.testing.contract.traces import files

LATER = timedelta(hours=2)
"""Beyond every back-off, and every lease."""

ROWS = 2_000
SURE = {"sure": "y", "now": "y"}


@pytest.fixture
def school(_original, mounted, reopened):
    """The demo's academies on a disk of 32 megabytes; Lena and Theo have answered thousands of questions."""
    if _original.server:
        pytest.skip("PostgreSQL keeps its rows on a disk of its own")
    shutil.copytree(_original.folder, (portal := mounted(32) / "portal"))
    (portal / "upart.toml").write_text("files_spare = 0\n")
    made = reopened(portal, "")
    for name in ("Lena", "Theo"):
        answered(made, name)
    reopen_log(made)
    yield made
    made.close()


def reopen_log(made) -> None:
    """Empty the log of the database, else there is room in it; what opens it again is a reader, as of any portal that runs."""
    made.close()
    with made.reading("athena") as session:
        who(session, "Theo")


def answered(made, name: str) -> None:
    """Thousands of long answers, none like the other."""
    from upart_quizbank.models import Answer, Question

    with made.writing("athena") as session:
        question, person = Question(text="Why?", answer="So."), who(session, name)
        session.add(question)
        session.flush()
        one = {"academy_id": person.academy_id, "question_id": question.id, "learner_id": person.id}
        session.connection().execute(insert(Answer), [{**one, "text": f"{name}: {secrets.token_hex(300)}", "steps": {}} for _ in range(ROWS)])


@contextmanager
def full(school, but: int):
    """Something else fills the disk, but for so many kilobytes."""
    disk = school.state.config.instance.parent
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - but * 1024))
    yield
    (disk / "ballast").unlink()


@contextmanager
def working(worker):
    """The worker goes on whatever happens, as `upart worker` does."""
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


def seen(school, request):
    """What is said of an erasure, and how many of Lena's answers there still are, at one instant."""
    from upart_quizbank.models import Answer

    with school.reading("athena") as session:
        said = answer(request)
        theos = session.scalar(select(func.count(Answer.id)).where(Answer.text.like("Theo: %")))
        assert theos == ROWS
        return said, session.scalar(select(func.count(Answer.id)).where(Answer.text.like("Lena: %")))


def others(school, but=()):
    """The rows of quizbank and courses, and of orion all there is, as they are now; but certificates, which stay and name nobody any more."""
    athena = {place: row for place, row in held(school).items() if place[0].startswith(("quizbank_", "courses_")) and place[0] != "courses_certificate"}
    return {**athena, **held(school, "orion")}


@pytest.mark.parametrize("room", [1200, 400, 0], ids=lambda room: f"{room} kB left")
def test_an_erasure_waits_for_space_and_is_finished_by_the_same_worker(school, room, caplog):
    request, before, worker = ask(school, with_account=True), others(school), make_worker(school.app)
    reopen_log(school)
    with ExitStack() as stack:
        with full(school, room):
            stack.enter_context(working(worker))
            until(lambda: "disk is full" in caplog.text)
            said, left = seen(school, request)
            assert said["state"] in ("running", "partially_done")
            assert said["open"][-1]["holder"] == "residual"
            assert numbers(said["tables"]).get("quizbank_answer", (0, 0, 0))[0] == ROWS - left
            assert (left > 0) is any(step["holder"] == "academy:quizbank_answer" for step in said["open"])
        with clock.shifted(LATER):
            until(lambda: seen(school, request)[0]["state"] == "done")
    after = others(school)
    assert all(before[place] == row for place, row in after.items())
    assert len(before) - len(after) >= ROWS
    assert [path.name for path, data in files(school) if b"Lena" in data or b"lena@" in data] == []


def test_half_way_the_part_that_failed_is_named_and_what_went_is_gone(school, caplog):
    caplog.set_level(logging.CRITICAL)
    request = ask(school)
    reopen_log(school)
    with full(school, 4000):
        with suppress(OperationalError):  # the last page may be taken before it can be noted; a worker that goes on tries again
            work(school)
        said, left = seen(school, request)
        assert said["state"] in ("running", "partially_done")
        assert said["open"][0]["holder"] == "academy:quizbank_answer"
        assert 0 < left < ROWS
    with clock.shifted(LATER):
        work(school)
    assert seen(school, request)[0]["state"] == "done"


def test_who_asks_on_a_full_disk_is_told_so_and_nothing_has_begun(school):
    lena = sign_in(school, "lena")
    with full(school, 0):
        for path in ("/privacy/mine/archive", "/privacy/mine/erase"):
            answered = lena.post(path, data=SURE)
            assert (answered.status_code, "reading works" in answered.text) == (507, True), path
        assert lena.get("/account/").status_code == lena.get("/privacy/mine").status_code == 200
    with school.reading("athena") as session:
        assert session.scalars(select(RightsRequest)).all() == []
    assert lena.post("/privacy/mine/erase", data=SURE).status_code == 200


def test_a_portal_that_nobody_has_opened_before_cannot_even_read_on_a_full_disk_and_says_so(school):
    vic = school.visitor("athena")
    school.close()
    with full(school, 0):
        refused = vic.get("/courses/?q=bread")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert vic.get("/courses/?q=bread").status_code == 200


def test_a_copy_waits_for_space_however_often_it_is_tried_and_leaves_nothing_half(school, caplog):
    lena, place = sign_in(school, "lena"), school.state.config.instance / "files"
    assert lena.post("/privacy/mine/archive").status_code == 303
    postpone(school)
    with full(school, 1900):  # less than the copy, and enough for what workers note meanwhile
        for hours in range(5):
            with clock.shifted(LATER * hours):
                make_worker(school.app).run_due()
            assert "disk for files is full" in caplog.text
            caplog.clear()
            gc.collect()  # a ZIP that is forgotten would end itself
            assert [path for path in place.rglob("*") if path.is_file()] == []
        assert state_of_the_copy(school) == (RequestState.PARTIALLY_DONE, JobState.WAITING)
    with clock.shifted(LATER * 6):
        assert "copy of your data is ready" in mails(school, "lena")[-1]["Subject"]
    [kept] = [path for path in place.rglob("*") if path.is_file()]
    assert zipfile.ZipFile(kept).testzip() is None


def postpone(school) -> None:
    """What comes every night waits: its notes would need the space that is left."""
    make_worker(school.app)
    with school.everywhere() as session:
        later = update(Job).where(Job.dedupe_key.startswith(PREFIX)).values(run_at=clock.now() + timedelta(days=900))
        session.execute(later.execution_options(synchronize_session=False))


def state_of_the_copy(school):
    """State of the request and of the job that makes the copy."""
    with school.reading("athena") as session:
        job = session.scalars(select(Job).where(Job.task == "rights.work")).one()
        return session.scalars(select(RightsRequest)).one().state, job.state
