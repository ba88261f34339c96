# SPDX-License-Identifier: MIT
"""The doctor names what is wrong and what to do, and exits with 1 when something is critical."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from keeping import at_rest, back_up
from sqlalchemy import select, text
from toil import command, later

from upart import clock
from upart.accounts.models import Person
from upart.backup.aside import folder_of
from upart.cli.migrating import owner_engine
from upart.events.models import Event
from upart.events.noting import Kind, note
from upart.hooks.models import Installation
from upart.jobs.models import Job, JobState
from upart.rights.models import RequestKind, RightsRequest
from upart.testing import mmdb

SMTP = 'mail_url = "smtp://127.0.0.1:1"\n'


@pytest.fixture
def instance(portal) -> Path:
    """The demo's folder, as a real installation has it."""
    folder = portal.state.config.instance
    folder.chmod(0o700)
    (folder / "upart.toml").write_text('mail_url = "file:"\nfiles_spare = 0\n')
    (folder / "upart.toml").chmod(0o600)
    return folder


def found(instance: Path, *words: str) -> dict[str, list[dict]]:
    """What the doctor says, by part; it exits with 1 if and only if something is critical."""
    answer = command(instance, "doctor", "--json", *words)
    findings = json.loads(answer.stdout)
    assert answer.exit_code == any(one["verdict"] == "critical" for one in findings), answer.output
    assert all(one["remedy"] for one in findings if one["verdict"] != "good")
    parts: dict[str, list[dict]] = {}
    for one in findings:
        parts.setdefault(one["part"], []).append(one)
    return parts


def is_told(parts, part: str, verdict: str, words: str) -> None:
    assert [one for one in parts[part] if one["verdict"] == verdict and words in f"{one['text']} {one['remedy']}"], parts.get(part)


def test_all_is_well_but_for_mail_and_backup(instance, portal):
    parts = found(instance, "--audit")
    wrong = {part for part, ones in parts.items() if any(one["verdict"] == "critical" for one in ones)}
    assert (wrong, parts["audit"][0]["verdict"]) == ({"mail", "ledger"}, "good")
    is_told(parts, "backup", "recommended", "No backup was ever made")
    assert "critical     mail:" in command(instance, "doctor").output
    (instance / ".made-by-upart-demo").touch()
    assert command(instance, "doctor").exit_code == 0


def test_a_damaged_page_and_a_file_that_is_no_database_name_the_newest_backup_which_restores_it(instance, portal, tmp_path):
    before = at_rest(portal)
    back_up(portal, file := tmp_path / "backup")
    portal.close()
    for at, length in ((40 * 4096, 20 * 4096), (0, 9000)):
        with (instance / "upart.sqlite").open("r+b") as opened:
            opened.seek(at)
            opened.write(os.urandom(length))
        is_told(found(instance), "database", "critical", f"upart restore {file} --replace")
        refused = command(instance, "restore", str(file))
        assert (refused.exit_code, "--replace" in refused.stderr) == (1, True), refused.output
        done = command(instance, "restore", str(file), "--replace")
        assert (done.exit_code, "All invariants hold" in done.output) == (0, True), done.output
        assert at_rest(portal) == before
        portal.close()


def test_secrets_that_others_may_read(instance, portal):
    with portal.app.app_context():
        (instance / "keys").chmod(0o644)
    is_told(found(instance), "secrets", "critical", "chmod 600")


def test_what_a_killed_backup_left_and_one_that_is_gone_or_old(instance, portal, tmp_path):
    back_up(portal, file := tmp_path / "backup")
    is_told(found(instance), "backup", "recommended", "on the disk of the installation")
    with later(days=9):
        is_told(found(instance), "backup", "recommended", "9 days old")
    file.unlink()
    is_told(found(instance), "backup", "recommended", "not there any more")
    (folder_of(portal.state.config) / "snapshot").write_text("people")
    is_told(found(instance), "backup", "recommended", "holds data in clear")


def test_a_mail_server_that_nobody_reaches(instance):
    (instance / "upart.toml").write_text(SMTP)
    is_told(found(instance), "mail", "critical", "UPART_MAIL_URL")


def test_a_full_disk(instance):
    (instance / "upart.toml").write_text(f"files_spare = {10**15}\n")
    is_told(found(instance), "disk", "critical", "Make room")


def test_migrations_that_are_missing_and_a_broken_plugin(instance, portal):
    with owner_engine(portal.state) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version_courses SET version_num = 'courses9999'"))
        connection.execute(text("DROP TABLE job"))
    parts = found(instance)
    is_told(parts, "migrations", "critical", "'courses' comes from a newer version")
    is_told(parts, "worker", "critical", "no such table")


def test_a_copy_work_that_nobody_does_late_requests_and_a_clock_set_back(instance, portal):
    with portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        session.add(Job(task="mail.send", payload={}, run_at=clock.now() - timedelta(minutes=9)))
        session.add(Job(task="mail.send", payload={}, run_at=clock.now(), state=JobState.PARKED))
        session.add(RightsRequest(person_id=lena.id, kind=RequestKind.ACCESS, due_on=clock.now().date() - timedelta(days=1)))
        session.add(Event(type="people.joined", data={}, at=clock.now() + timedelta(hours=1)))
    with portal.everywhere() as session:
        session.add(Installation(instance_id="another"))
    parts = found(instance)
    is_told(parts, "worker", "critical", "due for 9 minutes")
    is_told(parts, "worker", "recommended", "1 jobs have failed")
    is_told(parts, "requests", "critical", "1 requests of people")
    is_told(parts, "clock", "critical", "the clock was set back")
    is_told(parts, "copy", "critical", "upart db adopt")


def test_the_audit_tells_what_does_not_hold(instance, portal):
    with portal.writing("athena") as session:
        session.add(Job(task="mail.send", payload={"message": "01234567-0123-7123-8123-0123456789ab"}, run_at=clock.now()))
    is_told(found(instance, "--audit"), "audit", "critical", "would be sent")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_same_commands_on_postgresql(installation, tmp_path):
    database_url = installation.state.config.database_url
    (tmp_path / "upart.toml").write_text(f'database_url = "{database_url}"\nmail_url = "file:"\n')
    installation.close()
    parts = found(tmp_path, "--audit")
    assert [parts[part][0]["verdict"] for part in ("clock", "worker", "requests", "audit")] == ["good"] * 4
    is_told(parts, "secrets", "critical", "upart.toml")
    assert command(tmp_path, "backup", str(tmp_path / "backup")).exit_code == 0
    assert "All invariants hold" in command(tmp_path, "restore", str(tmp_path / "backup"), "--replace").output


def test_a_ledger_on_the_same_disk_one_that_cannot_be_written_and_a_broken_one(instance, portal):
    is_told(found(instance), "ledger", "critical", "UPART_LEDGER_URL")
    (instance / "upart.toml").write_text('ledger_url = "file:///proc/ledger"\n')
    is_told(found(instance), "ledger", "critical", "cannot be written")
    (instance / "upart.toml").write_text("")
    with portal.writing("athena") as session:
        note(Kind.OBJECTION, session.scalars(select(Person.id).where(Person.name == "Lena")).one())
    (chain,) = (instance / "ledger").glob("*.ledger")
    chain.write_bytes(chain.read_bytes().replace(b"objection", b"objectioN"))
    is_told(found(instance), "ledger", "critical", "digest does not fit")


@pytest.mark.parametrize(("kind", "made", "verdict", "words"), [("country", mmdb.MADE, "good", "2026-09-21"), ("country", 1_600_000_000, "recommended", "is of 2020-09-13"),
                                                                ("network", mmdb.MADE, "recommended", "says nothing of a network")])  # fmt: skip
def test_a_database_of_addresses_is_tried(instance, tmp_path, kind, made, verdict, words):
    path = mmdb.write(tmp_path / "one.mmdb", "GeoLite2-Country", {"203.0.113.0/24": {"country": {"iso_code": "AT"}}}, made=made)
    with (instance / "upart.toml").open("a") as settings:
        settings.write(f'geo_database = "{kind}:{path}"\n')

    is_told(found(instance), "geography", verdict, words)
