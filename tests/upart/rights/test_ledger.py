# SPDX-License-Identifier: MIT
"""The ledger is refused when it is not as it was written: changed, cut, lost, or of another key."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from erasing import who
from people import night
from restoring import again, backup, ledger
from served import free_port
from sqlalchemy import select, text

from upart import clock, config
from upart.cli.main import main
from upart.cli.work import make_worker
from upart.errors import BadSetting
from upart.events.models import Event
from upart.rights.actions.catching_up import catch_up
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.ledger.book import head, is_behind, verify
from upart.rights.ledger.chains import Chains
from upart.rights.ledger.folder import Folder
from upart.rights.ledger.lines import LedgerBroken, LedgerRefused
from upart.rights.ledger.upkeep import keep_ledger
from upart.rights.restricting.models import Ground

MONTH = timedelta(days=31)


def restrict(made, name="Lena"):
    """Somebody has their data restricted."""
    with made.app.test_request_context(), made.writing("athena") as session:
        ask_to_restrict(who(session, name), Ground.ACCURACY, goes_on=True)


def folder(made) -> Path:
    return made.state.config.instance / "ledger"


def only_file(lines: Chains) -> Path:
    [chain] = lines.shelf.chains()
    return Path(lines.shelf.name(chain))


def refusal(made) -> str:
    """What the next start says."""
    with pytest.raises(LedgerRefused) as raised:
        make_worker(again(made).app)
    return str(raised.value)


@pytest.fixture
def lines(tmp_path) -> Folder:
    """A ledger of five lines."""
    made = Chains(Folder(tmp_path / "ledger"), b"k" * 32, "f" * 64)
    for number in range(4):
        made.append(kind="restriction", what={"name": f"{number} größer"})
    return made


def test_one_byte_changed_anywhere_is_refused_with_file_and_line(lines):
    path = only_file(lines)
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
    path = only_file(lines)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(LedgerBroken):
        list(lines.lines())


def test_a_chain_under_another_name_is_refused(lines):
    path = only_file(lines)
    path.rename(path.with_name(f"{path.name[:8]}{'0' * 16}.ledger"))
    with pytest.raises(LedgerBroken):
        list(lines.lines())


def test_a_line_that_was_cut_off_while_it_was_written_counts_for_nothing(lines):
    path = only_file(lines)
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


def test_nothing_is_answered_while_it_cannot_be_seen_how_far_the_database_knows_the_ledger(portal):
    restrict(portal)
    with portal.everywhere() as session:
        session.execute(text("ALTER TABLE ledger_position RENAME TO away"), execution_options={"ddl": True})
    portal = again(portal)
    answer = portal.visitor("athena").get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    with portal.everywhere() as session:
        session.execute(text("ALTER TABLE away RENAME TO ledger_position"), execution_options={"ddl": True})
    assert portal.visitor("athena").get("/").status_code == 200


def test_old_months_go_with_the_oldest_backup_and_an_older_one_is_refused(portal):
    portal = again(portal, backup_days=60)
    night(portal)
    put_back = backup(portal)
    restrict(portal)
    with clock.shifted(4 * MONTH):
        restrict(portal, "Theo")
        with portal.app.app_context():
            note = keep_ledger()
        with portal.writing("platform"):
            note()
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


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3://B",
        "s3://name:secret@bucket",
        "s3://bucket/a?b=c",
        "s3://bucket//",
        "s3://bucket/../a",
        "s3://bucket/a b",
        "https://bucket",
        "file://host/a",
    ],
)
def test_where_no_ledger_can_lie_is_refused_in_words(tmp_path, url):
    with pytest.raises(BadSetting, match="UPART_LEDGER_URL") as raised:
        config.load(tmp_path, {"UPART_LEDGER_URL": url})
    assert "s3://bucket/prefix" in raised.value.remedy


def test_the_server_does_not_start_with_a_lost_ledger(portal):
    restrict(portal)
    shutil.rmtree(folder(portal))
    for words in (("serve", "--bind", f"127.0.0.1:{free_port()}"), ("worker", "--once")):
        refused = command(portal, *words)
        assert refused.exit_code == 1, refused.output
        assert "lost" in refused.output
