# SPDX-License-Identifier: MIT
"""The ledger in a bucket: the same promises, and what people are told while S3 is down, slow, closed, or not what was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
import uuid
from datetime import timedelta
from functools import partial

import pytest
from bucket import ACCESS, REGION, SECRET, serving_bucket
from click.testing import CliRunner
from erasing import ask, outcome, text, who
from keeping import back_up, restore
from people import night, sign_in, work
from restoring import again, backup, kinds, ledger
from sqlalchemy import select
from toil import until

from upart import clock
from upart.cli.main import main
from upart.cli.work import make_worker
from upart.jobs.models import Job
from upart.rights.actions.catching_up import catch_up
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.ledger import bucket as module
from upart.rights.ledger.bucket import Bucket
from upart.rights.ledger.chains import Chains, LedgerNotWritten
from upart.rights.ledger.lines import LedgerBroken, LedgerRefused
from upart.rights.ledger.upkeep import keep_ledger
from upart.rights.models import RequestState, RightsRequest
from upart.rights.restricting.actions import restrictions_of
from upart.rights.restricting.models import Ground
from upart.testing.faults import exit_status

URL = "s3://ledger/acts/of-rights"
FORM = {"ground": "accuracy", "goes_on": "y"}


@pytest.fixture
def s3(monkeypatch):
    """A server with a bucket, to which the environment has the keys."""
    with serving_bucket() as made:
        for name, value in (("ENDPOINT_URL", made.url), ("ACCESS_KEY_ID", ACCESS), ("SECRET_ACCESS_KEY", SECRET), ("REGION", REGION)):
            monkeypatch.setenv(f"AWS_{name}", value)
        yield made


@pytest.fixture
def far(portal, s3):
    """The demo, with its ledger in the bucket."""
    made = again(portal, ledger_url=URL)
    yield made
    made.close()


@pytest.fixture
def lines(s3):
    """A ledger of ten lines: more than one page of a list."""
    made = Chains(Bucket("ledger", "acts"), b"k" * 32, "f" * 64)
    for number in range(9):
        made.append(kind="restriction", what={"name": f"{number} größer"})
    return made


@pytest.fixture
def hasty(monkeypatch):
    """Nobody waits long, and nobody is spared a try."""
    monkeypatch.setattr(module, "PAUSE", 0.0)
    monkeypatch.setattr(module, "SECONDS", 0.3)


def restrict(made, name="Lena"):
    """Somebody has their data restricted."""
    with made.app.test_request_context(), made.writing("athena") as session:
        ask_to_restrict(who(session, name), Ground.ACCURACY, goes_on=True)


def test_an_erasure_is_noted_object_by_object_and_done_again_after_a_restore(far, s3, tmp_path):
    put_back = backup(far)
    ask(far)
    work(far)
    assert kinds(far) == ["erasure", "done"]
    assert len(s3.lines()) == 3
    assert "lena" not in b"".join(s3.objects.values()).decode().lower()
    far = put_back()
    assert "lena@example.org" in text(far)
    assert "Lena" not in sign_in(far, "ada").get("/manage/people/").text
    assert "lena@example.org" not in text(far)
    assert kinds(far) == ["erasure", "done", "erasure", "done"]
    far.close()


@pytest.mark.parametrize(
    "trouble",
    [
        {"fails": 503, "code": "SlowDown"},
        {"fails": 500},
        {"fails": 403, "code": "AccessDenied"},
        {"waits": 1.0},
        {"clock": 3600.0},
        {"fails": 404, "code": "NoSuchBucket"},
    ],
    ids=["slow down", "error", "no entry", "no answer", "clock", "no bucket"],
)
def test_while_the_bucket_takes_nothing_an_erasure_waits_and_what_cannot_be_noted_is_not_done(far, s3, hasty, trouble):
    lena, theo = sign_in(far, "lena"), sign_in(far, "theo")
    s3.behave(**trouble)
    page = lena.post("/privacy/mine/erase", data={"sure": "y", "now": "y"})
    assert "as soon as it can be noted safely" in lena.get(page.headers["Location"]).text
    refused = theo.post("/privacy/mine/restrict", data=FORM)
    assert (refused.status_code, "nothing was changed" in refused.text) == (503, True)
    with clock.shifted(timedelta(minutes=5)):
        work(far)
    with far.reading("athena") as session:
        row = session.scalars(select(RightsRequest)).one()
        assert (row.state, restrictions_of(who(session, "Theo"))) == (RequestState.PLANNED, [])
        assert "The ledger cannot be written." in session.scalars(select(Job.problem)).all()
    s3.behave()
    with clock.shifted(timedelta(minutes=9)):
        work(far)
    assert outcome(far, row.id)["state"] == "done"
    assert kinds(far) == ["erasure", "done"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"fails": 503}, "answers with an error"), ({"waits": 1.0}, "does not answer"), ({"fails": 403, "code": "AccessDenied"}, "do not allow"),
        ({"clock": -3600.0}, "the clock of this machine is wrong"), ({"fails": 404, "code": "NoSuchBucket"}, "no such bucket"),
    ],
)  # fmt: skip
def test_while_it_cannot_be_read_nobody_starts_and_the_remedy_is_said(far, s3, hasty, trouble, words):
    restrict(far)
    s3.behave(**trouble)
    far = again(far)
    with pytest.raises(LedgerRefused, match=words) as raised:
        make_worker(far.app)
    assert (URL in str(raised.value), "AWS_REGION" in raised.value.remedy, SECRET in str(raised.value)) == (True, True, False)
    assert far.visitor("athena").get("/").status_code == 503
    s3.behave()
    assert far.visitor("athena").get("/").status_code == 200
    far.close()


def test_with_nobody_there_or_a_wrong_key_it_is_said_which(far, s3, hasty, monkeypatch):
    for name, value, words in (("ENDPOINT_URL", "http://127.0.0.1:9", "does not answer"), ("SECRET_ACCESS_KEY", "another", "secret key is wrong")):
        with monkeypatch.context() as changed, pytest.raises(LedgerRefused, match=words):
            changed.setenv(f"AWS_{name}", value)
            make_worker(again(far).app)
    assert catch_up(again(far).app) == 0


def test_an_object_deleted_changed_swapped_added_or_cut_off_is_refused_with_its_address(lines, s3):
    whole, names = dict(s3.objects), s3.lines()
    swapped = {names[3]: whole[names[4]], names[4]: whole[names[3]]}
    changes = [
        swapped,
        {names[9] + "0": whole[names[9]]},
        {names[0].replace("00000001", "00000011"): whole[names[9]]},
        {names[0].replace("00000001", "note"): b"x"},
    ]
    for change in changes:
        s3.objects |= change
        with pytest.raises(LedgerBroken, match=r"s3://ledger/acts/\d{4}-\d\d\.") as raised:
            list(lines.lines())
        assert "--accept-loss" in raised.value.remedy
        s3.objects.clear()
        s3.objects |= whole
    for number, name in ((1, names[0]), (5, names[4]), (10, names[9])):
        for bad in (None, whole[name][:-1], whole[name][:40], whole[name] * 2, b"", whole[name].replace(b'"', b"'", 1)):
            s3.objects |= {name: bad} if bad is not None else {}
            if bad is None:
                del s3.objects[name]
            if bad is None and number == 10:
                assert len(list(lines.lines())) == 9  # what a database has seen of it tells: the next test
                continue
            with pytest.raises(LedgerBroken, match=f"line {number}"):
                list(lines.lines())
        s3.objects |= whole
    assert len(list(lines.lines())) == 10


def test_whoever_loses_objects_that_the_database_has_seen_does_not_start(far, s3):
    restrict(far)
    kept = dict(s3.objects)
    restrict(far, "Theo")
    del s3.objects[s3.lines()[-1]]
    for left in (s3.objects, kept, {}):
        s3.objects = dict(left)
        far = again(far)
        with pytest.raises(LedgerRefused, match="s3://ledger/acts/of-rights is older than this database, or lost"):
            make_worker(far.app)
    far.close()


def test_a_line_whose_answer_is_lost_is_known_again_and_never_put_over_another(lines, s3, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.0)
    s3.behave(fails=500, methods="PUT", after=True, times=1)  # kept, but nobody says so
    lines.append(kind="lifting")
    s3.behave()
    assert [line.kind for line in lines.lines()][-1] == "lifting"
    [chain] = lines.shelf.chains()
    taken = f"acts/{chain}/00000012"
    s3.objects[taken] = b"of somebody else"
    with pytest.raises(LedgerNotWritten):
        lines.append(kind="restriction")
    assert s3.objects[taken] == b"of somebody else"


@pytest.mark.parametrize("late", [False, True], ids=["kept before the next line", "kept after it"])
def test_what_may_have_been_kept_although_nobody_said_so_is_taken_back(far, s3, hasty, late):
    restrict(far, "Theo")
    lena, gate, lines = sign_in(far, "lena"), threading.Event(), len(s3.lines())
    s3.behave(until=gate)
    assert lena.post("/privacy/mine/restrict", data=FORM).status_code == 503
    s3.behave()
    if not late:
        gate.set()
        until(lambda: len(s3.lines()) == lines + 1)
    restrict(far, "Ada")
    gate.set()
    until(lambda: s3.answered == len(s3.asked))
    assert sorted(kinds(far)) == ["restriction", "restriction", "restriction", "void"]  # Lena's was kept after all
    far = again(far)
    assert catch_up(far.app) == 0
    with far.reading("athena") as session:
        assert restrictions_of(who(session, "Lena")) == []
    far.close()


def test_while_it_fails_only_one_waits_and_the_others_are_told_at_once(lines, s3):
    s3.behave(fails=503)
    for _ in range(5):
        with pytest.raises(LedgerNotWritten):
            lines.append(kind="lifting")
        assert lines.can_be_written() is False
    asked = len([one for one in s3.asked if one[0] == "PUT"])
    with pytest.raises(LedgerNotWritten):
        lines.append(kind="lifting")
    assert len([one for one in s3.asked if one[0] == "PUT"]) == asked


def test_old_months_go_and_the_mark_says_how_far_it_reaches_back(far, s3):
    far = again(far, backup_days=60)
    night(far)
    put_back = backup(far)
    restrict(far)
    with clock.shifted(timedelta(days=124)):
        restrict(far, "Theo")
        with far.app.app_context():
            note = keep_ledger()
        with far.writing("platform"):
            note()
        assert [line.kind for line in ledger(far)] == ["opened", "restriction"]
        with pytest.raises(LedgerRefused, match="last in use in"):
            catch_up(put_back().app)
        s3.objects["acts/of-rights/reaches-back"] = b"2020-01 0"
        with pytest.raises(LedgerBroken, match="reaches-back"):
            catch_up(again(far).app)


def test_the_commands_and_the_backup_know_the_bucket(far, s3, tmp_path):
    restrict(far)
    back_up(far, tmp_path / "backup")
    kept = dict(s3.objects)
    s3.objects = {}
    far = again(far)
    with pytest.raises(LedgerRefused, match="older than the backup, or lost"):
        restore(far, tmp_path / "backup")
    s3.objects = kept
    far.close()
    (tmp_path / "upart.toml").write_text(f'ledger_url = "{URL}"\n')
    run = partial(CliRunner().invoke, main)
    assert json.loads(run(["--instance", str(tmp_path), "rights", "ledger", "--json"]).output)["where"] == URL
    said = json.loads(run(["--instance", str(tmp_path), "doctor", "--json"]).output)
    assert [one["text"] for one in said if one["part"] == "ledger"] == ["2 lines, each bound to the one before it."]
    s3.behave(fails=503)
    assert "AWS_REGION" in run(["--instance", str(tmp_path), "doctor"]).output


PROGRAM = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from upart import config
from upart.accounts.models import Person
from upart.app import create_app
from upart.context import context
from upart.db import engine, session, writing
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.restricting.models import Ground

app = create_app(settings=config.load(Path(sys.argv[1]), {}, ledger_url=sys.argv[2]), plugins=[])
academy = app.extensions["upart"].directory.by_slug("athena")
with app.test_request_context(), context.set(academy), writing(academy):
    event.listen(engine(), "commit", lambda connection: os._exit(137))
    ask_to_restrict(session.query(Person).filter_by(name="Lena").one(), Ground.ACCURACY, goes_on=True)
"""


def test_killed_between_the_object_and_the_commit_the_next_start_does_it(far, s3):
    far.close()
    command = [sys.executable, "-c", PROGRAM, str(far.state.config.instance), URL]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=120)
    assert done.returncode == 137, done.stderr
    assert kinds(far) == ["restriction"]
    far = again(far)
    assert catch_up(far.app) == 1
    with far.reading("athena") as session:
        assert [one.ground for one in restrictions_of(who(session, "Lena"))] == [Ground.ACCURACY]
    far.close()


def test_a_forked_process_says_that_it_cannot_instead_of_waiting_for_ever(lines):
    child = os.fork()
    if child == 0:
        try:
            lines.append(kind="lifting")
        except LedgerNotWritten as error:
            os._exit(0 if "forked" in str(error.__cause__) else 2)
        finally:
            os._exit(1)
    assert exit_status(child, 20) == 0


@pytest.mark.skipif(not os.environ.get("UPART_TEST_S3_URL"), reason="no other server that speaks like S3 is named")
def test_another_server_that_speaks_like_s3_keeps_the_same_promises(monkeypatch):
    url, name = os.environ["UPART_TEST_S3_URL"], f"ledger-{uuid.uuid4().hex}"
    for key, value in (("ENDPOINT_URL", url), ("ACCESS_KEY_ID", ACCESS), ("SECRET_ACCESS_KEY", SECRET), ("REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{key}", value)
    made = Chains(Bucket(name, "acts"), b"k" * 32, "f" * 64)
    with pytest.raises(LedgerRefused, match="no such bucket"):
        list(made.lines())
    urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", method="PUT"), timeout=10).close()
    made = Chains(Bucket(name, "acts"), b"k" * 32, "f" * 64)
    assert made.can_be_written()
    for _ in range(1100):  # more than a page of a list
        made.append(kind="lifting")
    [chain] = made.shelf.chains()
    with pytest.raises(OSError, match="is there already"):
        made.shelf.put(chain, 7, b"another\n")
    assert [line.number for line in made.lines()] == list(range(1, 1102))
    with clock.shifted(timedelta(days=62)):
        assert made.drop_before(clock.now().date()) == [chain]
        assert (list(made.lines()), made.reaches_back()) == ([], f"{clock.now():%Y-%m}")
