# SPDX-License-Identifier: MIT
"""The ledger is refused when it is not as it was written, and nothing is done that cannot be written to it."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from erasing import ask, outcome, text, who
from people import sign_in, work
from restoring import again, backup, kinds, ledger
from served import free_port
from sqlalchemy import event, select

from upart import clock, config
from upart.accounts.models import Person
from upart.cli.main import main
from upart.cli.work import make_worker
from upart.db import engine
from upart.errors import BadSetting, Problem
from upart.events.models import Event
from upart.jobs.models import Job
from upart.rights.actions.catching_up import catch_up
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.ledger.book import head, is_behind, verify
from upart.rights.ledger.folder import Folder
from upart.rights.ledger.lines import LedgerBroken, LedgerRefused
from upart.rights.ledger.models import LedgerPosition
from upart.rights.ledger.upkeep import keep_ledger
from upart.rights.models import RequestState, RightsRequest
from upart.rights.restricting.actions import restrictions_of
from upart.rights.restricting.models import Ground
from upart.testing.faults import killed_at

MONTH = timedelta(days=31)


def restrict(made, name="Lena"):
    """Somebody has their data restricted."""
    with made.app.test_request_context(), made.writing("athena") as session:
        ask_to_restrict(who(session, name), Ground.ACCURACY, goes_on=True)


@contextmanager
def full(disk):
    """The ledger's disk is full."""
    stuffing = disk / "stuffing"
    with stuffing.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    yield
    stuffing.unlink()


@pytest.fixture
def apart(portal, small_disk):
    """The demo, with its ledger on a small disk of its own."""
    made = again(portal, ledger_url=(small_disk / "ledger").as_uri())
    yield made
    made.close()


def folder(made) -> Path:
    return made.state.config.instance / "ledger"


def refusal(made) -> str:
    """What the next start says."""
    with pytest.raises(LedgerRefused) as raised:
        make_worker(again(made).app)
    return str(raised.value)


@pytest.fixture
def lines(tmp_path) -> Folder:
    """A ledger of five lines."""
    made = Folder(tmp_path / "ledger", b"k" * 32, "f" * 64)
    for number in range(4):
        made.append(kind="restriction", what={"name": f"{number} größer"})
    return made


def test_one_byte_changed_anywhere_is_refused_with_file_and_line(lines):
    [path] = lines.chains()
    whole, number = path.read_bytes(), 0
    for at in range(len(whole)):
        for flip in (1, 0x0A ^ whole[at]) if whole[at] != 0x0A else (1,):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
            with pytest.raises(LedgerRefused) as raised:
                list(lines.lines())
            number = whole[:at].count(b"\n") + 1
            assert str(path) in str(raised.value), at
            assert f"line {number}" in str(raised.value), at
            assert raised.value.remedy
    assert number == 5


@pytest.mark.parametrize("change", [lambda a: a[1:], lambda a: a[:1] + a[2:], lambda a: [a[0], a[2], a[1], *a[3:]], lambda a: [*a[:2], a[1], *a[2:]]])
def test_lines_left_out_moved_or_doubled_are_refused(lines, change):
    [path] = lines.chains()
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(LedgerBroken):
        list(lines.lines())


def test_a_chain_under_another_name_is_refused(lines):
    [path] = lines.chains()
    path.rename(path.with_name(f"{path.name[:8]}{'0' * 16}.ledger"))
    with pytest.raises(LedgerBroken):
        list(lines.lines())


def test_a_line_that_was_cut_off_while_it_was_written_counts_for_nothing(lines):
    [path] = lines.chains()
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for end in range(last, len(whole)):
        path.write_bytes(whole[:end])
        assert len(list(lines.lines())) == 4


def test_the_order_stands_when_the_clock_is_put_back_an_hour(lines):
    with clock.shifted(-timedelta(hours=1)):
        lines.append(kind="lifting")
    with clock.shifted(MONTH):
        lines.append(kind="restriction")
    lines.append(kind="lifting")
    found = list(lines.lines())
    assert [line.at for line in found] == sorted(line.at for line in found)
    assert [line.kind for line in found][-4:] == ["lifting", "opened", "restriction", "lifting"]


def test_a_lost_ledger_a_shorter_one_and_another_key_stop_the_start(portal):
    restrict(portal)
    kept = shutil.copytree(folder(portal), folder(portal).with_name("kept"))
    restrict(portal, "Theo")
    shutil.rmtree(folder(portal))
    assert "lost" in refusal(portal)
    shutil.copytree(kept, folder(portal))
    assert "older than this database" in refusal(portal)
    key = portal.state.config.instance / "pseudonym-key"
    key.write_text("another key of more than 32 characters")
    assert "another pseudonym key" in refusal(portal)
    key.unlink()
    assert "missing" in refusal(portal)
    assert not key.exists()
    shutil.rmtree(folder(portal))
    assert "another one" in refusal(portal)


def test_nothing_is_answered_while_the_ledger_is_refused(portal):
    restrict(portal)
    shutil.rmtree(folder(portal))
    portal = again(portal)
    answer = portal.visitor("athena").get("/")
    assert answer.status_code == 503
    assert "Athena" not in answer.text
    assert portal.visitor("athena").get("/readyz").status_code == 503
    assert portal.visitor("athena").get("/healthz").status_code == 200


def test_while_the_ledger_cannot_be_written_an_erasure_waits_and_says_so(apart, small_disk):
    lena = sign_in(apart, "lena")
    with full(small_disk):
        page = lena.post("/privacy/mine/erase", data={"sure": "y", "now": "y"})
        assert "as soon as it can be noted safely" in lena.get(page.headers["Location"]).text
        with clock.shifted(timedelta(minutes=5)):
            work(apart)
        with apart.reading("athena") as session:
            row = session.scalars(select(RightsRequest)).one()
            assert (row.state, who(session, "Lena").email) == (RequestState.PLANNED, "lena@example.org")
            assert "The ledger cannot be written." in session.scalars(select(Job.problem)).all()
    with clock.shifted(timedelta(minutes=9)):
        work(apart)
    assert outcome(apart, row.id)["state"] == "done"
    assert kinds(apart) == ["erasure", "done"]


def test_the_72_hours_wait_for_the_ledger_too(apart, small_disk):
    lena = sign_in(apart, "lena")
    with full(small_disk):
        page = lena.post("/privacy/mine/erase", data={"sure": "y"}).headers["Location"]
        assert "It has not begun yet" in lena.get(page).text
    with clock.shifted(timedelta(minutes=5)):
        work(apart)
    assert "It begins on" in lena.get(page).text
    assert kinds(apart) == ["erasure"]


def test_what_cannot_be_noted_is_not_done(apart, small_disk):
    lena, form = sign_in(apart, "lena"), {"ground": "accuracy", "goes_on": "y"}
    with full(small_disk):
        answer = lena.post("/privacy/mine/restrict", data=form)
        assert answer.status_code == 503
        assert "nothing was changed" in answer.text
        with apart.reading("athena") as session:
            assert restrictions_of(who(session, "Lena")) == []
    assert lena.post("/privacy/mine/restrict", data=form).status_code == 303
    assert kinds(apart) == ["restriction"]


def test_a_door_that_cannot_commit_leaves_a_line_that_counts_for_nothing(portal):
    def fail(connection):
        raise OSError("the power is gone")

    with portal.app.app_context():
        event.listen(engine(), "commit", fail)
        with pytest.raises(OSError, match="power"):
            restrict(portal)
        event.remove(engine(), "commit", fail)
    assert kinds(portal) == ["restriction", "void"]
    assert catch_up(again(portal).app) == 0
    restrict(portal)
    assert kinds(portal) == ["restriction", "void", "restriction"]


def test_what_says_no_leaves_no_line(portal):
    with pytest.raises(Problem):
        ask(portal, "Ada")
    assert kinds(portal) == []


def test_killed_anywhere_an_erasure_is_finished_by_the_next_start_and_the_ledger_agrees(school):
    """One guest for each boundary, from the door that begins it to the end of the worker's last job; in short runs a few of them."""
    killed: list[str] = []
    for number in range(1, 500) if os.environ.get("UPART_DEEP") else (2, 3, *range(4, 500, 70)):
        name = f"Guest {number}"
        with school.writing("athena") as session:
            session.add(Person(name=name, email=f"guest{number}@example.org"))
        school.close()
        where = killed_at(number, partial(erase_unless_killed, school, name))
        if where is None:
            break
        killed.append(where)
        school = again(school)
        with clock.shifted(timedelta(minutes=2)):
            work(school)
        assert catch_up(again(school).app) == 0
        found = ledger(school)
        begun, done = ([line.id for line in found if line.kind == kind] for kind in ("erasure", "done"))
        assert name not in text(school) or (number == 1 and not begun), where
        assert set(done) <= set(begun), where
        assert len([line for line in found if line.kind == "done"]) >= len(killed) - 1, where
    print(f"killed at {len(killed)} boundaries; there are fewer than {number}")
    assert number > 50
    assert set(requests_of(school)) == {RequestState.DONE}


def erase_unless_killed(made, name) -> None:
    """Ask, and let a worker do it."""
    ask(made, name)
    work(made)


def requests_of(made) -> list[RequestState]:
    """The states of all requests."""
    with made.reading("athena") as session:
        return list(session.scalars(select(RightsRequest.state)))


def test_two_processes_write_chains_of_their_own_and_a_copy_knows_both(school):
    def other() -> None:
        restrict(school, "Theo")

    school.close()
    child = os.fork()
    if child == 0:
        try:
            other()
        finally:
            os._exit(0)
    restrict(school, "Lena")
    assert os.waitpid(child, 0)[1] == 0
    assert len({line.chain for line in ledger(school)}) == 2
    assert catch_up(again(school).app) == 0


def test_many_threads_write_one_chain_and_the_database_knows_its_last_line(school):
    names = ["Lena", "Theo", "Ada"]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda name: restrict(school, name), names))
    found = [line for line in ledger(school) if line.kind == "restriction"]
    assert len({line.who for line in found}) == 3
    with school.everywhere() as session:
        row = session.scalars(select(LedgerPosition).where(LedgerPosition.chain == found[0].chain)).one()
        assert row.line == max(line.number for line in found)


def test_old_months_go_with_the_oldest_backup_and_an_older_one_is_refused(portal):
    portal = again(portal, backup_days=60)
    work(portal)
    put_back = backup(portal)
    restrict(portal)
    with clock.shifted(4 * MONTH):
        restrict(portal, "Theo")
        with portal.writing("platform"):
            keep_ledger()
        assert [line.kind for line in ledger(portal)] == ["opened", "restriction"]
        assert catch_up(again(portal).app) == 0
        with pytest.raises(LedgerRefused, match="last in use in"):
            catch_up(put_back().app)


def test_a_backup_keeps_the_head_and_is_told_when_the_ledger_is_older(portal):
    restrict(portal)
    with portal.app.app_context():
        before = head()
    kept = shutil.copytree(folder(portal), folder(portal).with_name("kept"))
    restrict(portal, "Theo")
    with portal.app.app_context():
        after = head()
        assert not is_behind(before.places)
        shutil.rmtree(folder(portal))
        shutil.copytree(kept, folder(portal))
        assert is_behind(after.places)
        assert len(verify()) == 2


def command(made, *words):
    """`upart …` in this installation."""
    made.close()
    (made.state.config.instance / "upart.toml").touch()
    return CliRunner().invoke(main, ["--instance", str(made.state.config.instance), *words])


def test_the_command_checks_and_a_loss_is_accepted_in_words(portal):
    restrict(portal)
    assert json.loads(command(portal, "rights", "ledger", "--json").output)["kinds"] == {"opened": 1, "restriction": 1}
    shutil.rmtree(folder(portal))
    refused = command(portal, "rights", "list")
    assert refused.exit_code == 1
    assert "--accept-loss" in refused.output
    assert "lost" in command(portal, "rights", "ledger", "--accept-loss").output
    assert command(portal, "rights", "list").exit_code == 0
    with portal.reading("platform") as session:
        assert session.scalars(select(Event.type).where(Event.type == "rights.ledger_lost")).all() == ["rights.ledger_lost"]


def test_s3_is_refused_in_words(portal):
    with pytest.raises(BadSetting, match="s3: is not offered"):
        config.load(portal.state.config.instance, {"UPART_LEDGER_URL": "s3://bucket/prefix"})


def test_the_server_does_not_start_with_a_lost_ledger(portal):
    restrict(portal)
    shutil.rmtree(folder(portal))
    for words in (("serve", "--bind", f"127.0.0.1:{free_port()}"), ("worker", "--once")):
        refused = command(portal, *words)
        assert refused.exit_code == 1, refused.output
        assert "lost" in refused.output
